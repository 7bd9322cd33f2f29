"""Task 5.5: two sentences to an owner. A point for what was seen, a point for the request.

What a check of free text can hold: that it names the application, gives a number which the data
bear out, and asks for something. Whether it is kind and clear, only a person can say.
"""

import re
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit05.counts import HOUR

if TYPE_CHECKING:
    from intark_lab.control.usage import Span, Usage

SUSPECT, API = "grade-report", "fs-emner"
"""It fetches everything again and again."""
USUAL, OTHER_API = "access-cards", "dfo-ansatte"
"""Its many 404 are as they must be."""
DAYS = 7
NEAR = 0.05
"""By how much a number may be rounded."""
LEAST = 10
"""Whole numbers below are as likely to be about something else."""
SENTENCES = range(2, 6)
"""Two, and a greeting."""
NUMBER = re.compile(r"\d+(?:[ .,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
ASKS = re.compile(
    r"\?|\b(please|could|can|would|suggest|propose|recommend|ask|instead|rather|kan|kunne|"
    r"vennligst|foreslår|ber|gjerne|heller|i stedet|istedenfor|anbefaler|ønsker)\b",
    re.I,
)


def inputs(bench: Bench) -> dict:
    """Two applications with their APIs, in an order that tells nothing, and a week."""
    usage = bench.view.usage
    pair = [(SUSPECT, API), (USUAL, OTHER_API)]
    Random(f"letter {bench.seed}").shuffle(pair)
    applications = [
        {"application": usage.id("application", slug), "api": usage.id("api", api)}
        for slug, api in pair
    ]
    return {"applications": applications, **_week(bench).asked()}


def judge(bench: Bench, evidence: dict) -> Verdict:
    read, text = "unit05.read.letter", evidence["answer"]
    if isinstance(text, list) and all(isinstance(each, str) for each in text):
        text = " ".join(text)
    if not isinstance(text, str) or not text.strip():
        part = no("unit05.letter.no-text", read, type=evidence["type"])
        return verdict(part, part)
    return verdict(_seen(text, bench.view.usage, _week(bench)), _request(text))


def _week(bench: Bench) -> "Span":
    return bench.view.usage.days(9 + bench.seed % 5, DAYS)


def _seen(text: str, usage: "Usage", week: "Span") -> Part:
    """The right application, and something about it that the data say."""
    read = "unit05.read.letter"
    if not _names(text, usage, SUSPECT):
        name = "usual" if _names(text, usage, USUAL) else "no-name"
        return no(f"unit05.letter.{name}", read)
    numbers = list(_numbers(text))
    if not numbers:
        return no("unit05.letter.no-number", read)
    facts = _facts(usage, week)
    if any(abs(number - fact) <= NEAR * fact for fact in facts for number in numbers):
        return yes("unit05.letter.seen", name=usage.name(SUSPECT))
    found = ", ".join(f"{number:g}" for number in numbers[:4])
    return no("unit05.letter.other-number", read, numbers=found)


def _names(text: str, usage: "Usage", slug: str) -> bool:
    spaced = re.sub(r"[\s\-_]+", " ", text.lower())
    return slug.replace("-", " ") in spaced or usage.id("application", slug) in text


def _numbers(text: str) -> Iterator[float]:
    """Numbers with thousands apart or not, a comma or a point before decimals, a `k` for 1000."""
    for match in NUMBER.finditer(text):
        written, factor = match[0], 1000 if text[match.end() :][:1] == "k" else 1
        whole = re.sub(r"\D", "", written)
        if len(written.partition(".")[2]) == 3 or re.search(r"[ ,\u00a0\u202f]\d{3}\b", written):
            yield float(whole)
        if re.fullmatch(r"\d+[.,]\d+", written):
            yield float(written.replace(",", ".")) * factor
        elif int(whole) * factor >= LEAST:
            yield float(whole) * factor


def _facts(usage: "Usage", span: "Span") -> Iterator[float]:
    """What the data say of the suspect's use of its API, in numbers; the last take long to find."""
    own = usage.tallies(API, span, SUSPECT)
    calls, hours = sum(tally.calls for tally in own), len({tally.hour for tally in own})
    mean = sum(tally.ms for tally in own) / calls
    yield from (calls, calls / DAYS, calls / (24 * DAYS), calls / hours, mean, mean / 1000)
    for first in range(span.start, span.end, 24 * HOUR):
        yield sum(tally.calls for tally in own if first <= tally.hour < first + 24 * HOUR)
    addresses = usage.addresses(API, SUSPECT, span)
    yield from (addresses, calls / addresses, calls / addresses / DAYS)
    everybody = usage.tallies(API, span)
    total = sum(tally.calls for tally in everybody)
    others = (sum(tally.ms for tally in everybody) - mean * calls) / (total - calls)
    yield from (100 * calls / total, mean / others)


def _request(text: str) -> Part:
    """Two sentences, of which one asks for something or proposes it."""
    read = "unit05.read.letter"
    sentences = re.split(r"(?<=[.!?])[\s\"»]+(?=[A-ZÆØÅ\"«])", text.strip())
    if len(sentences) not in SENTENCES:
        return no("unit05.letter.sentences", read, count=len(sentences))
    if not ASKS.search(text):
        return no("unit05.letter.no-request", read)
    return yes("unit05.letter.asked")
