"""What the ids in usage are called: the metadata beside analytics and logs."""

from collections.abc import Iterable

from intark_lab.journal import UNKNOWN
from intark_lab.store import Store

UNKNOWN_RENAMED = "?"
"""The unknown id in a grouping: web pages would sort a key `1` before all others."""

_UNKNOWN_NAMES = {
    "api": "Unknown API (not found)",
    "application": "Unknown application (keyless)",
    "plan": "Unknown plan (keyless)",
}
_DELETED_NAMES = {
    "api": "Deleted API",
    "application": "Deleted application",
    "plan": "Deleted plan",
}
_ROWS = {
    "api": "SELECT name, version, lifecycle AS state FROM api WHERE id = ?",
    "application": "SELECT name, NULL AS version, status AS state FROM application WHERE id = ?",
    "plan": "SELECT name, NULL AS version, NULL AS state FROM plan WHERE id = ?",
}


def grouped(store: Store, field: str, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """Name and place of each group, by its key."""
    return {key: named(store, field, key) | {"order": str(order)} for order, key in enumerate(keys)}


def named(store: Store, field: str, key: str) -> dict[str, str]:
    """`name`, with an API's `version`, or `unknown`/`deleted` where that is so."""
    if field not in _ROWS:
        return {"name": key}
    if key in (UNKNOWN, UNKNOWN_RENAMED):
        return {"name": _UNKNOWN_NAMES[field], "unknown": "true"}
    row = store.one(_ROWS[field], key)
    if row is None:
        return {"name": _DELETED_NAMES[field], "deleted": "true"}
    version = {"version": row["version"]} if row["version"] else {}
    deleted = {"deleted": "true"} if row["state"] == "ARCHIVED" else {}
    return {"name": row["name"]} | version | deleted
