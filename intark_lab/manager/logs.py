"""The log: each call through the gateway, as its usage row keeps it."""

from datetime import UTC, datetime
from sqlite3 import Row
from typing import NamedTuple

from intark_lab.manager.lucene import Condition
from intark_lab.manager.usage import FIELDS, Span
from intark_lab.store import Store
from intark_lab.traffic import calls

MOST_ROWS = 10_000
"""Of one answer; Elasticsearch's window ends there too."""


CSV_COLUMNS = (
    *("Date", "Request Id", "Transaction Id", "Method", "Path", "Status", "Response Time", "Plan"),
)
_TITLES = {"api": "API", "application": "Application"}


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
    total = store.one(f"SELECT count(*) FROM {calls(where)} WHERE {where}", *values)[0]
    by = FIELDS.get(part.field, FIELDS["@timestamp"]).sql
    direction = "DESC" if part.descending else "ASC"
    rows = store.all(
        f"SELECT * FROM traffic WHERE {where} ORDER BY {by} {direction}, id {direction} "
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
    return store.one(f"SELECT * FROM traffic WHERE {where}", *values)


def listed(row: Row) -> dict:
    """What every list says of a call."""
    return {
        "id": row["request_id"],
        "timestamp": row["at"],
        "transactionId": row["transaction_id"],
        "path": uri(row),
        "method": row["method"],
        "status": row["status"],
        "responseTime": row["response_ms"],
        "plan": row["plan"],
    }


def security(store: Store, row: Row) -> dict[str, str]:
    """How the caller came in: `securityType`, and the client id of a token as `securityToken`.

    A key is kept by no log of the lab.
    """
    plan = store.one("SELECT security FROM plan WHERE id = ?", row["plan"])
    if row["subscription"] and plan and plan["security"] in ("JWT", "OAUTH2"):
        client = store.one("SELECT client_id FROM application WHERE id = ?", row["application"])
        return {"securityType": plan["security"], "securityToken": client["client_id"]}
    return {"securityType": "API_KEY"} if row["key_from"] else {}


def uri(row: Row) -> str:
    """The path with its query, as the client sent them, without an API key."""
    return f"{row['path']}?{row['query']}" if row["query"] else row["path"]


def csv(rows: list[Row], noun: str, names: dict[str, str]) -> str:
    """Gravitee's export of calls: nothing for none, else a line each. The last column is `noun`
    (`api` or `application`); `names` are those of plans and nouns, by id.
    """
    if not rows:
        return ""
    lines = [(*CSV_COLUMNS, _TITLES[noun]), *(_line(row, noun, names) for row in rows)]
    return "".join(";".join(map(str, line)) + "\n" for line in lines)


def _line(row: Row, noun: str, names: dict[str, str]) -> tuple:
    date = datetime.fromtimestamp(row["at"] / 1000, UTC)
    return (
        date.strftime("%Y-%m-%dT%H:%M:%S.") + f"{row['at'] % 1000:03}+0000",
        row["request_id"],
        row["transaction_id"],
        row["method"],
        uri(row),
        row["status"],
        row["response_ms"],
        names.get(row["plan"], ""),
        names.get(row[noun], ""),
    )
