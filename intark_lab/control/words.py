"""A verdict in words: what happened, where to read, what comes next."""

from intark_lab.journal import UNKNOWN, Call
from intark_lab.tasks import TASKS
from intark_lab.tasks.task import Bench, Part, Task, Verdict, no
from intark_lab.texts import text

LAST_HINT = 3


def unfit(task: Task, bench: Bench, evidence: dict) -> Verdict | None:
    """The verdict on an answer that no judge need see; None when there is something to judge."""
    if "untried" in evidence:
        message = f"tasks.untried.{evidence['untried']}"
        return _all_missed(task, "untried", message)
    if "not_plain" in evidence:
        return _all_missed(task, "wrong", evidence["not_plain"], **evidence["fields"])
    if "misfit" in evidence:
        fields = {key: value for key, value in evidence.items() if key != "misfit"}
        return _all_missed(task, "wrong", f"tasks.misfit.{evidence['misfit']}", **fields)
    if "stopped" in evidence:
        return _all_missed(task, "wrong", "tasks.stopped", seconds=f"{evidence['stopped']:g}")
    if "raised" in evidence:
        return _raised(task, bench, evidence["raised"])
    if task.orders is None and bench.params is None:
        return _all_missed(task, "wrong", "tasks.not-open", task=task.id)
    return None


def _raised(task: Task, bench: Bench, raised: dict) -> Verdict:
    """Says the learner's line where there is one, and the last call where there was one."""
    place = "at-line" if raised["line"] else "before-a-line"
    after = _after(calls[-1]) if (calls := _driven(bench)) else ""
    return _all_missed(task, "raised", f"tasks.raised.{place}", after=after, **raised)


def _driven(bench: Bench) -> list[Call]:
    """The calls that a check's drive led to; a call to no API or without a key is nobody's."""
    if bench.probe is None:
        return []
    own = [call for call in bench.calls if call.subscription in (bench.probe, None)]
    return own or bench.calls


def _after(call: Call) -> str:
    address = call.path + (f"?{call.query}" if call.query else "")
    if call.status < 400:
        name = "after-a-call"
    elif call.status == 429:
        name = "after-too-many"
    else:
        name = "after-no-api" if call.api == UNKNOWN else "after-a-refusal"
    return text(f"tasks.raised.{name}", call=f"{call.method} {address}", status=call.status)


def _all_missed(task: Task, outcome: str, message: str, /, **fields) -> Verdict:
    return Verdict(outcome, [no(message, f"{task.name}.read", **fields)] * task.points)


def judged(task: Task, verdict: Verdict) -> dict:
    """Points and words: `text` is the message, `read` the places, `headline` the bare result."""
    messages = dict.fromkeys(_said(part) for part in verdict.parts)
    reads = [text(part.read) for part in verdict.parts if part.read]
    places = dict.fromkeys(place for read in reads for place in read.split("; "))
    return {
        "task": task.id,
        "points": verdict.points,
        "max": task.points,
        "headline": text(
            f"tasks.headline.{verdict.outcome}",
            task=task.id,
            title=text(f"{task.name}.title"),
            points=f"{verdict.points:g}",
            max=task.points,
        ),
        "text": "\n\n".join(messages),
        "read": text("tasks.read", places="; ".join(places)) if places else "",
    }


def _said(part: Part) -> str:
    return text(part.message, **part.fields)


def next_step(task: Task, verdict: Verdict, level: int) -> str:
    """What to do now: the unit's next task after a right answer, else the next help there is.

    What was tried before plays no part, so that a notebook run again says the same.
    """
    if verdict.outcome != "right":
        return text("tasks.next-hint" if level < LAST_HINT else "tasks.next-solution", task=task.id)
    unit, number = task.id.split(".")
    following = f"{unit}.{int(number) + 1}"
    return (
        text("tasks.next-task", task=following) if following in TASKS else text("tasks.unit-done")
    )
