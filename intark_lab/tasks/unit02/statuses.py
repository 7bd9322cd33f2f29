"""Task 2.3: a word for each answer. A point for what to mend, a point for what to try again."""

from typing import NamedTuple

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

WORDS = (
    "use",
    "fix request",
    "check access",
    "not allowed",
    "not found",
    "wait and retry",
    "retry",
)
BASE = "/fs/emner/v1"


class Case(NamedTuple):
    """A situation: the call that leads to it, the status that comes back, and the right words."""

    case: str
    status: int
    words: tuple[str, ...]
    call: str
    how: dict
    """What is special about the call, for the drive."""


LIST = f"GET {BASE}/emner?limit=1"
LIMITED = f"GET {BASE}/undervisningsaktiviteter?limit=1"
AGAIN = ("retry", "wait and retry")

CASES = (
    Case("data", 200, ("use",), LIST, {}),
    Case("parameter", 400, ("fix request",), f"GET {BASE}/emner?limit=none", {}),
    Case("no-key", 401, ("check access",), LIST, {"without_key": True}),
    Case("path", 403, ("not allowed",), f"GET {BASE}/emnepameldinger", {}),
    Case("method", 405, ("not allowed", "fix request"), f"DELETE {BASE}/emner", {}),
    Case("address", 404, ("fix request",), "GET /fs/emne/v1/emner", {}),
    Case("missing", 404, ("not found",), f"GET {BASE}/emner/NONE1000-1", {}),
    Case("limit", 429, ("wait and retry",), LIMITED, {"times": 6}),
    Case("source", 503, AGAIN, LIST, {"fault": {"api": "fs-emner", "status": 503}}),
    Case("refused", 502, AGAIN, LIST, {"fault": {"api": "fs-emner", "kind": "down"}}),
    Case("slow", 504, AGAIN, LIST, {"fault": {"api": "fs-emner", "kind": "read-timeout"}}),
)
"""Both words are right for 5xx: a wait before the next try is never wrong."""


def orders(_bench: Bench) -> dict:
    return {
        "call": "decide(response)",
        "arguments": 1,
        "cases": [
            {"case": case.case, "method": method, "path": path, **case.how}
            for case in CASES
            for method, path in [case.call.split(" ")]
        ],
    }


def judge(bench: Bench, evidence: dict) -> Verdict:
    decided = {decision["case"]: decision for decision in evidence["decisions"]}
    parts = [_mending(decided), _retrying(decided, _limited(bench))]
    if any("raised" in decision for decision in decided.values()):
        return Verdict("raised", parts)
    return verdict(*parts)


def _mending(decided: dict) -> Part:
    """The answers that stay as they are until something is mended, and the good one."""
    cases = [case for case in CASES if case.status < 429]
    wrong = [case for case in cases if not _is_right(case, decided)]
    return _wrong(wrong[0], decided) if wrong else yes("unit02.statuses.mending")


def _limited(bench: Bench) -> bool:
    """Whether the limit was met; not so where the machine is too busy for six calls a second."""
    return any(call.status == 429 for call in bench.by_probe())


def _retrying(decided: dict, limited: bool) -> Part:
    """The answers that are worth another try, and no other answer tried again."""
    cases = [case for case in CASES if case.status > 429 or (case.status == 429 and limited)]
    wrong = [case for case in cases if not _is_right(case, decided)]
    if wrong:
        return _wrong(wrong[0], decided)
    again = [case for case in CASES if case.status < 429 and _word(case, decided) in AGAIN]
    if again:
        return _wrong(again[0], decided)
    return yes("unit02.statuses.retrying")


def _word(case: Case, decided: dict):
    return decided[case.case].get("word")


def _is_right(case: Case, decided: dict) -> bool:
    return _word(case, decided) in case.words


def _wrong(case: Case, decided: dict) -> Part:
    """Why the decision on this case is wrong, told by the mistake where it is a known one."""
    word, raised = _word(case, decided), decided[case.case].get("raised")
    about = {"call": case.call, "status": case.status, "expected": case.words[0]}
    if raised:
        by_body = raised["type"] == "JSONDecodeError" or ".json()" in raised["line"]
        name = "raised-by-body" if by_body else "raised"
        return no(f"unit02.statuses.{name}", "unit02.read.refusals", **about, **raised)
    if word is None:
        return no("unit02.statuses.nothing", "unit02.read.refusals", **about)
    if word not in WORDS:
        words = ", ".join(f"`{known}`" for known in WORDS)
        return no(
            "unit02.statuses.no-such-word", "unit02.read.words", word=word, words=words, **about
        )
    if 400 <= case.status < 429 and word in AGAIN:
        return no("unit02.statuses.retried", "unit02.read.retry", word=word, **about)
    read = "unit02.read.retry" if case.status >= 429 else "unit02.read.refusals"
    return no(f"unit02.statuses.case.{case.case}", read, word=word, **about)
