"""Task 2.4: a whole list through a rate limit. A point for the list, a point for the manners."""

from collections import Counter
from itertools import pairwise
from urllib.parse import parse_qsl

from intark_lab.journal import Call
from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

PATH = "/fs/emner/v1/undervisningsaktiviteter"
LARGEST_PAGE = 100
FEW_REFUSALS = 5
LONGEST_WAIT = 5.0
"""Seconds between two calls; the plan's period is one."""


def orders(_bench: Bench) -> dict:
    return {"call": "fetch_all(client)", "arguments": 1}


def judge(bench: Bench, evidence: dict) -> Verdict:
    calls = bench.by_probe()
    if "unfinished" in evidence:
        stopped = _stopped(bench, calls, evidence["unfinished"])
        return verdict(stopped, no("unit02.pages.unfinished", "unit02.read.pages"))
    records = bench.truth.records("fs-emner", "undervisningsaktiviteter")
    whole = _shape(evidence["answer"], evidence["type"]) or _whole(
        evidence["answer"], records, calls
    )
    if not whole.earned:
        return verdict(whole, no("unit02.pages.unfinished", "unit02.read.pages"))
    return verdict(whole, _manners(bench, calls, len(records)))


def _stopped(bench: Bench, calls: list[Call], unfinished: str) -> Part:
    """Why a function did not come to an end, before its `time` or its `calls` were used up."""
    refused = sum(call.status == 429 for call in calls)
    fetched = [call.query for call in calls if call.status == 200]
    last = calls[-1].status if calls else 0
    about = {"count": len(calls), "path": PATH}
    if 400 <= last < 429:
        about |= {"path": calls[-1].path, "status": last}
        return no("unit02.pages.refused", "unit02.read.retry", **about)
    if refused > len(calls) / 2:
        return no("unit02.pages.hammering", "unit02.read.limit", refused=refused, **about)
    if last == 429 and unfinished == "time":
        return no("unit02.pages.waiting", "unit02.read.limit", **about)
    if len(fetched) > 2 * len(set(fetched)):
        return no("unit02.pages.same-page", "unit02.read.pages", **about)
    if calls:
        step, limit = _stride(fetched)
        name = "small-steps" if 0 < step < limit else "too-long"
        return no(f"unit02.pages.{name}", "unit02.read.pages", step=step, limit=limit, **about)
    if others := bench.by_others():
        called = others[-1].path
        return no("unit02.pages.elsewhere", "unit02.read.pages", called=called, **about)
    return no("unit02.pages.stuck", "unit02.read.pages", **about)


def _stride(queries: list[str]) -> tuple[int, int]:
    """By how much `offset` grew at the end, and how many records a page may hold; else zeros."""
    last = [dict(parse_qsl(query)) for query in queries[-2:]]
    try:
        before, after = (int(query["offset"]) for query in last)
        return after - before, int(last[-1]["limit"])
    except (ValueError, KeyError):
        return 0, 0


def _shape(answer, kind: str) -> Part | None:
    """What the answer is instead of a list of records; None when it is one."""
    read = "unit02.read.pages"
    if answer is None:
        return no("unit02.pages.nothing", read)
    if kind == "Response":
        return no("unit02.pages.response", read)
    if isinstance(answer, dict) and isinstance(answer.get("items"), list):
        return no("unit02.pages.envelope", read, count=len(answer["items"]))
    if not isinstance(answer, list):
        return no("unit02.pages.other-type", read, type=kind)
    if any(isinstance(item, list) for item in answer):
        return no("unit02.pages.nested", read, count=len(answer))
    if any(isinstance(item, dict) and "items" in item for item in answer):
        return no("unit02.pages.pages", read, count=len(answer))
    odd = [item for item in answer if not (isinstance(item, dict) and _is_id(item.get("id")))]
    if odd:
        return no("unit02.pages.no-records", read, item=str(odd[0])[:60])
    return None


def _is_id(value) -> bool:
    return isinstance(value, str | int)


def _whole(answer: list[dict], records: list[dict], calls: list[Call]) -> Part:
    """Every record once, each with all its fields."""
    truth = {record["id"]: record for record in records}
    counts = Counter(record["id"] for record in answer)
    about = {"got": len(answer), "total": len(records)}
    if not answer:
        return no("unit02.pages.empty", "unit02.read.pages", **about)
    if foreign := counts.keys() - truth.keys():
        return no(
            "unit02.pages.foreign", "unit02.read.pages", item=min(map(str, foreign)), path=PATH
        )
    if len(counts) < len(records):
        return _incomplete(counts, [record["id"] for record in records], calls, about)
    if len(answer) > len(counts):
        return no("unit02.pages.twice", "unit02.read.pages", **about)
    for record in answer:
        lacking = truth[record["id"]].keys() - {name.partition(".")[0] for name in record}
        if lacking:
            return no("unit02.pages.lacking", "unit02.read.pages", field=min(lacking))
    return yes("unit02.pages.whole", **about)


def _incomplete(counts: Counter, ids: list, calls: list[Call], about: dict) -> Part:
    """Which way of stopping short this was, read off what is missing and off the calls."""
    read, about = "unit02.read.pages", about | {"different": len(counts)}
    fetched = [call for call in calls if call.status == 200]
    refused = {call.query for call in calls if call.status == 429}
    if counts.total() > len(counts):
        return no("unit02.pages.overlapping", read, **about)
    if refused - {call.query for call in fetched}:
        return no("unit02.pages.skipped", "unit02.read.limit", refused=len(refused), **about)
    if set(ids[: len(counts)]) != counts.keys():
        return no("unit02.pages.gaps", read, **about)
    if len(fetched) <= 1:
        return no("unit02.pages.first-page", read, **about)
    if len(ids) - len(counts) < len(counts) / len(fetched):
        return no("unit02.pages.last-page", read, **about)
    return no("unit02.pages.too-early", read, pages=len(fetched), **about)


def _manners(bench: Bench, calls: list[Call], total: int) -> Part:
    """Few calls, few refusals, short waits: what the journal shows of the function."""
    fetched = sum(call.status == 200 for call in calls)
    refused = sum(call.status == 429 for call in calls)
    needed = -(-total // LARGEST_PAGE)
    longest = max((b.at - a.at for a, b in pairwise(calls)), default=0) / 1000
    if not calls:
        name = "own-client" if bench.by_others() else "copied"
        return no(f"unit02.pages.{name}", "unit02.read.pages")
    if refused > max(FEW_REFUSALS, fetched / 3):
        about = {"count": len(calls), "refused": refused, "path": PATH}
        return no("unit02.pages.hammering", "unit02.read.limit", **about)
    if fetched > 2 * needed + 2:
        return no("unit02.pages.small-pages", "unit02.read.pages", count=fetched, needed=needed)
    if longest > LONGEST_WAIT:
        return no("unit02.pages.long-wait", "unit02.read.limit", seconds=round(longest))
    return yes("unit02.pages.manners")
