"""The log: each call through the gateway, as its usage row keeps it."""

from sqlite3 import Row
from typing import NamedTuple

from intark_lab.manager.lucene import Condition
from intark_lab.manager.usage import FIELDS, Span
from intark_lab.store import Store

MOST_ROWS = 10_000
"""Of one answer; Elasticsearch's window ends there too."""


class Slice(NamedTuple):
    """Which rows of all that were found, and in which order."""

    page: int = 1
    size: int = MOST_ROWS
    field: str = "@timestamp"
    descending: bool = True


def search(
    store: Store, span: Span, part: Slice, also: Condition | None = None
) -> tuple[int, list[Row]]:
    """How many calls there are in a span, and those of one slice. `also` narrows further."""
    where, values = span.where()
    if also:
        where, values = f"{where} AND {also.sql}", values + also.values
    total = store.one(f"SELECT count(*) FROM usage WHERE {where}", *values)[0]
    by = FIELDS.get(part.field, FIELDS["@timestamp"]).sql
    direction = "DESC" if part.descending else "ASC"
    rows = store.all(
        f"SELECT * FROM usage WHERE {where} ORDER BY {by} {direction}, id {direction} "
        "LIMIT ? OFFSET ?",
        *(*values, min(part.size, MOST_ROWS), (part.page - 1) * part.size),
    )
    return total, rows


def get(store: Store, identity: str, at: int | None, **root: str) -> Row | None:
    """The call with that request id, at that instant where it is given, of the `root`'s.

    `root` is `application=` or `api=`.
    """
    ((column, owner),) = root.items()
    where, values = f"{column} = ? AND request_id = ?", [owner, identity]
    if at is not None:
        where, values = f"{where} AND at = ?", [*values, at]
    return store.one(f"SELECT * FROM usage WHERE {where}", *values)


def uri(row: Row) -> str:
    """The path with its query, as the client sent them, without an API key."""
    return f"{row['path']}?{row['query']}" if row["query"] else row["path"]
