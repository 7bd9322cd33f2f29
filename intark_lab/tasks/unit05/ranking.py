"""Task 5.2: who calls most, and who is slowest. A point for each of the two lists."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit05.counts import PAGES

if TYPE_CHECKING:
    from intark_lab.control.usage import Span, Tally

APIS = ("fs-emner", "dfo-ansatte")
PLACES = 3
LISTS = ("top", "slow")
NAMES = ("name", "application", "app", "id", "navn")
"""Where a record may say which application it is about, the first that is there."""


class Measured(NamedTuple):
    """The applications by what is asked for, the highest first, and how near is alike."""

    values: dict[str, float]
    alike: float
    unit: str

    def ranking(self) -> list[str]:
        return sorted(self.values, key=self.values.get, reverse=True)

    def is_in_order(self, given: list[str]) -> bool:
        """Whether these are the first, in an order that nobody can tell from the right one."""
        firsts = self.ranking()[: len(given)]
        return len(set(given)) == len(given) and all(
            name in self.values and abs(self.values[name] - self.values[right]) <= self.alike
            for name, right in zip(given, firsts, strict=True)
        )


def inputs(bench: Bench) -> dict:
    """An API and one working day of its use, another for each seed."""
    return bench.view.usage.asked(*_asked(bench))


def judge(bench: Bench, evidence: dict) -> Verdict:
    slug, span = _asked(bench)
    answer = evidence["answer"]
    if not isinstance(answer, dict) or not set(LISTS) <= answer.keys():
        part = no("unit05.ranking.no-lists", "unit05.read.ranking", type=evidence["type"])
        return verdict(part, part)
    ids = bench.view.usage.names()
    measured = measures(bench.view.usage.tallies(slug, span), ids)
    return verdict(*(_list(name, answer[name], measured, ids) for name in LISTS))


def _asked(bench: Bench) -> tuple[str, "Span"]:
    slug = APIS[bench.seed % len(APIS)]
    return slug, bench.view.usage.working_day(2 + bench.seed * 7 % 19)


def measures(tallies: Iterable["Tally"], names: dict[str, str]) -> dict[str, Measured]:
    """Calls, and mean response times in ms, by the applications' names."""
    calls, ms = Counter(), Counter()
    for tally in tallies:
        name = names.get(tally.application, tally.application)
        calls[name] += tally.calls
        ms[name] += tally.ms
    means = {name: ms[name] / calls[name] for name in calls}
    return {"top": Measured(dict(calls), 1, "calls"), "slow": Measured(means, 1, "ms")}


def _list(name: str, given, measured: dict[str, Measured], ids: dict[str, str]) -> Part:
    """What is to be said of one of the two lists."""
    own, other = measured[name], measured["slow" if name == "top" else "top"]
    read, about = "unit05.read.ranking", {"list": name}
    found = _applications(given)
    if not found:
        return no("unit05.ranking.empty", read, **about)
    found = [ids.get(each, each) for each in found]
    if strangers := [each for each in found if each not in own.values]:
        return no("unit05.ranking.stranger", read, stranger=strangers[0][:60], **about)
    if _is_page(given):
        return no("unit05.ranking.page", read, **about)
    wanted = min(PLACES, len(own.values))
    if len(found) != wanted:
        return no("unit05.ranking.number", read, got=len(found), wanted=wanted, **about)
    if own.is_in_order(found):
        return yes(f"unit05.ranking.{name}-right", first=found[0])
    if other.is_in_order(found):
        return no("unit05.ranking.swapped", read, **about)
    if found in (own.ranking()[::-1][:wanted], own.ranking()[:wanted][::-1]):
        return no("unit05.ranking.ascending", read, **about)
    place = next(n for n in range(1, wanted + 1) if not own.is_in_order(found[:n]))
    right = own.values[own.ranking()[place - 1]]
    about |= {"place": place, "name": found[place - 1], "unit": own.unit}
    got, right = round(own.values[found[place - 1]]), round(right)
    return no("unit05.ranking.place", read, got=got, right=right, **about)


def _is_page(given) -> bool:
    """Whether the numbers beside the names add up to a page of log rows."""
    numbers = list(given.values()) if isinstance(given, dict) else []
    return all(isinstance(n, int) for n in numbers) and sum(numbers) in PAGES


def _applications(given) -> list[str]:
    """Names or ids, from a list, a table, or a mapping of them to numbers."""
    if isinstance(given, dict):
        return list(given)
    if not isinstance(given, list):
        return []
    return [found for each in given if (found := _application(each))]


def _application(each) -> str | None:
    if isinstance(each, dict):
        each = [each[name] for name in NAMES if name in each] or list(each.values())
    if isinstance(each, list):
        each = next((value for value in each if isinstance(value, str)), None)
    return each if isinstance(each, str) else None
