"""Task 5.3: what happened on six days. A point for the three faults, a point for the quiet days."""

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

if TYPE_CHECKING:
    from intark_lab.control.usage import Span

WORDS = ("backend gone", "backend password", "policy", "normal")
NORMAL = "normal"
FAULTS = {"fs-studenter": "backend gone", "dfo-ansatte": "backend password", "rombooking": "policy"}
"""What the history's three incidents were, by API."""
LETTERS = "ABCDEF"


class Case(NamedTuple):
    """A day of an API, and the word for it."""

    letter: str
    api: str
    span: "Span"
    word: str


def inputs(bench: Bench) -> dict:
    """Six cases, in another order for each seed."""
    asked = bench.view.usage.asked
    cases = [{"case": each.letter, **asked(each.api, each.span)} for each in _cases(bench)]
    return {"cases": cases}


def judge(bench: Bench, evidence: dict) -> Verdict:
    words = _words(evidence["answer"])
    if words is None:
        part = no("unit05.diagnosis.no-dict", "unit05.read.diagnosis", type=evidence["type"])
        return verdict(part, part)
    if len(words) > 1 and (alike := set(words.values())) in [{word} for word in WORDS]:
        part = no("unit05.diagnosis.all-alike", "unit05.read.diagnosis", word=alike.pop())
        return verdict(part, part)
    cases = _cases(bench)
    return verdict(
        _right([case for case in cases if case.word != NORMAL], words, "faults"),
        _right([case for case in cases if case.word == NORMAL], words, "quiet"),
    )


def _cases(bench: Bench) -> list[Case]:
    """The day of each incident, and the same weekday a week before."""
    usage = bench.view.usage
    days = [(api, usage.incident(api), word) for api, word in FAULTS.items()]
    days += [(api, usage.incident(api, weeks_before=1), NORMAL) for api in FAULTS]
    Random(f"diagnosis {bench.seed}").shuffle(days)
    return [Case(letter, *day) for letter, day in zip(LETTERS, days, strict=True)]


def _words(answer) -> dict[str, str] | None:
    """The words by letter: of a dict, of a list in the order of the cases, or of a table."""
    if isinstance(answer, list) and all(isinstance(each, dict) for each in answer):
        pairs = [list(each.values())[:2] for each in answer]
        return _words(dict(pair for pair in pairs if len(pair) == 2 and isinstance(pair[0], str)))
    if isinstance(answer, list):
        answer = dict(zip(LETTERS, answer, strict=False))
    if not isinstance(answer, dict):
        return None
    found = {str(letter).strip().upper(): _word(word) for letter, word in answer.items()}
    return found if found.keys() & set(LETTERS) else None


def _word(value) -> str:
    return " ".join(str(value).lower().replace("_", " ").replace("-", " ").split())


def _right(cases: list[Case], words: dict[str, str], name: str) -> Part:
    """Whether each of these has its word; else what is to be said of the first that has not."""
    for case in cases:
        word = words.get(case.letter)
        if word == case.word:
            continue
        read, about = "unit05.read.diagnosis", {"case": case.letter, "word": word}
        if word in (None, "", "none"):
            return no("unit05.diagnosis.missing", read, **about)
        if word not in WORDS:
            known = ", ".join(f"`{each}`" for each in WORDS)
            return no("unit05.diagnosis.no-such-word", read, known=known, **about)
        clue = case.word.replace(" ", "-")
        return no(f"unit05.diagnosis.was.{clue}", f"unit05.read.{clue}", **about)
    return yes(f"unit05.diagnosis.{name}")
