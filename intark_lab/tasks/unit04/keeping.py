"""Task 4.5: a register in step with its source. A point for the register, a point for the way."""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

SYSTEM, COLLECTION = "dfo", ("dfo-ansatte", "ansatte")
PATH, ID = "/dfo/ansatte/v2/ansatte", "ansattnummer"
READ, POISON_READ = "unit04.read.whole", "unit04.read.poison"
ACKNOWLEDGE_READ = "unit04.read.acknowledge"
ABSENT = {"absent": True}
"""In place of an entry that is not there: one that is there may be None."""
RUNS = 3
"""How often the consumer is started at most."""


def orders(_bench: Bench) -> dict:
    call = "keep_in_step(channel, queue, client, register)"
    return {"call": call, "arguments": 4, "runs": RUNS}


def judge(bench: Bench, evidence: dict) -> Verdict:
    failed = [run["failed"] for run in evidence["runs"] if "failed" in run]
    if failed:
        part = _failed(failed[-1])
        return Verdict("raised", [part, part])
    register = _register(bench, evidence)
    return verdict(register, _way(bench, evidence, register.earned))


def _failed(failed: dict) -> Part:
    poison = "JSONDecodeError" in failed["type"] or "Expecting" in failed["said"]
    if poison:
        return no("unit04.keeping.poison-raised", POISON_READ, **failed)
    return no("unit04.keeping.raised", READ, **failed)


def _register(bench: Bench, evidence: dict) -> Part:
    """Whether each record is what the source has."""
    kept, told = evidence["register"], evidence["told"]
    base = told[0]["url"].rpartition("/")[0]
    truth = {f"{base}/{one[ID]}": one for one in bench.truth.records(*COLLECTION)}
    if odd := [key for key in kept if not key.startswith(f"{base}/")]:
        return no("unit04.keeping.other-key", READ, key=odd[0][:80])
    wrong = [url for url in {**truth, **kept} if kept.get(url, ABSENT) != truth.get(url, ABSENT)]
    if not wrong:
        return yes("unit04.keeping.in-step", messages=len(told))
    if evidence["unchanged"]:
        return no("unit04.keeping.unchanged", READ, count=len(wrong))
    if early := _early(evidence, len(wrong)):
        return early
    if not bench.by_probe():
        return no("unit04.keeping.not-fetched", READ, count=len(wrong))
    cut_at = evidence["cut_at"]
    if evidence["was_cut"] and cut_at in wrong and not _asked_for(cut_at, bench):
        return no("unit04.keeping.lost", ACKNOWLEDGE_READ, count=len(wrong))
    return _out_of_step(wrong, truth, evidence)


def _early(evidence: dict, count: int) -> Part | None:
    """Where messages were left that were never looked at."""
    runs, poison = evidence["runs"], sum(one["how"] == "poison" for one in evidence["told"])
    left = runs[-1]["left"]
    if left and "hung" in runs[-1]:
        return no("unit04.keeping.slow", READ, left=left, count=count)
    if poison < left < len(evidence["told"]):
        return no("unit04.keeping.early", READ, left=left, count=count, runs=len(runs))
    return None


def _out_of_step(wrong: list[str], truth: dict, evidence: dict) -> Part:
    """Why, read off the record that is wrong and off how it was told of."""
    first = {one["url"]: one["how"] for one in reversed(evidence["told"])}
    last = {one["url"]: one["how"] for one in evidence["told"]}
    kept, count = evidence["register"], len(wrong)
    if nothing := [url for url in wrong if url in kept and kept[url] is None]:
        return no("unit04.keeping.none-stored", READ, count=len(nothing))
    if errors := [url for url in wrong if url in kept and not _is_employee(kept[url])]:
        return no("unit04.keeping.no-record", READ, got=str(kept[errors[0]])[:60], count=count)
    if gone := [url for url in wrong if url not in truth]:
        return no("unit04.keeping.gone-kept", READ, count=len(gone))
    missing = [url for url in wrong if url not in kept]
    if missing:
        names = {"future-dated": "future", "unknown": "unknown"}
        name = _only({first.get(url) for url in missing}, names, "missing")
        return no(f"unit04.keeping.{name}", READ, count=len(missing))
    names = {"late": "late", "future-dated": "future"}
    name = _only({last.get(url) for url in wrong}, names, "old")
    return no(f"unit04.keeping.{name}", READ, count=count)


def _is_employee(value) -> bool:
    return isinstance(value, dict) and ID in value


def _asked_for(url: str, bench: Bench) -> bool:
    """Whether the call in which the power failed was made again: the first one never left."""
    return any(url.endswith(call.path) for call in bench.by_probe())


def _only(how: set, names: dict, otherwise: str) -> str:
    """The name for the one way that all of them were told in; `otherwise` for a mixture."""
    (one, *others) = how
    return otherwise if others else names.get(one, otherwise)


def _way(bench: Bench, evidence: dict, in_step: bool) -> Part:
    """Whether the queue is empty, and the source was asked no more than needed."""
    calls, messages = bench.by_probe(), len(evidence["told"])
    lists = [call for call in calls if call.path.rstrip("/") == PATH]
    left = evidence["runs"][-1]["left"]
    poison = sum(one["how"] == "poison" for one in evidence["told"])
    if lists:
        return no("unit04.keeping.list", READ, count=len(lists), path=PATH)
    if left and left == poison:
        return no("unit04.keeping.poison", POISON_READ, count=left)
    if left:
        name = "never" if left >= messages else "left"
        return no(f"unit04.keeping.{name}", ACKNOWLEDGE_READ, count=left)
    if len(calls) > messages * 5 // 4:
        return no("unit04.keeping.calls", READ, count=len(calls), messages=messages)
    if not in_step:
        return no("unit04.keeping.not-yet", READ)
    return yes("unit04.keeping.way", count=len(calls))
