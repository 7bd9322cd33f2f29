"""Every call there was: those that the gateway took, and those of the history before.

In the history one row stands for all calls of an hour. What differs from call to call is made
from the row's salt and the call's number in it (`tick.k`), so that each question meets the same
calls. The gateway's calls are also counted hour by hour while they come in.
"""

import sqlite3

HOUR = 3_600_000
COUNT_EACH = 1000
"""Calls that wait to be counted together, in the commit of the last of them."""

AT = "h.start + (k * 1000 + (k * 7919 + h.salt) % 1000) * h.length / (h.calls * 1000)"
GONE = "(k * 37 + h.salt) % 100 < h.missing"
"""Whether a look-up found nothing. 37 and 100 share no factor: of any hundred calls in a row so
many as `missing` says."""
STATUS = f"iif({GONE}, 404, h.status)"
PAST = "history_source s CROSS JOIN history h INDEXED BY history_hour ON h.source = s.id"
_ID = """printf('%08x-%04x-4%03x-8%03x-%012x', h.salt * 2654435 % 4294967296, k, h.id >> 12 & 4095,
        h.id & 4095, h.start)"""

VIEW = f"""
CREATE TEMP VIEW IF NOT EXISTS traffic AS
SELECT *, at / {HOUR} AS hour FROM usage
UNION ALL
SELECT
    (h.id << 12 | k) - (1 << 40),
    {AT},
    {_ID},
    {_ID},
    s.api, s.plan, s.application, s.subscription, 'GET',
    s.path || CASE
        WHEN s.ids IS NULL THEN ''
        WHEN {GONE} THEN '/' || (900000 + (k * 31 + h.salt) % 9973)
        ELSE '/' || (
            SELECT i.id FROM history_id i
            WHERE i.ids = s.ids AND i.place = (k * 13 + h.salt) % s.ids_count)
        END,
    iif(s.ids IS NULL, 'limit=100&offset=' || ((k + h.salt) % s.pages * 100), ''),
    {STATUS},
    h.ms + (k * k * 31 + k * 17 + h.salt) % h.spread,
    1 + (k + h.salt) % 3,
    0,
    CASE
        WHEN h.status >= 500 THEN 0
        WHEN h.status >= 400 OR {GONE} THEN 118
        ELSE iif(s.ids IS NULL, 21000, 320) + (k * 97 + h.salt) % 150
        END,
    s.endpoint, 'gateway', s.user_agent, '192.0.2.' || (10 + s.id), s.key_from, h.error_key,
    s.mapped_path, h.hour
FROM {PAST} CROSS JOIN tick ON k < h.calls
"""
"""A row for each call. `hour`, hours since the epoch, narrows a question that knows when."""

COUNTED = "coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'counted'), 0)"
"""The id of the last call of the gateway that `usage_hour` counts."""


def count(connection: sqlite3.Connection) -> None:
    """Count the calls that came in since the last time, inside a transaction.

    A call without a plan has the plan '' there.
    """
    connection.execute(
        f"INSERT INTO usage_hour SELECT at / {HOUR}, api, application, coalesce(plan, ''), status, "
        f"count(*) FROM usage WHERE id > {COUNTED} GROUP BY 1, 2, 3, 4, 5 "
        "ON CONFLICT DO UPDATE SET calls = calls + excluded.calls"
    )
    connection.execute(
        "INSERT OR REPLACE INTO meta SELECT 'counted', id FROM usage ORDER BY id DESC LIMIT 1"
    )
