"""Paths with named places, as Gravitee's flows and path mappings have them: `/emner/:id`."""

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def pattern(path: str, exact: bool = True) -> re.Pattern:
    """What `path` matches: itself and, unless `exact`, all below it. `:name` is one segment."""
    segments = (
        "[^/]+" if segment.startswith(":") else re.escape(segment)
        for segment in path.strip("/").split("/")
    )
    whole = "/" + "/".join(segments)
    return re.compile(whole.rstrip("/") + ("/?" if exact else "(?:/.*)?"), re.DOTALL)


def mapped(path: str, mappings: list[str]) -> str | None:
    """The first mapping that `path`, below the context path, fits; None when it fits none."""
    for mapping in mappings:
        if pattern(mapping).fullmatch(path or "/"):
            return mapping
    return None
