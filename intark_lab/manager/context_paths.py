"""Context paths: where an API's calls begin at the gateway. They are scarce, and never nested."""

import re

from intark_lab.manager.errors import ManagerError
from intark_lab.store import Store

_SEGMENTS = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*")


def clean(path: str) -> str:
    """A context path as it is kept: a slash in front, none at the end, no doubled ones.

    Raises 400 `api.contextPath.invalid` for what cannot stand in an address.
    """
    cleaned = re.sub("/{2,}", "/", f"/{path.strip()}").rstrip("/")
    if not _SEGMENTS.fullmatch(cleaned):
        message = f"Path [{path}] is invalid"
        raise ManagerError(400, "api.contextPath.invalid", message, {"contextPath": path})
    return cleaned or "/"


def check_free(store: Store, path: str, but: str | None = None) -> None:
    """Raises 400 `api.contextPath.exists` where another API than `but` has `path` (a clean one),
    a path above it, or a path below it.
    """
    wanted = _terminated(path)
    for row in store.all("SELECT context_path FROM api WHERE id IS NOT ?", but):
        taken = _terminated(row["context_path"])
        if wanted.startswith(taken) or taken.startswith(wanted):
            message = f"The path [{wanted}] is already covered by an other API."
            raise ManagerError(400, "api.contextPath.exists", message, {"contextPath": wanted})


def _terminated(path: str) -> str:
    return path.rstrip("/") + "/"
