"""Task 1.2: the six steps of an event. A point for their order, a point for who takes each."""

from itertools import pairwise

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit01.words import known

STEPS = {
    "change": "provider",
    "notify": "provider",
    "distribute": "message queue",
    "judge": "consumer",
    "fetch": "consumer",
    "update": "consumer",
}
"""In their order, and who takes each."""
WHO = ("provider", "message queue", "consumer")


def inputs(_bench: Bench) -> dict:
    """The steps, by the alphabet."""
    return {"steps": sorted(STEPS)}


def judge(_bench: Bench, evidence: dict) -> Verdict:
    answer = evidence["answer"]
    pairs = list(answer.items()) if isinstance(answer, dict) else answer
    if not isinstance(pairs, list) or evidence["type"] == "set":  # a set has no order
        part = no("unit01.steps.other-type", "unit01.read.steps", type=evidence["type"])
        return verdict(part, part)
    words, who = zip(*map(_split, pairs), strict=True) if pairs else ((), ())
    steps = [known(word, tuple(STEPS)) for word in words]
    return verdict(_order(steps, words), _who(dict(zip(steps, who, strict=True))))


def _split(pair) -> tuple:
    """The word for a step and who takes it; nobody where the step stands alone."""
    if isinstance(pair, dict):  # a row of a table
        pair = list(pair.values())
    return tuple(pair) if isinstance(pair, list | tuple) and len(pair) == 2 else (pair, None)


def _order(steps: list, words: tuple) -> Part:
    read = "unit01.read.steps"
    if None in steps:
        place = steps.index(None)
        about = {"place": place + 1, "word": words[place], "names": ", ".join(sorted(STEPS))}
        if known(words[place], WHO):
            return no("unit01.steps.turned-round", read, **about)
        return no("unit01.steps.no-such-step", read, **about)
    for step in STEPS:
        if steps.count(step) != 1:
            return no("unit01.steps.count", read, step=step, count=steps.count(step))
    for earlier, later in pairwise(STEPS):
        if steps.index(earlier) > steps.index(later):
            return no(f"unit01.steps.before.{later}", read)
    return yes("unit01.steps.order")


def _who(taken: dict) -> Part:
    read = "unit01.read.steps"
    for step, expected in STEPS.items():
        if taken.get(step) is None:
            return no("unit01.steps.nobody", read, step=step)
        who = known(taken[step], WHO)
        if who is None:
            return no("unit01.steps.no-such-who", read, word=taken[step], step=step)
        if who != expected:
            return no(f"unit01.steps.taken.{expected.replace(' ', '-')}", read, step=step, who=who)
    return yes("unit01.steps.who")
