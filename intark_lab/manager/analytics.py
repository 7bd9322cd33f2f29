"""Usage in numbers: counted, grouped, over time. Portal and management ask the same questions."""

from collections import defaultdict
from typing import NamedTuple

from intark_lab import traffic
from intark_lab.manager.counted import relation
from intark_lab.manager.errors import bad_request
from intark_lab.manager.usage import FIELDS, Span
from intark_lab.store import Store

MOST_GROUPS = 1000
MOST_RANGES = 100
MOST_INSTANTS = 65_536
"""Of a histogram; Elasticsearch stops there too."""


class Order(NamedTuple):
    """Groups by the average of a field."""

    field: str
    descending: bool


class Aggregation(NamedTuple):
    kind: str
    """FIELD counts by value; AVG, MIN, MAX reduce a number."""
    field: str

    @property
    def name(self) -> str:
        return f"by_{self.field}" if self.kind == "FIELD" else f"{self.kind.lower()}_{self.field}"


class Histogram(NamedTuple):
    """Values by instant. `series` has a list as long as `instants` for each name."""

    instants: range
    series: list[tuple[Aggregation, dict[str, list[int]]]]


def count(store: Store, span: Span) -> int:
    calls, values = relation(span)
    return store.one(f"SELECT coalesce(sum(calls), 0) FROM {calls}", *values)[0]


def stats(store: Store, span: Span, field: str) -> dict[str, float]:
    """Count, min, max, avg and sum of a number field, and its calls a second, minute and hour.

    Without calls there is no min, max or avg.
    """
    sql, (where, values) = _number(field), span.where()
    row = store.one(
        f"SELECT count({sql}) AS count, min({sql}) AS min, max({sql}) AS max, avg({sql}) AS avg, "
        f"total({sql}) AS sum FROM {traffic.calls(sql, where)} WHERE {where}",
        *values,
    )
    found = {name: float(row[name]) for name in row.keys() if row[name] is not None}  # noqa: SIM118
    rate = found["count"] / max(1, (span.end - span.start) // 1000)
    return found | {"rps": rate, "rpm": rate * 60, "rph": rate * 3600}


def group_by(store: Store, span: Span, field: str, order: Order | None = None) -> dict[str, int]:
    """Calls by value of a field, the most first; with `order`, averages rounded down in its order.

    At most MOST_GROUPS. Empty for a field that has no values.
    """
    if field not in FIELDS:
        return {}
    if order:
        where, values = span.where()
        name, value = FIELDS[field].sql, f"avg({_number(order.field)})"
        calls = f"{traffic.calls(name, value, where)} WHERE {where}"
        direction = "DESC" if order.descending else "ASC"
    else:
        name, value, direction = "name", "sum(calls)", "DESC"
        calls, values = relation(span, field)
    rows = store.all(
        f"SELECT {name} AS name, {value} AS value FROM {calls} GROUP BY 1 HAVING name IS NOT NULL "
        f"ORDER BY 2 {direction}, 1 LIMIT {MOST_GROUPS}",
        *values,
    )
    return {str(row["name"]): int(row["value"]) for row in rows}


def group_by_ranges(
    store: Store, span: Span, field: str, ranges: list[tuple[float, float]]
) -> dict[str, int]:
    """Calls by ranges of a number field, named `from-to` as Elasticsearch does.

    The upper end is left out of a range; for the status, 1 is added to it first.
    """
    if len(ranges) > MOST_RANGES:
        raise bad_request("Unable to calculate analytics: too many ranges")
    _number(field)
    calls, values = relation(span, field)
    bounds = sorted((low, high + 1 if field == "status" else high) for low, high in ranges)
    sums = ", ".join("total(calls * (name >= ? AND name < ?))" for _ in bounds)
    ends = [end for pair in bounds for end in pair]
    row = store.one(f"SELECT {sums} FROM {calls}", *ends, *values)
    return {f"{low}-{high}": int(found) for (low, high), found in zip(bounds, row, strict=True)}


def histogram(
    store: Store, span: Span, interval: int, aggregations: list[Aggregation]
) -> Histogram:
    """Each aggregation by steps of `interval` ms, the span widened to whole steps. Gaps are 0."""
    start, end = span.start // interval * interval, -(-span.end // interval) * interval
    instants = range(start, end + 1, interval)
    if len(instants) > MOST_INSTANTS:
        raise bad_request("Unable to calculate analytics: too many intervals")
    widened = Span(start, end, span.api, span.application, span.query)
    return Histogram(
        instants, [(each, _over_time(store, widened, instants, each)) for each in aggregations]
    )


def _over_time(
    store: Store, span: Span, instants: range, aggregation: Aggregation
) -> dict[str, list[int]]:
    if aggregation.kind == "FIELD":
        if aggregation.field not in FIELDS:
            return {}
        name, value, named = "name", "sum(calls)", ()
        calls, values = relation(span, aggregation.field, instants.step)
    else:
        name, value, named = (
            "?",
            f"{aggregation.kind}({_number(aggregation.field)})",
            (aggregation.name,),
        )
        where, values = span.where()
        calls = f"{traffic.calls('at', value, where)} WHERE {where}"
    rows = store.all(
        f"SELECT (at - ?) / ? AS step, {name} AS name, {value} AS value FROM {calls} "
        "GROUP BY 1, 2 HAVING name IS NOT NULL AND value IS NOT NULL ORDER BY 2",
        *(instants.start, instants.step, *named, *values),
    )
    series: dict[str, list[int]] = defaultdict(lambda: [0] * len(instants))
    for row in rows:
        series[str(row["name"])][row["step"]] = int(row["value"])
    return dict(series)


def _number(field: str) -> str:
    """The SQL of a number field. Raises 400 for any other."""
    if field not in FIELDS or not FIELDS[field].is_number:
        raise bad_request(f"Field [{field}] holds no numbers")
    return FIELDS[field].sql
