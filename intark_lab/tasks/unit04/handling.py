"""Task 4.2: a handler that may be called again. A point for the register, a point for the word."""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.texts import text

PATH = "/fs/emner/v1/emner"
GONE = "NONE1000-1"
READ = "unit04.read.register"
AGAIN = "unit04.read.again"


CASES = (
    ("changed", "changed", "update", 1),
    ("duplicate", "changed", "update", 1),
    ("earlier", "changed", "update", 120),
    ("unknown", "unknown", "update", 1),
    ("created", "created", "create", 1),
    ("gone", "gone", "update", 2),
    ("gone-again", "gone", "delete", 1),
    ("down", "down", "update", 2),
    ("up-again", "down", "update", 1),
)
"""Case, course, what is said of it, and how many minutes after the change."""
DOWN = {"api": "fs-emner", "status": 503, "times": 1}


def orders(bench: Bench) -> dict:
    """The register before the first case, by id, and the cases."""
    courses = bench.truth.records("fs-emner", "emner")
    first = bench.seed * 31 % (len(courses) - 8)
    changed, unknown, created, down, other = courses[first : first + 5]
    stale = [one | {"studiepoeng": 1} for one in (changed, down)]
    held = [*stale, created, other, changed | {"id": GONE}]
    ids = {"changed": changed["id"], "unknown": unknown["id"], "created": created["id"]}
    ids |= {"down": down["id"], "gone": GONE}
    return {
        "call": "handle(notification, client, register)",
        "arguments": 3,
        "path": PATH,
        "register": {one["id"]: one for one in held},
        "cases": [_told(ids, *case) for case in CASES],
    }


def _told(ids: dict, case: str, course: str, operation: str, minutes: int) -> dict:
    """One case for the drive. The same notification again has the same name."""
    name = "changed" if case == "duplicate" else case
    told = {"case": case, "id": ids[course], "operation": operation, "minutes": minutes}
    return {**told, "notification": name, **({"fault": DOWN} if case == "down" else {})}


def judge(bench: Bench, evidence: dict) -> Verdict:
    cases = {one["case"]: one for one in evidence["cases"]}
    parts = [_kept(bench, cases), _said(cases)]
    if any(part.message == "unit04.handling.raised" for part in parts):
        return Verdict("raised", parts)
    return verdict(*parts)


def _kept(bench: Bench, cases: dict) -> Part:
    """Whether the register followed the source."""
    for name, one in cases.items():
        if name != "down" and "raised" in one:
            return no("unit04.handling.raised", READ, case=_case(name), **one["raised"])
        if wrong := _register(bench, name, one):
            return wrong
    return yes("unit04.handling.register")


def _register(bench: Bench, name: str, one: dict) -> Part | None:
    """What is wrong with the register after one case."""
    truth, kept = bench.truth.record("fs-emner", "emner", one["id"]), one["kept"]
    case = _case(name)
    if one["others"]:
        return no("unit04.handling.others", READ, case=case, key=one["others"][:80])
    if name == "down":
        return _down(one, truth)
    if kept == truth and one["has"] == (truth is not None):
        return None
    if truth is None:
        return no(_gone_name(kept), READ, case=case)
    if kept is None:
        return no("unit04.handling.left-out", READ, case=case)
    if not bench.by_probe():
        return no("unit04.handling.not-fetched", READ, case=case)
    if kept == one["before"]:
        return no("unit04.handling.old", READ, case=case)
    return no("unit04.handling.no-record", READ, case=case, got=str(kept)[:60])


def _gone_name(kept) -> str:
    if kept is None:
        return "unit04.handling.none-stored"
    stored = isinstance(kept, dict) and "status" in kept
    return "unit04.handling.error-stored" if stored else "unit04.handling.gone-kept"


def _down(one: dict, truth: dict) -> Part | None:
    """The source is out of order once. Who tries again and succeeds is right as well."""
    if one["kept"] == truth:
        return None
    if one["kept"] is None:
        return no("unit04.handling.down-dropped", READ)
    if one["kept"] != one["before"]:
        return no("unit04.handling.down-stored", READ)
    if "raised" not in one:
        return no("unit04.handling.down-silent", READ)
    return None


def _said(cases: dict) -> Part:
    """Whether it tells a change from none."""
    for name, one in cases.items():
        if "raised" in one:
            if name != "down":
                return no("unit04.handling.raised", AGAIN, case=_case(name), **one["raised"])
            continue
        if one["returned"] is None:
            return no("unit04.handling.nothing", AGAIN, case=_case(name))
        if one["returned"] != one["changed"]:
            said = "said-change" if one["returned"] else "said-none"
            return no(f"unit04.handling.{said}", AGAIN, case=_case(name))
    if not any(one["changed"] for one in cases.values()):
        return no("unit04.handling.not-yet", AGAIN)
    return yes("unit04.handling.said")


def _case(name: str) -> str:
    """The case in words."""
    return text(f"unit04.case.{name}")
