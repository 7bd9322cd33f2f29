"""The made-up institution's own providers, read once from `data/brom/providers.toml`."""

import json
import tomllib
from functools import cache
from typing import NamedTuple

from intark_lab import paths
from intark_lab.messages.brom import names


class Provider(NamedTuple):
    system: str
    """`fs`: how events name it."""
    name: str
    """Of its application: `system-production-fs`."""
    description: str
    contact: str
    rules: dict
    """By which the data owner answers requests, as in the catalogue's plans."""
    notifications: dict
    """The documentation, with `{institution}` where the institution's short name belongs."""

    def documentation(self, institution: str) -> dict:
        """What it sends at an institution: `nordvik`."""
        text = json.dumps(self.notifications, ensure_ascii=False)
        return json.loads(text.replace("{institution}", institution))


@cache
def load_providers() -> dict[str, Provider]:
    """All of them by system."""
    document = tomllib.loads((paths.data() / "brom" / "providers.toml").read_text("utf-8"))
    return {
        system: Provider(system, names.application("production", system), **rest)
        for system, rest in document.items()
    }
