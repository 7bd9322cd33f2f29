"""Task 3.4: why an access stopped. A point for what the portal tells, one for the gateway."""

from typing import TYPE_CHECKING, NamedTuple

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit03.request import LEARNER
from intark_lab.texts import text

if TYPE_CHECKING:
    from intark_lab.control.view import Subscription


class Cause(NamedTuple):
    """The matter with an access: the learner's word for it, and the call (path) that shows it."""

    word: str
    path: str = "/fs/emner/v1/emner"


BY_KEY = (Cause("key expired"), Cause("key revoked"), Cause("wrong key"))
BY_ACCESS = (Cause("subscription paused"), Cause("subscription closed"))
BY_CALL = (
    Cause("outside plan", "/fs/emner/v1/emnepameldinger"),
    Cause("wrong address", "/fs/emne/v1/emnepameldinger"),
)
"""So much alike that the answer tells, rather than the path."""
CAUSES = (*BY_KEY, *BY_ACCESS, *BY_CALL)
"""In the order in which the stage of a check makes the accesses."""

ACCESS = ("fs-emner", "open-study-data")
OTHER_ACCESS = ("tp-timeplan", "timetable")


def checked() -> str:
    """The name of the applications whose access a check breaks."""
    return text("unit03.service.checked")


def orders(_bench: Bench) -> dict:
    return {"call": "diagnose(service)", "arguments": 1}


def judge(bench: Bench, evidence: dict) -> Verdict:
    given = {decision["subscription"]: decision for decision in evidence["decisions"]}
    cases = [(cause, given[held.id]) for cause, held in _made(bench)]
    parts = [
        _first([_wrong(*case) for case in cases if case[0] not in BY_CALL])
        or yes("unit03.causes.portal"),
        _first([_wrong(*case) for case in cases if case[0] in BY_CALL])
        or yes("unit03.causes.gateway"),
    ]
    if any("raised" in decision for decision in given.values()):
        return Verdict("raised", parts)
    return verdict(*parts)


def _made(bench: Bench) -> list[tuple[Cause, "Subscription"]]:
    """The accesses of this check with what was done to each: the newest of their name, in order."""
    own = [one for one in bench.view.applications(LEARNER) if one.name == checked()]
    newest = own[-len(CAUSES) :]
    return [
        (cause, bench.view.subscriptions(application.id)[0])
        for cause, application in zip(CAUSES, newest, strict=True)
    ]


def _first(parts: list[Part | None]) -> Part | None:
    return next(filter(None, parts), None)


def _wrong(cause: Cause, decision: dict) -> Part | None:
    """What is wrong with the word for an access; None when it is the right one."""
    about = {"cause": cause.word, "shows": _sign(cause.word)}
    if raised := decision.get("raised"):
        return no("unit03.causes.raised", "unit03.read.stopped", **about, **raised)
    word = _plain(decision["word"])
    if word is None:
        return no("unit03.causes.nothing", "unit03.read.stopped", **about)
    known = {_plain(each.word): each.word for each in CAUSES}
    if word not in known:
        words = ", ".join(f"`{each}`" for each in known.values())
        said = str(decision["word"])[:60]
        return no("unit03.causes.no-such-word", "unit03.read.task", word=said, words=words, **about)
    if known[word] == cause.word:
        return None
    about |= {"word": known[word], "would": _sign(known[word])}
    return no("unit03.causes.wrong", "unit03.read.stopped", **about)


def _plain(word) -> str | None:
    """As it is compared: lower case, single spaces."""
    if word is None:
        return None
    return " ".join(str(word).lower().replace("_", " ").replace("-", " ").split())


def _sign(word: str) -> str:
    return text(f"unit03.sign.{word.lower().replace(' ', '-')}")
