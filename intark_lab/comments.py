"""What a request for access says, as far as patterns can tell: in English, and in Norwegian words.

A reading errs on the kind side: it looks for what a request states, not for how well.
"""

import re
from typing import NamedTuple

FACTS = ("purpose", "legal-basis", "contact", "national-id", "case")
"""What a data owner can ask a request to state. `national-id` is why such numbers are needed."""

TOPICS = ("enrolments", "people", "national-id", "single-students")
"""What data a request can be about."""


class Reading(NamedTuple):
    stated: frozenset[str]
    """Of FACTS."""
    about: frozenset[str]
    """Of TOPICS."""
    is_test: bool
    """Whether trying things out is all that it is for."""


def read(comment: str) -> Reading:
    """What a comment states, what it is about, and whether it is about trying things out."""
    comment = _SPACE.sub(_short, comment)
    prose = _EMAIL.sub(" ", comment)
    affirmed = _NEGATED.sub(" ", prose)
    about = {topic for topic, words in _ABOUT.items() if words.search(affirmed)}
    stated = {fact for fact, words in _STATED.items() if words.search(affirmed)}
    if _EMAIL.search(comment):
        stated.add("contact")
    if "national-id" in about and _WHY.search(prose):
        stated.add("national-id")
    if _states_a_purpose(prose):
        stated.add("purpose")
    return Reading(frozenset(stated), frozenset(about), bool(_TEST.search(prose)))


def _short(space: re.Match) -> str:
    """One mark for a run of white space, over which patterns would go back and forth for long."""
    return "\n" if "\n" in space[0] else " "


def _states_a_purpose(prose: str) -> bool:
    """Whether some clause says what the data do, apart from asking for them."""
    clauses = (_ASKING.sub(" ", clause) for clause in re.split(r"[.;!?\n]+", prose))
    return any(
        _AIM.search(clause) and len(re.findall(r"[^\W\d_]{2,}", clause)) >= _LEAST_WORDS
        for clause in clauses
        if not _OTHER_CLAUSE.match(clause)
    )


def _words(*alternatives: str) -> re.Pattern:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_LEAST_WORDS = 4
"""Of a clause that can be a purpose."""

_SPACE = re.compile(r"\s+")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

_ASKING = _words(
    r"\b(?:please\s+)?(?:give|grant|allow)\s+(?:me|us)\b",
    r"\b(?:i|we|jeg|vi)\s+(?:would\s+like|need|want|wish|request|apply|ask|ønsker|trenger|søker)\b",
    r"\b(?:to\s+(?:get|have|be\s+given)\s+)?access\b(?:\s+to)?",
    r"\b(?:å\s+få\s+)?tilgang\b(?:\s+til)?",
)
_OTHER_CLAUSE = _words(
    r"\s*(?:legal\s+basis|behandlingsgrunnlag|rettslig\s+grunnlag|contact|kontakt\w*|case|sak\w*)\b",
)
_AIM = _words(
    r"\bpurposes?\b",
    r"\bformål\w*",
    r"\bhensikt\w*",
    r"\bto\s+(?!the\b|your\b|our\b|this\b|that\b|be\b|use\b|us\b|it\b)[a-z]{3,}",
    r"\bfor\s+å\s+\w+",
    r"\bso\s+that\b",
    r"\bslik\s+at\b",
    r"\b(?:is|are|be)\s+(?:used|ordered|printed|sent|reminded|planned|chosen|picked)\b",
    r"\bbrukes\b",
    r"\bskal\b",
    r"\bwill\b",
    r"\b(?:show|print|plan|send|find|list|compute|count|create|keep|update|display|check)s?\b",
    r"\b(?:book|report|export|build|match|remind|invite|notify|issue|compare|fill|offer)s?\b",
    r"\b(?:mail|write|tell|warn|produce|assign|provide|maintain|pick|choose|order)s?\b",
    r"\b(?:viser|sender|skriver|finner|lager|oppdaterer|trykker|planlegger|bruker|fyller)\b",
    r"\b(?:minner|påminner|minnar|purrer|purrar|varsler|varslar|melder|skriv|lagar|brukar|finn)\b",
    r"\bfor\s+(?:the\s+)?\w*ing\b",
)
_TEST = _words(
    r"(?<!\bnot )(?<!\bikke )\b(?:for|just|only|bare|kun)\s+(?:(?:a|en|ein)\s+)?test\w*",
    r"\bto\s+test\b",
    r"\btest\s+purposes?\b",
    r"\bfor\s+å\s+(?:teste|prøve)\b",
    r"\btry(?:ing)?\s+(?:it\s+|this\s+|things\s+)?out\b",
    r"\bto\s+have\s+it\b",
    r"\bnice\s+to\s+have\b",
    r"\bkjekt\s+å\s+ha\b",
    r"\bjust\s+(?:curious|looking|in\s+case)\b",
)
_NATIONAL_ID = (
    r"national\s+(?:id\w*|identity)",
    r"fødselsn(?:umme|umre|r)\w*",
    r"\bf(?:ød)?nr\b",
    r"personnumm?er\w*",
)
_BASIS = (
    r"legal\s+obligation",
    r"rettslig\s+forpliktelse",
    r"public\s+interest",
    r"allmenn\w*\s+interesse",
    r"consent",
    r"samtykke",
)
"""Legal bases by what they are, not by their article."""

_ABOUT = {
    "enrolments": _words(
        r"\benrol\w*",
        r"\b(?:p\s?å|opp)meld\w*",
        r"\bfigures?\b",
        r"\bhow\s+many\b",
        r"\bhvor\s+mange\b",
        r"\bantall\b",
        r"\bnumbers?\s+of\s+(?:students|participants)\b",
        r"\b(?:class|course|group)\s+sizes?\b",
        r"\b(?:registrations?|participants?|deltak(?:er|ar)\w*)\b",
    ),
    "people": _words(
        r"\bstudents?\b",
        r"\bstudent(?:er|ar|ene|ane|en|enes|ers)\b",
        r"\bborrowers?\b",
        r"\blån(?:ta|e)k?[ae]r\w*",
        r"\b(?:people|persons?|personer)\b",
        r"\b(?:names?|navn)\b",
        r"\badress\w*",
        r"\baddress\w*",
    ),
    "national-id": _words(*_NATIONAL_ID),
    "single-students": _words(
        r"\b(?:single|individual|named|each|every)\s+students?\b",
        r"\benkelt\s?student\w*",
        r"\bhver\s+(?:enkelt\s+)?student\b",
        r"\bnames?\s+of\s+(?:the\s+)?students\b",
        r"\bstudent(?:s'|'s)?\s+names?\b",
        r"\bwho\s+(?:is|are|has)\s+enrolled\b",
        r"\bhvem\s+som\s+er\b",
    ),
}
_NO = r"\b(?:no|not|without|ikke|uten|ingen)\b"
_NEGATED = _words(
    rf"{_NO}(?:\s+\w+){{0,3}}?\s+"
    rf"(?:{'|'.join(_NATIONAL_ID)}|enkelt\w*|single\s+students?|individual\s+students?)\w*",
    rf"{_NO}(?:\s+\w+)?\s+(?:{'|'.join(_BASIS)})\b",  # but not "no basis other than consent"
)
_WHY = _words(
    r"\bbecause\b",
    r"\bsince\b",
    r"\bmust\b",
    r"\b(?:is|are)\s+needed\b",
    r"\brequire[sd]?\b",
    r"\bnot\s+enough\b",
    r"\bcannot\b",
    r"\bregist(?:er|ry)\b",
    r"\bfolkeregister\w*",
    r"\bfordi\b",
    r"\bmå\b",
    r"\bkreve[rs]\b",
    r"\bikke\s+nok\b",
)
_STATED = {
    "legal-basis": _words(
        r"\bart(?:icle|ikkel|\.)?\s*\(?\d+",
        r"\b[69]\s*[(.]?\s*\d\s*[).]?\s*\(?[a-h]\b",
        r"\bdata\s+processing\s+agreement\b",
        r"\bdatabehandleravtale\w*",
        r"\bact\s+relating\s+to\s+universit\w+",
        r"\buniversit(?:y|ies)(?:\s+and\s+university\s+colleges?)?\s+act\b",
        r"\buniversitets-\s*og\s*hø[yg]sk[ou]lelov\w*",
        r"§\s*\d",
        r"\bu(?:h-?lov\w*|hl\b)",
        r"\bpersonopplysningslov\w*",
        rf"\b(?:{'|'.join(_BASIS)})\b",
    ),
    "case": _words(
        r"\b(?:19|20)\d\d/\d+",
        r"\b(?:case|sak\w*)\b\D{0,20}\d{2,}",
        r"\bROS\b\D{0,20}\d+",
        r"\bROS-vurdering\w*\D{0,20}\d+",
        r"\brisk\s+assessment\b\D{0,20}\d+",
    ),
}
