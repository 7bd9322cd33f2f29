"""Task 4.3: the right acknowledgement. A point for nothing lost, a point for nothing left behind.

Judged by what the work saw and by what waited in the queue after each run: both are the same on
every broker, and need no journal of messages.
"""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

READ = "unit04.read.acknowledge"
POISON_READ = "unit04.read.poison"
MESSAGES = 4
POISON, FAILS = 1, 2
"""Which message can never be read, and at which one the accidents happen: counted from 0."""
RUNS = 4
"""How often the consumer is started at most."""
WORK_RAISES = ("JSONDecodeError", "ConnectionError")


def orders(_bench: Bench) -> dict:
    return {
        "call": "consume(channel, queue, work)",
        "arguments": 3,
        "fails": FAILS,
        "runs": RUNS,
    }


def judge(_bench: Bench, evidence: dict) -> Verdict:
    runs = evidence["runs"]
    if "odd" in evidence:
        part = no("unit04.acknowledging.no-body", READ, type=evidence["odd"])
        return verdict(part, part)
    if not any(run["worked"] for run in runs):
        part = _never_worked(runs)
        outcome = "raised" if "failed" in runs[0] else "wrong"
        return Verdict(outcome, [part, part])
    return verdict(_nothing_lost(runs), _nothing_left(runs))


def _never_worked(runs: list[dict]) -> Part:
    if "failed" in runs[0]:
        return no("unit04.acknowledging.failed", READ, **runs[0]["failed"])
    return no("unit04.acknowledging.no-work", READ)


def _nothing_lost(runs: list[dict]) -> Part:
    """Whether each message got its work done, in spite of the power cut and the failure."""
    worked = [number for run in runs for number in run["worked"]]
    if worked.count(POISON) > RUNS:
        return no("unit04.acknowledging.poison-again", POISON_READ, count=worked.count(POISON))
    tries, left = worked.count(FAILS), runs[-1]["left"]
    if tries < 3 and (own := _own_failure(runs)):
        return no("unit04.acknowledging.broke", READ, **own)
    if tries < 3 and "hung" in runs[-1]:
        return no("unit04.acknowledging.hung", READ, count=left)
    if FAILS not in worked:
        return no("unit04.acknowledging.stopped", POISON_READ, **_failure(runs))
    if tries < 3 and left:
        return no("unit04.acknowledging.early", READ, count=left, runs=len(runs))
    if tries < 3:
        name = "lost-at-cut" if tries == 1 else "lost-at-failure"
        return no(f"unit04.acknowledging.{name}", READ)
    if lost := {*range(MESSAGES)} - {POISON, *worked}:
        return no("unit04.acknowledging.skipped", READ, number=min(lost) + 1)
    return yes("unit04.acknowledging.nothing-lost")


def _nothing_left(runs: list[dict]) -> Part:
    """Whether what was done is gone from the queue, at once."""
    worked = [number for run in runs for number in run["worked"]]
    if worked.count(POISON) > RUNS:
        return no("unit04.acknowledging.poison-again", POISON_READ, count=worked.count(POISON))
    if worked.count(0) > 1:
        name = "too-late" if runs[-1]["left"] == 0 else "never"
        return no(f"unit04.acknowledging.{name}", READ, count=worked.count(0))
    if worked.count(POISON) > 1:
        return no("unit04.acknowledging.poison-kept", POISON_READ, count=worked.count(POISON))
    if runs[-1]["left"]:
        return no("unit04.acknowledging.left", READ, count=runs[-1]["left"])
    return yes("unit04.acknowledging.nothing-left")


def _own_failure(runs: list[dict]) -> dict | None:
    """The error that ended a run, where it was none of those that the work raises."""
    failures = [run["failed"] for run in runs if "failed" in run]
    return next((one for one in failures if one["type"] not in WORK_RAISES), None)


def _failure(runs: list[dict]) -> dict:
    """The error that ended a run, where one did."""
    failures = [run["failed"] for run in runs if "failed" in run]
    return failures[-1] if failures else {"type": "-", "said": "-", "line": "-", "number": 0}
