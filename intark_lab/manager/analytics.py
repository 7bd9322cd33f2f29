"""Usage in numbers: counted, grouped, over time. Portal and management ask the same questions."""

from bisect import bisect_left
from collections import defaultdict
from itertools import accumulate
from typing import NamedTuple

from intark_lab.manager.counted import relation
from intark_lab.manager.errors import bad_request
from intark_lab.manager.lucene import Condition
from intark_lab.manager.pieces import ONE_STEP, tallies
from intark_lab.manager.usage import FIELDS, Span
from intark_lab.store import Store
from intark_lab.traffic import HOUR

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


async def count(store: Store, span: Span) -> int:
    return sum((await _calls(store, span)).values())


async def stats(store: Store, span: Span, field: str) -> dict[str, float]:
    """Count, min, max, avg and sum of a number field, and its calls a second, minute and hour.

    Without calls there is no min, max or avg.
    """
    found = await tallies(store, span, "''", _number(field))
    calls, total, *ends = found.get((0, ""), (0, 0.0))
    rate = calls / max(1, (span.end - span.start) // 1000)
    shown = {"count": calls, "sum": total, "rps": rate, "rpm": rate * 60, "rph": rate * 3600}
    if calls:
        shown |= {"min": ends[0], "max": ends[1], "avg": total / calls}
    return {name: float(value) for name, value in shown.items()}


async def group_by(
    store: Store, span: Span, field: str, order: Order | None = None
) -> dict[str, int]:
    """Calls by value of a field, the most first; with `order`, averages rounded down in its order.

    At most MOST_GROUPS. Empty for a field that has no values.
    """
    if field not in FIELDS:
        return {}
    if order:
        found = await tallies(store, span, FIELDS[field].sql, _number(order.field))
        values = {name: tally.sum / tally.calls for (_, name), tally in found.items()}
    else:
        values = {name: calls for (_, name), calls in (await _calls(store, span, field)).items()}
    sign = 1 if order and not order.descending else -1
    groups = sorted(values.items(), key=lambda group: (sign * group[1], group[0]))
    return {str(name): int(value) for name, value in groups[:MOST_GROUPS]}


async def group_by_ranges(
    store: Store, span: Span, field: str, ranges: list[tuple[float, float]]
) -> dict[str, int]:
    """Calls by ranges of a number field, named `from-to` as Elasticsearch does.

    The upper end is left out of a range; for the status, 1 is added to it first.
    """
    if len(ranges) > MOST_RANGES:
        raise bad_request("Unable to calculate analytics: too many ranges")
    _number(field)
    found = sorted((name, calls) for (_, name), calls in (await _calls(store, span, field)).items())
    names = [name for name, _ in found]
    below = [0, *accumulate(calls for _, calls in found)]
    bounds = sorted((low, high + 1 if field == "status" else high) for low, high in ranges)
    return {
        f"{low}-{high}": max(0, below[bisect_left(names, high)] - below[bisect_left(names, low)])
        for low, high in bounds
    }


async def histogram(
    store: Store, span: Span, interval: int, aggregations: list[Aggregation]
) -> Histogram:
    """Each aggregation by steps of `interval` ms, the span widened to whole steps. Gaps are 0."""
    start, end = span.start // interval * interval, -(-span.end // interval) * interval
    instants = range(start, end + 1, interval)
    if len(instants) > MOST_INSTANTS:
        raise bad_request("Unable to calculate analytics: too many intervals")
    widened = Span(start, end, span.api, span.application, span.query)
    series = [(each, await _over_time(store, widened, instants, each)) for each in aggregations]
    return Histogram(instants, series)


async def _over_time(
    store: Store, span: Span, instants: range, aggregation: Aggregation
) -> dict[str, list[int]]:
    kind, field = aggregation.kind, aggregation.field
    if kind != "FIELD":
        found = await tallies(store, span, "''", _number(field), _step(instants))
        values = {(step, aggregation.name): _REDUCED[kind](t) for (step, _), t in found.items()}
    elif field in FIELDS:
        values = await _calls(store, span, field, instants)
    else:
        values = {}
    series: dict[str, list[int]] = defaultdict(lambda: [0] * len(instants))
    for (step, name), value in sorted(values.items(), key=lambda one: one[0][1]):
        series[str(name)][step] = int(value)
    return dict(series)


_REDUCED = {
    "AVG": lambda tally: tally.sum / tally.calls,
    "MIN": lambda tally: tally.least,
    "MAX": lambda tally: tally.most,
}


async def _calls(
    store: Store, span: Span, field: str | None = None, instants: range | None = None
) -> dict[tuple[int, object], int]:
    """How many calls there are by step and by value of a field, from counts where these do."""
    step = _step(instants) if instants else ONE_STEP
    counts = relation(span, field, instants.step if instants else HOUR)
    if counts is None:
        name = FIELDS[field].sql if field else "''"
        found = await tallies(store, span, name, step=step)
        return {key: tally.calls for key, tally in found.items()}
    name = "name" if field else "''"
    rows = store.all(
        f"SELECT {step.sql}, {name} AS named, sum(calls) FROM {counts.sql} GROUP BY 1, 2 "
        "HAVING named IS NOT NULL",
        *(*step.values, *counts.values),
    )
    return {(at, named): calls for at, named, calls in rows}


def _step(instants: range) -> Condition:
    """The number of the step that a call is in."""
    return Condition("(at - ?) / ?", (instants.start, instants.step))


def _number(field: str) -> str:
    """The SQL of a number field. Raises 400 for any other."""
    if field not in FIELDS or not FIELDS[field].is_number:
        raise bad_request(f"Field [{field}] holds no numbers")
    return FIELDS[field].sql
