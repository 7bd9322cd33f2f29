"""Calls looked at one by one, a thousand in a turn, so that the gateway answers between.

A question about three million calls takes seconds, in which the lab's one thread would answer
nobody.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from heapq import nsmallest
from typing import NamedTuple

from intark_lab import traffic
from intark_lab.manager.counted import by_hour
from intark_lab.manager.errors import bad_request
from intark_lab.manager.lucene import Condition
from intark_lab.manager.usage import Span
from intark_lab.store import Store
from intark_lab.traffic import HOUR

PIECE = 1000
"""Calls of a piece, more or less: a millisecond or two."""


KEPT = 10_000
"""Names of an answer, which shows a thousand."""
MOST = 300_000
"""Steps with a name."""
ONE_STEP = Condition("0")


class Tally(NamedTuple):
    """Of some calls: how many there are, and what a number of theirs adds up to."""

    calls: int
    sum: float
    least: float
    most: float

    def __add__(self, other: "Tally") -> "Tally":
        least, most = min(self.least, other.least), max(self.most, other.most)
        return Tally(self.calls + other.calls, self.sum + other.sum, least, most)


async def tallies(
    store: Store, span: Span, name: str, number: str = "1", step: Condition = ONE_STEP
) -> dict[tuple[int, object], Tally]:
    """A tally of `number` for each pair of `step` and `name`, all three SQL of a call.

    Calls without a name or number are in none. Where one step has more than twice KEPT names, the
    rarest so far are left out on the way, as Elasticsearch does. Raises 400 for a query that is
    none, and for more than MOST tallies.
    """
    where, _ = span.where()
    sql = (
        f"SELECT {step.sql} AS step, {name} AS name, count({number}) AS calls, "
        f"total({number}) AS sum, min({number}) AS least, max({number}) AS most "
        f"FROM {traffic.calls('at', name, number, where)} WHERE {where} "
        "GROUP BY 1, 2 HAVING name IS NOT NULL AND calls > 0"
    )
    found: dict[tuple[int, object], Tally] = {}
    async for piece in in_turns(pieces(store, span)):
        for step_of, name_of, *rest in store.all(sql, *step.values, *piece.where().values):
            key, tally = (step_of, name_of), Tally(*rest)
            found[key] = found[key] + tally if key in found else tally
        if step is ONE_STEP and len(found) > 2 * KEPT:
            found = dict(nsmallest(KEPT, found.items(), key=_rarity))
        if len(found) > MOST:
            raise bad_request("Unable to calculate analytics: too many buckets")
    return found


def _rarity(one: tuple[tuple[int, object], Tally]) -> tuple:
    (_, name), tally = one
    return -tally.calls, name


async def in_turns(parts: list[Span]) -> AsyncIterator[Span]:
    """The parts in order; what else the lab has to do comes between."""
    for part in parts:
        yield part
        await asyncio.sleep(0)


def pieces(store: Store, span: Span) -> list[Span]:
    """The span in parts of about PIECE calls, whatever narrows it, oldest first. What lies between
    them had no call.
    """
    return [replace(span, start=start, end=end) for start, end in _ends(store, span)]


def _ends(store: Store, span: Span) -> Iterator[tuple[int, int]]:
    since, gathered = None, 0
    for hour, calls in by_hour(store, span):
        start, end = max(span.start, hour * HOUR), min(span.end, (hour + 1) * HOUR - 1)
        if since is not None and gathered + calls > PIECE:
            yield since, start - 1
            since = None
        if calls > PIECE:
            yield from _cut(start, end, calls)
        elif since is None:
            since, gathered = start, calls
        else:
            gathered += calls
    if since is not None:
        yield since, end


def _cut(start: int, end: int, calls: int) -> Iterator[tuple[int, int]]:
    """An hour of many calls in parts of one length."""
    length = max(1, (end + 1 - start) * PIECE // calls)
    for at in range(start, end + 1, length):
        yield at, min(end, at + length - 1)
