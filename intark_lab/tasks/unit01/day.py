"""Task 1.3: a day by three patterns, measured. A point for the two that ask, one for notifications.

Each pattern's client names itself in its User-Agent, so the journal tells them apart. The day in
question is the last one: the calls since the first of the last changes that the learner let happen.
"""

from typing import NamedTuple
from urllib.parse import parse_qs

from intark_lab.journal import Call
from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit01.choice import EVENTS, FULL, PATTERNS, STORE
from intark_lab.tasks.unit01.words import known
from intark_lab.world.dice import Dice

COURSES = "/fs/emner/v1/emner"
CHANGE = "a course changes credits"
OURS, OTHERS = 4, 2
"""Courses that the page shows and that change, and courses that change beside them."""
BY_ITSELF = 2
"""Times that a course of ours may change in the day without the learner."""
PAGE = 100
"""Courses on the largest page."""
HOUR = 3_600_000


class Day(NamedTuple):
    """What the servers saw of one day."""

    ours: list[str]
    changes: list[str]
    """Ids of courses in the order in which they changed."""
    changed: list[int]
    """When each of ours did, lab ms."""
    calls: dict[str, list[Call]]
    """By pattern."""
    total: int
    """Courses there are."""

    def paths(self, pattern: str) -> list[str]:
        return [call.path.rstrip("/") for call in self.calls[pattern]]

    def cost(self, pattern: str) -> dict:
        """Calls, bytes, and the longest that a change of ours waited for a call, in hours."""
        calls = self.calls[pattern]
        waits = [min((c.at - at for c in calls if c.at >= at), default=None) for at in self.changed]
        hours = None if None in waits else max(waits, default=0) / HOUR
        return {
            "calls": len(calls),
            "bytes": sum(call.response_length for call in calls),
            "hours": hours,
        }


def inputs(bench: Bench) -> dict:
    """The courses of one page, and those that change in the day: the page's, and two others."""
    dice = Dice(bench.seed, "unit01/day")
    ids = [course["id"] for course in bench.truth.records("fs-emner", "emner")]
    start = dice.below(len(ids) - OURS)
    ours = ids[start : start + OURS]
    others = [one for one in ids if one not in ours]
    changes = list(ours)
    for _ in range(OTHERS):
        other = others.pop(dice.below(len(others)))
        changes.insert(1 + dice.below(len(changes) - 1), other)
    return {"ours": ours, "changes": changes}


def judge(bench: Bench, evidence: dict) -> Verdict:
    day = _day(bench)
    if not any(day.calls.values()):
        part = no("unit01.day.nothing", "unit01.read.day")
        return Verdict("untried", [part, part])
    asking = _store(day) or _full(day) or _measured(day, evidence, (STORE, FULL))
    telling = _events(day) or _measured(day, evidence, (EVENTS,))
    return verdict(asking or yes("unit01.day.asking"), telling or yes("unit01.day.telling"))


def _day(bench: Bench) -> Day:
    ours, changes = bench.params["ours"], bench.params["changes"]
    times = bench.view.occasions(CHANGE)[-len(changes) :]
    calls = [call for call in bench.calls if not times or call.at >= times[0]]
    return Day(
        ours,
        changes,
        [at for at, course in zip(times, changes, strict=False) if course in ours],
        {one: [call for call in calls if call.user_agent == one] for one in PATTERNS},
        len(bench.truth.records("fs-emner", "emner")),
    )


def _store(day: Day) -> Part | None:
    """What is wrong with asking for what a reader looks at; None where nothing is."""
    read, paths = "unit01.read.store", day.paths(STORE)
    wanted = len(day.changes) * len(day.ours)
    if not paths:
        return no("unit01.day.store-silent", read)
    if COURSES in paths:
        return no("unit01.day.store-list", read, path=COURSES)
    if refused := [call for call in day.calls[STORE] if call.status != 200]:
        return no("unit01.day.refused", read, path=refused[0].path, status=refused[0].status)
    if len(paths) != wanted:
        name = "store-copy" if len(paths) < wanted else "store-often"
        return no(f"unit01.day.{name}", read, count=len(paths), wanted=wanted)
    return None


def _full(day: Day) -> Part | None:
    read, paths = "unit01.read.full", day.paths(FULL)
    if not paths:
        return no("unit01.day.full-silent", read)
    if set(paths) != {COURSES}:
        other = next(path for path in paths if path != COURSES)
        return no("unit01.day.full-by-id", read, path=other)
    fetched = set().union(*map(_places, day.calls[FULL]))
    if len(fetched & set(range(day.total))) < day.total:
        return no("unit01.day.full-part", read, count=len(fetched), total=day.total)
    needed = -(-day.total // PAGE)
    if len(paths) > needed:
        return no("unit01.day.full-often", read, count=len(paths), needed=needed)
    return None


def _places(call: Call) -> set[int]:
    """The places in the list that a page holds; none where the call was refused."""
    if call.status != 200:
        return set()
    asked = parse_qs(call.query)
    offset, limit = (int(asked.get(name, [low])[0]) for name, low in (("offset", 0), ("limit", 25)))
    return set(range(offset, offset + limit))


def _events(day: Day) -> Part | None:
    read, paths = "unit01.read.events", day.paths(EVENTS)
    wanted = [f"{COURSES}/{one}" for one in day.changes if one in day.ours]
    if not paths:
        return no("unit01.day.events-silent", read)
    if COURSES in paths:
        return no("unit01.day.events-list", read, path=COURSES)
    if others := [path for path in paths if path not in wanted]:
        return no("unit01.day.events-others", read, path=others[0])
    if missed := [path for path in wanted if path not in paths]:
        return no("unit01.day.events-missed", read, path=missed[0])
    if len(paths) > len(wanted) + BY_ITSELF:
        return no("unit01.day.events-often", read, count=len(paths), wanted=len(wanted))
    if (hours := day.cost(EVENTS)["hours"]) is None or hours > 1:
        return no("unit01.day.events-late", read)
    return None


def _measured(day: Day, evidence: dict, patterns: tuple[str, ...]) -> Part | None:
    """Where what the learner hands over is not what the servers saw."""
    read, answer = "unit01.read.measure", evidence["answer"]
    if not isinstance(answer, dict):
        return no("unit01.day.other-type", read, type=evidence["type"])
    given = {known(key, PATTERNS): value for key, value in answer.items()}
    for pattern in patterns:
        own = given.get(pattern)
        if not isinstance(own, dict):
            return no("unit01.day.not-measured", read, pattern=pattern)
        cost = day.cost(pattern)
        if cost["hours"] is None:
            return no("unit01.day.too-early", read, pattern=pattern)
        for name, seen in cost.items():
            if not _same(own.get(name), seen):
                about = {"pattern": pattern, "name": name, "got": own.get(name)}
                return no("unit01.day.differs", read, seen=f"{round(seen, 2):g}", **about)
    return None


def _same(value, seen: float) -> bool:
    return isinstance(value, int | float) and abs(value - seen) < 0.5
