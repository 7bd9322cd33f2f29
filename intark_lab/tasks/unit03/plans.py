"""Task 3.1: the narrowest plan for each need. A point for open data, a point for personal data."""

from typing import TYPE_CHECKING

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.texts import text

if TYPE_CHECKING:
    from intark_lab.control.view import Plan

WITHOUT_PEOPLE = {
    "organisation-chart": ("orgreg", "open"),
    "course-pages": ("fs-emner", "open-study-data"),
    "exam-papers": ("fs-emner", "internal-study-data"),
}
ABOUT_PEOPLE = {
    "lending-desk": ("fs-studenter", "basic"),
    "phone-list": ("dfo-ansatte", "directory"),
    "loan-fund": ("fs-studenter", "full"),
}
"""Needs by name, each with the API and the plan (slugs) that are enough for it and no more."""

WIDER = {"internal-study-data", "full", "personnel"}
"""Where an API has two plans, the one that holds more."""


def inputs(_bench: Bench) -> dict:
    """What each service needs, by the service's name, in words."""
    names = [*WITHOUT_PEOPLE, *ABOUT_PEOPLE]
    return {"needs": {_service(name): text(f"unit03.need.{name}") for name in names}}


def judge(bench: Bench, evidence: dict) -> Verdict:
    answer = evidence["answer"]
    if not isinstance(answer, dict):
        part = no("unit03.plans.no-dict", "unit03.read.task", type=evidence["type"])
        return verdict(part, part)
    known = {plan.id: plan for plan in bench.view.plans()}
    return verdict(
        _part(answer, known, WITHOUT_PEOPLE) or yes("unit03.plans.open"),
        _part(answer, known, ABOUT_PEOPLE) or yes("unit03.plans.people"),
    )


def _part(answer: dict, known: dict[str, "Plan"], needs: dict) -> Part | None:
    """What is wrong with the first need whose plan is wrong."""
    parts = (_wrong(answer.get(_service(need)), known, need, needs[need]) for need in needs)
    return next(filter(None, parts), None)


def _wrong(value, known: dict[str, "Plan"], need: str, right: tuple[str, str]) -> Part | None:
    service = _service(need)
    if value in (None, ...):
        return no("unit03.plans.missing", "unit03.read.task", service=service)
    identity = value.get("id", value) if isinstance(value, dict) else value
    chosen = known.get(identity) if isinstance(identity, str) else None
    if chosen is None:
        name = "name" if _is_name(identity, known) else "no-plan"
        said = str(identity)[:60]
        return no(f"unit03.plans.{name}", "unit03.read.plan", service=service, said=said)
    if (chosen.api, chosen.plan) == right:
        return None
    about = {"service": service, "api": chosen.api_name, "plan": chosen.name}
    return no(f"unit03.plans.{_mistake(chosen, right)}", "unit03.read.plan", **about)


def _is_name(said, known: dict[str, "Plan"]) -> bool:
    return any(said in (plan.name, plan.api_name) for plan in known.values())


def _mistake(chosen: "Plan", right: tuple[str, str]) -> str:
    """How a plan fails a need."""
    if chosen.api != right[0]:
        return "other-api"
    return "too-wide" if chosen.plan in WIDER else "too-narrow"


def _service(need: str) -> str:
    return text(f"unit03.service.{need}")
