"""The log: each call through the gateway, as its usage row keeps it."""

from datetime import UTC, datetime
from sqlite3 import Row
from typing import NamedTuple

from intark_lab.manager import analytics
from intark_lab.manager.lucene import Condition
from intark_lab.manager.pieces import in_turns, pieces
from intark_lab.manager.usage import FIELDS, LAST_INSTANT, Span
from intark_lab.store import Store
from intark_lab.traffic import calls

MOST_ROWS = 10_000
"""Of one answer; Elasticsearch's window ends there too."""


CSV_COLUMNS = (
    *("Date", "Request Id", "Transaction Id", "Method", "Path", "Status", "Response Time", "Plan"),
)
_TITLES = {"api": "API", "application": "Application"}


TIME = FIELDS["@timestamp"]


class Slice(NamedTuple):
    """Which rows of all that were found, and in which order."""

    page: int = 1
    size: int = MOST_ROWS
    field: str = "@timestamp"
    descending: bool = True

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.size

    @property
    def most(self) -> int:
        return min(self.size, MOST_ROWS)


async def search(store: Store, span: Span, part: Slice) -> tuple[int, list[Row]]:
    """How many calls there are in a span, and those of one slice.

    Raises 400 for a query that is none.
    """
    total = await analytics.count(store, span)
    find = _in_order if FIELDS.get(part.field, TIME) is TIME else _sorted
    return total, await find(store, span, part)


async def _in_order(store: Store, span: Span, part: Slice) -> list[Row]:
    """As they came, or the newest first: what comes after the slice is not looked at."""
    skip, rows = part.skip, []
    async for piece in in_turns(pieces(store, span)[:: -1 if part.descending else 1]):
        if len(rows) == part.most:
            break
        found = _rows(store, piece, part, part.most - len(rows), skip)
        skip -= min(skip, _count(store, piece)) if skip else 0
        rows += found
    return rows


async def _sorted(store: Store, span: Span, part: Slice) -> list[Row]:
    """In the order of a field, as far as MOST_ROWS: of each piece, what may be in the slice."""
    reach, rows = min(part.skip + part.most, MOST_ROWS), []
    async for piece in in_turns(pieces(store, span)):
        rows += _rows(store, piece, part, reach)
        rows = sorted(rows, key=_place, reverse=part.descending)[:reach]
    return rows[part.skip :]


def _count(store: Store, piece: Span) -> int:
    where, values = piece.where()
    return store.one(f"SELECT count(*) FROM {calls(where)} WHERE {where}", *values)[0]


def _rows(store: Store, piece: Span, part: Slice, most: int, skip: int = 0) -> list[Row]:
    where, values = piece.where()
    direction = "DESC" if part.descending else "ASC"
    return store.all(
        f"SELECT *, {FIELDS.get(part.field, TIME).sql} AS place FROM traffic WHERE {where} "
        f"ORDER BY place {direction}, id {direction} LIMIT ? OFFSET ?",
        *(*values, most, skip),
    )


def _place(row: Row) -> tuple:
    """Where SQLite has a row in the order of its `place`: those without one come first."""
    return row["place"] is not None, row["place"], row["id"]


async def get(store: Store, identity: str, at: int | None, **root: str) -> Row | None:
    """The call with that request id, at that instant where it is given, of the `root`'s.

    `root` is `application=` or `api=`.
    """
    named = Condition("request_id = ?", (identity,))
    span = Span(*((0, LAST_INSTANT) if at is None else (at, at)), **root, also=named)
    _, rows = await search(store, span, Slice(size=1))
    return rows[0] if rows else None


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
