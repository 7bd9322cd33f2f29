"""Task 1.4: a pattern for each of four cases. A point for what each would cost, one for the choice.

The numbers of a case are the seed's, within bounds in which the choice stays the same.
"""

import json
from collections.abc import Iterator

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit01.words import known
from intark_lab.world.dice import Dice

EVENTS, STORE, FULL = PATTERNS = ("event-driven", "data store", "full synchronisation")
BOUNDS = {
    "accounts": {"records": (8, 16, 1000), "changes": (4, 9, 10), "lookups": (6, 12, 1000)},
    "portal": {"records": (20, 40, 1000), "changes": (5, 9, 1000), "lookups": (2, 5, 100)},
    "report": {"records": (15, 25, 100), "changes": (7, 12, 1000), "lookups": (30, 50, 1000)},
    "screens": {"records": (3, 6, 100), "changes": (2, 5, 10), "lookups": (80, 150, 1000)},
}
"""From, to, times: records there are, changes and look-ups a day."""
HOURS = {"accounts": 0.25, "portal": 1 / 60, "report": 24, "screens": 0.1}
"""How old data may be."""
RIGHT = {"accounts": EVENTS, "portal": STORE, "report": FULL, "screens": EVENTS}
LEEWAY = 1.4
"""Courses differ in length, and so do measurements: by so much an estimate may be off."""


def inputs(bench: Bench) -> dict:
    dice = Dice(bench.seed, "unit01/choice")
    return {
        "cases": {
            case: {
                name: (low + dice.below(high - low + 1)) * times
                for name, (low, high, times) in bounds.items()
            }
            | {"hours": HOURS[case]}
            for case, bounds in BOUNDS.items()
        }
    }


def judge(bench: Bench, evidence: dict) -> Verdict:
    answer, cases = evidence["answer"], bench.params["cases"]
    if not isinstance(answer, dict):
        part = no("unit01.choice.other-type", "unit01.read.choice", type=evidence["type"])
        return verdict(part, part)
    if missing := [case for case in cases if case not in answer]:
        part = no("unit01.choice.missing", "unit01.read.choice", case=missing[0])
        return verdict(part, part)
    if odd := [case for case in cases if not isinstance(answer[case], dict)]:
        about = {"case": odd[0], "got": str(answer[odd[0]])[:60]}
        part = no("unit01.choice.no-row", "unit01.read.choice", **about)
        return verdict(part, part)
    cost = _cost(answer, cases, _bytes_of_a_course(bench))
    if not cost.earned:
        return verdict(cost, no("unit01.choice.unfounded", "unit01.read.choice"))
    return verdict(cost, _choice(answer, cases))


def _bytes_of_a_course(bench: Bench) -> float:
    courses = bench.truth.records("fs-emner", "emner")
    texts = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in courses]
    return sum(len(one.encode()) for one in texts) / len(texts)


def expected(case: dict, course: float) -> dict[str, float]:
    """Bytes a day by pattern, for a case and the bytes of one record."""
    return {
        EVENTS: case["changes"] * course,
        STORE: case["lookups"] * course,
        FULL: 24 / case["hours"] * case["records"] * course,
    }


def _cost(answer: dict, cases: dict, course: float) -> Part:
    for name, pattern, value, right in _estimates(answer, cases, course):
        about = {"case": name, "pattern": pattern, "got": value, "bytes": f"{right:,.0f}"}
        if not isinstance(value, int | float) or isinstance(value, bool):
            return no("unit01.choice.no-number", "unit01.read.choice", **about)
        about["got"] = f"{value:,.0f}"
        if not _near(value, right):
            mistake = _mistake(cases[name], pattern, value, course)
            about["minutes"] = f"{60 * cases[name]['hours']:g}"
            return no(f"unit01.choice.{mistake}", "unit01.read.choice", **about)
    return yes("unit01.choice.cost")


def _estimates(answer: dict, cases: dict, course: float) -> Iterator[tuple]:
    """Case, pattern, the learner's bytes a day, and what they should be about."""
    for name, case in cases.items():
        given = {known(key, PATTERNS): value for key, value in answer[name].items()}
        for pattern, right in expected(case, course).items():
            yield name, pattern, given.get(pattern), right


def _mistake(case: dict, pattern: str, value: float, course: float) -> str:
    """What the wrong number is, where it is that of a known mistake."""
    estimates = expected(case, course)
    mistakes = {"no-bytes": expected(case, 1)[pattern], "kilobytes": estimates[pattern] / 1000}
    if pattern == FULL:
        mistakes["once"] = case["records"] * course
        mistakes["hours"] = case["records"] * course * case["hours"]
    found = [name for name, number in mistakes.items() if _near(value, number)]
    if not found and any(_near(value, number) for number in estimates.values()):
        return "swapped"
    return found[0] if found else "far-off"


def _near(value: float, number: float) -> bool:
    return number / LEEWAY <= value <= number * LEEWAY


def _choice(answer: dict, cases: dict) -> Part:
    read = "unit01.read.choice"
    for name in cases:
        word = answer[name].get("choice")
        chosen = known(word, PATTERNS)
        if chosen is None:
            return no("unit01.choice.no-choice", read, case=name, word=word)
        if chosen != RIGHT[name]:
            given = {known(key, PATTERNS): value for key, value in answer[name].items()}
            about = {"case": name, "chosen": chosen, "right": RIGHT[name]}
            about |= {"much": f"{given[chosen]:,.0f}", "little": f"{given[RIGHT[name]]:,.0f}"}
            return no("unit01.choice.dearer", read, **about)
    return yes("unit01.choice.right")
