"""Every call there was: those that the gateway took, and those of the history before.

In the history one row stands for all calls of an hour. What differs from call to call is made
from the row's salt and the call's number in it (`tick.k`), so that each question meets the same
calls. The gateway's calls are also counted hour by hour while they come in.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache

from intark_lab.journal import CLIENT, Call

HOUR = 3_600_000

LIVED = {name: name for name in Call._fields} | {
    "id": "call.id",
    "request_id": "coalesce(request_id, transaction_id)",
    "hour": f"at / {HOUR}",
}
"""What a call of the gateway has in each column. `hour` is that since the epoch."""
BY_CALLER = "caller CROSS JOIN call INDEXED BY call_caller ON call.caller = caller.id"
"""For questions about who called when: few callers, and an index that has their calls by time."""
BY_ID = "call CROSS JOIN caller ON caller.id = call.caller"
"""For questions about the calls that came after another."""
_CLIENT = "CROSS JOIN client ON client.id = call.client"

AT = "h.start + (k * 1000 + (k * 7919 + h.salt) % 1000) * h.length / (h.calls * 1000)"
GONE = "(k * 37 + h.salt) % 100 < h.missing"
"""Whether a look-up found nothing. 37 and 100 share no factor: of any hundred calls in a row so
many as `missing` says."""
STATUS = f"iif({GONE}, 404, h.status)"
PAST = "history_source s CROSS JOIN history h INDEXED BY history_hour ON h.source = s.id"
_ID = """printf('%08x-%04x-4%03x-8%03x-%012x', h.salt * 2654435 % 4294967296, k, h.id >> 12 & 4095,
        h.id & 4095, h.start)"""

COLUMNS = {
    "id": "(h.id << 12 | k) - (1 << 40)",
    "at": AT,
    "transaction_id": _ID,
    "request_id": _ID,
    "api": "s.api",
    "plan": "s.plan",
    "application": "s.application",
    "subscription": "s.subscription",
    "method": "'GET'",
    "path": f"""s.path || CASE
        WHEN s.ids IS NULL THEN ''
        WHEN {GONE} THEN '/' || (900000 + (k * 31 + h.salt) % 9973)
        ELSE '/' || past_id(s.endpoint, s.path, k * 13 + h.salt)
        END""",
    "query": """iif(
        s.ids IS NULL, 'limit=100&offset=' || past_offset(s.endpoint, s.path, k + h.salt), '')""",
    "status": STATUS,
    "response_ms": "h.ms + (k * k * 31 + k * 17 + h.salt) % h.spread",
    "proxy_ms": "1 + (k + h.salt) % 3",
    "request_length": "0",
    "response_length": f"""CASE
        WHEN h.status >= 500 THEN 0
        WHEN h.status >= 400 OR {GONE} THEN 118
        ELSE iif(s.ids IS NULL, 21000, 320) + (k * 97 + h.salt) % 150
        END""",
    "endpoint": "s.endpoint",
    "host": "'gateway'",
    "user_agent": "s.user_agent",
    "remote": "'192.0.2.' || (10 + s.id)",
    "key_from": "s.key_from",
    "error_key": "h.error_key",
    "mapped_path": "s.mapped_path",
    "hour": "h.hour",
}
"""What a call of the history has in each column. `hour` narrows a question that knows when."""


def calls(*pieces: str) -> str:
    """`traffic` for a FROM: a row for each call, with the columns that these pieces of SQL name.

    SQLite before 3.42 makes all columns of a view for every row that it looks at, which takes
    five times as long.
    """
    named = set(re.findall(r"\w+", " ".join(pieces)))
    return f"({_rows([name for name in COLUMNS if name in named])}) AS traffic"


def _rows(columns: list[str]) -> str:
    client = "" if set(CLIENT).isdisjoint(columns) else _CLIENT
    return (
        f"SELECT {_named(LIVED, columns)} FROM {BY_CALLER} {client} UNION ALL "
        f"SELECT {_named(COLUMNS, columns)} FROM {PAST} CROSS JOIN tick ON k < h.calls"
    )


def _named(sql: dict[str, str], columns: Iterable[str]) -> str:
    return ", ".join(f"{sql[name]} AS {name}" for name in columns)


VIEW = f"CREATE TEMP VIEW IF NOT EXISTS traffic AS {_rows(list(COLUMNS))}"
"""For questions about few calls, or all that is known of them."""
USAGE = f"SELECT {_named(LIVED, Call._fields)} FROM {BY_ID} {_CLIENT}"
"""The gateway's calls alone."""

IDS_USED = 200
"""Of a collection: which records the look-ups of the past were about."""


def show(connection: sqlite3.Connection, ids: Callable[[str, str], list]) -> None:
    """Let questions ask `traffic`. `ids(source, collection)` are those of its records.

    They are asked for when a call is looked at: sums by hour do without.
    """

    @cache
    def known(endpoint: str, path: str) -> tuple[int, list]:
        found = ids(endpoint.removeprefix("source:"), path.rpartition("/")[2])
        return len(found), found[:IDS_USED]

    def past_id(endpoint: str, path: str, number: int) -> str:
        _, used = known(endpoint, path)
        return str(used[number % len(used)])

    def past_offset(endpoint: str, path: str, number: int) -> int:
        count, _ = known(endpoint, path)
        return number % -(-count // 100) * 100

    connection.create_function("past_id", 3, past_id, deterministic=True)
    connection.create_function("past_offset", 3, past_offset, deterministic=True)
    connection.execute(VIEW)


COUNT_EACH = 1000
"""Calls that wait to be counted together, in the commit of the last of them."""
COUNTED = "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'counted'), 0)"
"""The id of the last call of the gateway that `usage_hour` counts."""


def count(connection: sqlite3.Connection) -> None:
    """Count the calls that came in since the last time, inside a transaction.

    A call without a plan has the plan '' there.
    """
    connection.execute(f"""
        INSERT INTO usage_hour
        SELECT hour, api, application, coalesce(plan, ''), status, calls FROM (
            SELECT caller, at / {HOUR} AS hour, status, count(*) AS calls
            FROM call NOT INDEXED WHERE id > {COUNTED} GROUP BY 1, 2, 3
        ) CROSS JOIN caller ON caller.id = caller WHERE 1
        ON CONFLICT DO UPDATE SET calls = calls + excluded.calls
    """)
    connection.execute(
        "INSERT OR REPLACE INTO meta SELECT 'counted', id FROM call ORDER BY id DESC LIMIT 1"
    )
