"""Calls as sums: by hour where an hour lies wholly in a span, one by one at its ends.

Each part of a relation is a SELECT of `at`, `name` and `calls`, for the index that leads to it.
"""

from dataclasses import replace

from intark_lab import traffic
from intark_lab.manager.lucene import Condition
from intark_lab.manager.usage import FIELDS, Span
from intark_lab.store import Store
from intark_lab.traffic import AT, BY_CALLER, BY_ID, COUNTED, GONE, HOUR, PAST, STATUS

COUNTABLE = (None, "api", "application", "plan", "status")
"""Fields whose values are counted by hour; None is for calls whatever their values."""

_WHOLE = "h.start >= ? AND h.start + h.length - 1 <= ?"
_GONE = f"""(h.calls / 100 * h.missing
    + (SELECT count(*) FROM tick WHERE k < h.calls % 100 AND {GONE}))"""
"""How many calls of a row found nothing."""


def relation(span: Span, field: str | None = None, interval: int = HOUR) -> Condition | None:
    """What FROM takes: `calls` with a value of `field` as `name`, `at` some time of its interval.

    `interval` is ms. None where a question must look at the calls themselves.
    """
    if field not in COUNTABLE or span.narrowed or interval % HOUR:
        return None
    first, last = -(-span.start // HOUR), (span.end + 1) // HOUR
    if first > last:  # within an hour
        return _one_by_one(span, field)
    parts = (
        _hours(span, field, first, last - 1),
        _calls(span, field, span.start, first * HOUR - 1),
        _calls(span, field, last * HOUR, span.end),
        _uncounted(span, field),
        _past_hours(span, field),
        _past_calls(span, field),
    )
    sql = " UNION ALL ".join(part.sql for part in parts)
    values = sum((part.values for part in parts), ())
    return Condition(f"(SELECT * FROM ({sql}) WHERE calls > 0)", values)


def by_hour(store: Store, span: Span) -> list[tuple[int, int]]:
    """Hours since the epoch in which there were calls, with how many, whatever narrows the span."""
    calls, values = relation(replace(span, query="", also=None))
    sql = f"SELECT at / {HOUR} AS hour, sum(calls) FROM {calls} GROUP BY 1 ORDER BY 1"
    return [tuple(row) for row in store.all(sql, *values)]


def _one_by_one(span: Span, field: str | None) -> Condition:
    where, values = span.where()
    name = FIELDS[field].sql if field else "NULL"
    calls = traffic.calls("at", name, where)
    return Condition(f"(SELECT at, {name} AS name, 1 AS calls FROM {calls} WHERE {where})", values)


def _hours(span: Span, field: str | None, first: int, last: int) -> Condition:
    name = "nullif(plan, '')" if field == "plan" else field or "NULL"
    sql = f"SELECT hour * {HOUR} AS at, {name} AS name, calls FROM usage_hour"
    return _narrowed(span, f"{sql} WHERE hour BETWEEN ? AND ?", (first, last))


def _calls(span: Span, field: str | None, start: int, end: int) -> Condition:
    """Those of a part of an hour."""
    sql = f"SELECT at, {field or 'NULL'}, 1 FROM {BY_CALLER} WHERE at BETWEEN ? AND ?"
    return _narrowed(span, f"{sql} AND call.id <= {COUNTED}", (start, end))


def _uncounted(span: Span, field: str | None) -> Condition:
    """The newest, which are few."""
    sql = f"SELECT at, {field or 'NULL'}, 1 FROM {BY_ID} WHERE call.id > {COUNTED}"
    return _narrowed(span, f"{sql} AND at BETWEEN ? AND ?", (span.start, span.end))


def _past_hours(span: Span, field: str | None) -> Condition:
    """Rows of the history that lie in the span; for the status, what they found and did not."""
    name, calls, source = _past_name(field), "h.calls", PAST
    if field == "status":
        name, calls = "iif(gone, 404, h.status)", f"iif(gone, {_GONE}, h.calls - {_GONE})"
        source += " CROSS JOIN (SELECT 0 AS gone UNION SELECT 1) ON NOT gone OR h.missing"
    sql = f"SELECT h.start, {name}, {calls} FROM {source} WHERE h.hour BETWEEN ? AND ?"
    values = (*_ends(span, HOUR), *_ends(span))
    return _narrowed(span, f"{sql} AND {_WHOLE}", values, "s.")


def _past_calls(span: Span, field: str | None) -> Condition:
    """Calls of the rows that an end of the span cuts."""
    name = STATUS if field == "status" else _past_name(field)
    sql = f"""SELECT {AT}, {name}, 1 FROM {PAST} CROSS JOIN tick ON k < h.calls
        WHERE h.hour IN (?, ?) AND NOT ({_WHOLE}) AND {AT} BETWEEN ? AND ?"""
    values = (*_ends(span, HOUR), *_ends(span), *_ends(span))
    return _narrowed(span, sql, values, "s.")


def _past_name(field: str | None) -> str:
    return f"s.{field}" if field else "NULL"


def _ends(span: Span, unit: int = 1) -> tuple[int, int]:
    return span.start // unit, span.end // unit


def _narrowed(span: Span, sql: str, values: tuple, prefix: str = "") -> Condition:
    """To the span's API and application."""
    for column in ("api", "application"):
        if (identity := getattr(span, column)) is not None:
            sql, values = f"{sql} AND {prefix}{column} = ?", (*values, identity)
    return Condition(sql, values)
