"""Task 4.4: the stale example, repaired. A point for receiving, a point for the acknowledgement."""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

READ = "unit04.read.stale"
CUT, RUNS = 1, 3
"""At which message, counted from 0, the power fails; how often the program is started at most."""


def orders(_bench: Bench) -> dict:
    return {"call": "receive(url, queue, handle)", "arguments": 3, "cut": CUT, "runs": RUNS}


def judge(_bench: Bench, evidence: dict) -> Verdict:
    runs, messages = evidence["runs"], evidence["messages"]
    seen = [message for run in runs for message in run["handled"]]
    if not seen:
        part = _nothing_came(runs)
        return Verdict("raised" if "failed" in runs[0] else "wrong", [part, part])
    return verdict(_received(runs, seen, messages), _acknowledged(runs, messages))


def _nothing_came(runs: list[dict]) -> Part:
    """Why the function never got as far as to `handle`."""
    if "failed" not in runs[0]:
        return no("unit04.receiving.nothing", READ)
    failed = runs[0]["failed"]
    said = failed["said"]
    if "basic_consume" in said or "no_ack" in said:
        return no("unit04.receiving.old-call", READ, **failed)
    if failed["type"] == "AttributeError" and "routing_key" in said:
        return no("unit04.receiving.no-attribute", READ, **failed)
    return no("unit04.receiving.failed", READ, **failed)


def _received(runs: list[dict], seen: list[dict], messages: list[dict]) -> Part:
    """Whether routing key and message are those that were sent."""
    keys = [message["key"] for message in messages]
    for one in seen:
        if one["key"] not in keys:
            return no("unit04.receiving.no-key", READ, got=str(one["key"])[:60], key=min(keys))
        if not isinstance(one["message"], dict):
            return no("unit04.receiving.not-parsed", READ, type=one["type"])
    came = [one["message"] for one in seen]
    if failed := next((run["failed"] for run in runs if "failed" in run), None):
        return no("unit04.receiving.broke", READ, **failed)
    if not all(message["said"] in came for message in messages):
        return no("unit04.receiving.missing", READ, got=len(seen), count=len(messages))
    return yes("unit04.receiving.received", count=len(messages))


def _acknowledged(runs: list[dict], messages: list[dict]) -> Part:
    """What was in the queue after the power cut and at the end."""
    seen = [one["message"] for run in runs for one in run["handled"]]
    counts = [seen.count(message["said"]) for message in messages]
    if counts[CUT] == 1:
        return no("unit04.receiving.before", READ)
    if counts[0] > RUNS:
        return no("unit04.receiving.put-back", READ, count=counts[0])
    if counts[0] > 1:
        name = "never" if runs[-1]["left"] else "too-late"
        return no(f"unit04.receiving.{name}", READ, count=counts[0])
    if runs[-1]["left"]:
        return no("unit04.receiving.left", READ, count=runs[-1]["left"])
    return yes("unit04.receiving.acknowledged")
