"""Task 2.1: one course, by its id. A point for the course, a point for the way to it."""

from urllib.parse import unquote

from intark_lab.journal import UNKNOWN, Call
from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

COURSES = "/fs/emner/v1/emner"
ENOUGH = 20
"""Calls that a task of one call may take while a learner tries things out."""


def inputs(bench: Bench) -> dict:
    """The id of one course: another for each seed, and never first in the list."""
    courses = bench.truth.records("fs-emner", "emner")
    return {"emne_id": courses[30 + bench.seed * 7919 % (len(courses) - 30)]["id"]}


def judge(bench: Bench, evidence: dict) -> Verdict:
    emne_id = bench.params["emne_id"]
    right = bench.truth.record("fs-emner", "emner", emne_id)
    course = _course(evidence["answer"], evidence["type"], right)
    return verdict(course, _way(bench.calls, emne_id, course.earned))


def _course(answer, kind: str, right: dict) -> Part:
    read = "unit02.read.by-id"
    if answer is None:
        return no("unit02.course.nothing", read)
    if kind == "Response":
        return no("unit02.course.response", read)
    if isinstance(answer, str) and answer.lstrip().startswith("{"):
        return no("unit02.course.text", read, type=kind)
    if isinstance(answer, list):
        return no("unit02.course.list", read, type=kind, count=len(answer))
    if not isinstance(answer, dict):
        return no("unit02.course.other-type", read, type=kind)
    if isinstance(answer.get("items"), list):
        return no("unit02.course.page", read, count=len(answer["items"]))
    if "id" not in answer and ("status" in answer or "http_status_code" in answer):
        status = answer.get("status", answer.get("http_status_code"))
        return no("unit02.course.refusal", "unit02.read.refusals", status=status)
    return _fields(answer, right)


def _fields(answer: dict, right: dict) -> Part:
    read = "unit02.read.by-id"
    if "id" not in answer:
        return no("unit02.course.no-id", read)
    if answer["id"] != right["id"]:
        return no("unit02.course.another", read, got=answer["id"], emne_id=right["id"])
    differing = [name for name in (right | answer) if answer.get(name) != right.get(name)]
    if differing:
        return no("unit02.course.changed", read, field=differing[0], emne_id=right["id"])
    return yes("unit02.course.right", emne_id=right["id"])


def _way(calls: list[Call], emne_id: str, has_course: bool) -> Part:
    path = f"{COURSES}/{emne_id}"
    by_id = [call for call in calls if unquote(call.path).rstrip("/") == path]
    lists = [call for call in calls if call.path.rstrip("/") == COURSES]
    about = {"path": path, "list": COURSES}
    if any(call.status == 200 and call.method == "GET" for call in by_id):
        if len(by_id) + len(lists) > ENOUGH:
            count = len(by_id) + len(lists)
            return no("unit02.course.needless", "unit02.read.by-id", count=count, **about)
        return yes("unit02.course.one-call", **about)
    if by_id:
        return _refused(by_id[-1], about)
    if lists:
        return no("unit02.course.searched", "unit02.read.by-id", count=len(lists), **about)
    if calls:
        name = "no-api" if calls[-1].api == UNKNOWN else "other-path"
        called = unquote(calls[-1].path)
        return no(f"unit02.course.{name}", "unit02.read.call", called=called, **about)
    name = "copied" if has_course else "no-call"
    return no(f"unit02.course.{name}", "unit02.read.by-id", **about)


def _refused(call: Call, about: dict) -> Part:
    """Why the call for the course itself brought no course."""
    name = "slash" if call.path.endswith("/") else "no-key" if call.status == 401 else "refused"
    how = {"method": call.method, "status": call.status}
    return no(f"unit02.course.{name}", "unit02.read.refusals", **how, **about)
