"""Task 5.4: a figure of calls by status. A point for what it shows, a point for how it reads.

What is drawn is compared with the calls of the day; what is written is looked for, not weighed.
"""

import math
import re
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit05.counts import HOUR, by_hour
from intark_lab.tasks.unit05.diagnosis import FAULTS

if TYPE_CHECKING:
    from intark_lab.control.usage import Span

MOST_LABELS = 30
TONE = 0.2
"""How far apart two greys must be to be told from each other."""
WIDTH = 1.8
"""How many times as wide a line must be."""
COUNTED = r"call|request|hit|kall|forespørs|oppslag"
PER_HOUR = r"hour|\bh\b|(per|pr\.?|i|hver|/) ?time"
TIME = r"time|hour|clock|day|tid|klokk|kl\.|dag|døgn|dato|date|utc|\bh\b"
"""What the labels of the axes must speak of, in English or Norwegian."""
ALMOST = 1e-6
"""Of an hour: what is lost in days as floating-point numbers."""
MINUTE = 60_000
UNITS = ((1e11, 1), (1e9, 1000), (1e7, MINUTE), (1e5, HOUR), (1e4, 24 * HOUR))
"""Numbers above so much are ms, s, minutes, hours or days since the epoch: how many ms each is."""


def inputs(bench: Bench) -> dict:
    """An API and a day on which something went wrong with it, another for each seed."""
    return bench.view.usage.asked(*_asked(bench))


def judge(bench: Bench, evidence: dict) -> Verdict:
    slug, span = _asked(bench)
    drawn = evidence["answer"]
    if "none" in drawn:
        part = no("unit05.figure.no-figure", "unit05.read.figure", type=drawn["none"])
        return verdict(part, part)
    if not drawn["series"]:
        part = no("unit05.figure.nothing-drawn", "unit05.read.figure")
        return verdict(part, part)
    truth = by_status(bench, slug, span)
    return verdict(_data(drawn, truth, span), _reading(drawn, truth))


def _asked(bench: Bench) -> tuple[str, "Span"]:
    slug = list(FAULTS)[bench.seed % len(FAULTS)]
    return slug, bench.view.usage.incident(slug)


def by_status(bench: Bench, slug: str, span: "Span") -> dict[int, list[int]]:
    """Calls of each hour of the span, by status."""
    calls = by_hour(bench.view.usage.tallies(slug, span))
    hours = range(span.start, span.end, HOUR)
    return {
        status: [calls[hour, status] for hour in hours]
        for status in sorted({status for _, status in calls})
    }


def _data(drawn: dict, truth: dict[int, list[int]], span: "Span") -> Part:
    """Every status with its calls of every hour."""
    read = "unit05.read.figure"
    found = [_matched(way, truth, span) for way in _ways(drawn["series"])]
    shown = max(found, key=len)
    if len(shown) == len(truth):
        return _misnamed(shown) or yes("unit05.figure.data")
    sums = {0: [sum(column) for column in zip(*truth.values(), strict=True)]}
    if any(_matched(way, sums, span) for way in _ways(drawn["series"])):
        return no("unit05.figure.summed", read)
    if shown:
        lacking = min(truth.keys() - shown.keys())
        return no("unit05.figure.lacking", read, status=lacking, calls=sum(truth[lacking]))
    points, hours = len(drawn["series"][0]["y"]), len(sums[0])
    if points not in (hours, hours + 1):
        return no("unit05.figure.points", read, got=points, hours=hours)
    return no("unit05.figure.other-data", read)


def _ways(series: list[dict]) -> list[list[dict]]:
    """What the values may be: as drawn, or the upper edges of a stack, in either order."""
    lines = [one for one in series if one["kind"] == "line"]
    return [series, _unstacked(lines), _unstacked(lines[::-1])]


def _unstacked(series: list[dict]) -> list[dict]:
    below, found = [0.0] * 100, []
    for one in series:
        found.append(one | {"y": [y - under for y, under in zip(one["y"], below, strict=False)]})
        below = one["y"]
    return found


def _matched(series: list[dict], truth: dict[int, list[int]], span: "Span") -> dict[int, dict]:
    """The series that shows each status, where one does."""
    return {
        status: one
        for status, calls in truth.items()
        for one in reversed(series)
        if any(_alike(_hours(one, span, shift), calls) for shift in (0, 1, 2, -1))
    }


def _hours(one: dict, span: "Span", shift: int) -> list[float]:
    """A series' values by the hours of the span, the same place twice added up.

    `shift` hours are what local time without its zone is ahead of UTC; -1 is for a bar that stands
    to the left of its hour. Numbers that are no instants count hours, a bar's middle included.
    """
    values = Counter()
    for x, y in zip(one["x"], one["y"], strict=False):
        unit = next((unit for least, unit in UNITS if x > least), None)
        if unit is None:
            place = math.ceil(x - 0.5 - ALMOST)
        else:
            place = math.floor((x * unit - span.start) / HOUR + ALMOST) - shift
        values[place] += y
    return [values[place] for place in range((span.end - span.start) // HOUR)]


def _alike(given: list[float], calls: list[int]) -> bool:
    return all(abs(a - b) <= max(0.5, 0.01 * b) for a, b in zip(given, calls, strict=True))


def _misnamed(shown: dict[int, dict]) -> Part | None:
    """A series whose label names another status than it shows."""
    for status, one in shown.items():
        named = _statuses(one["label"])
        if named and status not in named:
            about = {"label": one["label"], "status": status}
            return no("unit05.figure.misnamed", "unit05.read.figure", **about)
    return None


def _statuses(label: str) -> list[int]:
    return [int(number) for number in re.findall(r"\b[1-5]\d\d\b", label)]


def _reading(drawn: dict, truth: dict[int, list[int]]) -> Part:
    """What is written on the figure, and whether it can be read, also in grey."""
    read = "unit05.read.figure"
    if len(re.findall(r"\w{2,}", drawn["title"])) < 2:
        return no("unit05.figure.no-title", read)
    for axis, words in (("x", (TIME,)), ("y", (COUNTED, PER_HOUR))):
        label = drawn[axis]
        if not label:
            return no(f"unit05.figure.{axis}-unlabelled", read)
        if not all(re.search(word, label, re.I) for word in words):
            return no(f"unit05.figure.{axis}-label", read, label=label[:60])
    series = _largest(drawn["series"])
    names = " ".join([*drawn["legend"], *drawn["texts"], *drawn["panels"]])
    if lacking := [status for status in truth if str(status) not in names]:
        return no("unit05.figure.no-name", read, status=lacking[0])
    if not _direct(drawn, truth) and any(_same(a, b) for a, b in combinations(series, 2)):
        return no("unit05.figure.colour-alone", read)
    if drawn["ticks"]["least"] < 2:
        return no("unit05.figure.no-ticks", read)
    if drawn["ticks"]["overlap"] or drawn["ticks"]["most"] > MOST_LABELS:
        return no("unit05.figure.ticks", read, most=drawn["ticks"]["most"])
    return yes("unit05.figure.reads")


def _largest(series: list[dict]) -> list[dict]:
    """The series of the kind that most are of. Lines around areas need not differ."""
    kinds = Counter(one["kind"] for one in series)
    kind = max(kinds, key=lambda name: (kinds[name], name != "line"))
    return [one for one in series if one["kind"] == kind]


def _direct(drawn: dict, truth: dict[int, list[int]]) -> bool:
    """Whether each status stands in the figure itself, beside what shows it."""
    written = " ".join([*drawn["texts"], *drawn["panels"]])
    return all(str(status) in written for status in truth)


def _same(one: dict, other: dict) -> bool:
    """Whether two series of one panel look alike in grey."""
    if one["axes"] != other["axes"] or one["pattern"] != other["pattern"]:
        return False
    thin, wide = sorted((one["width"], other["width"]))
    return abs(one["tone"] - other["tone"]) < TONE and wide < WIDTH * max(thin, 0.1)
