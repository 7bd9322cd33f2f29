"""Task 3.2: a request that is refused, mended and granted. A point for access, one for the mend."""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.texts import text

LEARNER = "developer"
API, DRAFTED, RIGHT = "fs-studenter", "full", "basic"
LEAST_WORDS = 4
"""Of a description from which a data owner sees what a service is."""


def service() -> str:
    """The name of the application that the task is about."""
    return text("unit03.service.lending-desk")


def inputs(bench: Bench) -> dict:
    """The service and what it does, two plans by their ids, and a colleague's draft."""
    ids = {plan.plan: plan.id for plan in bench.view.plans() if plan.api == API}
    return {
        "service": service(),
        "does": text("unit03.need.lending-desk"),
        "draft": text("unit03.draft"),
        "full": ids[DRAFTED],
        "basic": ids[RIGHT],
    }


def judge(bench: Bench, evidence: dict) -> Verdict:
    own = [
        application
        for application in bench.view.applications(LEARNER)
        if application.name.strip() == service() and application.status == "ACTIVE"
    ]
    if not own:
        part = no("unit03.request.no-application", "unit03.read.register", service=service())
        return verdict(part, part)
    asked = [one for each in own for one in bench.view.subscriptions(each.id)]
    return verdict(_access(own, asked, evidence), _mending(asked))


def _access(own: list, asked: list, evidence: dict) -> Part:
    """Whether the plan that is enough was granted, and is what the learner hands in."""
    granted = [one for one in asked if one.status == "ACCEPTED"]
    right = [one for one in granted if (one.api, one.plan) == (API, RIGHT)]
    if not right:
        return _not_granted(asked, granted)
    if any(one.plan == DRAFTED for one in granted):
        return no("unit03.request.too-wide-too", "unit03.read.plan")
    described = {each.id: each.description for each in own}[right[-1].application]
    if len((described or "").split()) < LEAST_WORDS:
        return no("unit03.request.no-description", "unit03.read.register", service=service())
    if _named(evidence["answer"]) != right[-1].id:
        return _another(evidence, asked)
    return yes("unit03.request.granted")


def _not_granted(asked: list, granted: list) -> Part:
    """What stands in the way of access, read off the newest request."""
    read = "unit03.read.ask"
    if not asked:
        return no("unit03.request.not-asked", read, service=service())
    newest = (granted or asked)[-1]
    if newest.api != API:
        return no("unit03.request.other-api", "unit03.read.plan", service=service(), api=newest.api)
    if newest.status == "ACCEPTED":
        return no("unit03.request.too-wide", "unit03.read.plan")
    if newest.status == "REJECTED":
        return no("unit03.request.refused", "unit03.read.mend", reason=newest.reason)
    return no(f"unit03.request.{'pending' if newest.status == 'PENDING' else 'over'}", read)


def _another(evidence: dict, asked: list) -> Part:
    """What the learner hands in instead of the granted subscription."""
    read, said = "unit03.read.mend", _named(evidence["answer"])
    if any(one.id == said for one in asked):
        return no("unit03.request.earlier", read)
    if isinstance(evidence["answer"], dict) and "errors" in evidence["answer"]:
        code = str(evidence["answer"]["errors"])[:120]
        return no("unit03.request.error", read, code=code)
    return no("unit03.request.another", read, type=evidence["type"])


def _named(answer) -> str | None:
    """The id that an answer holds: the subscription as it came, or its id alone."""
    identity = answer.get("id") if isinstance(answer, dict) else answer
    return identity if isinstance(identity, str) else None


def _mending(asked: list) -> Part:
    """Whether a request was refused by the data owner, and one with other words granted."""
    read = "unit03.read.mend"
    refused = [one for one in asked if one.status == "REJECTED" and one.answered_by != "system"]
    withdrawn = [one for one in asked if one.status == "REJECTED" and one not in refused]
    granted = [one for one in asked if one.status in ("ACCEPTED", "CLOSED") and one.keys]
    if not refused:
        name = "withdrawn" if withdrawn else "never-refused" if granted else "draft-not-sent"
        return no(f"unit03.request.{name}", read)
    if not any(one.created_at >= refused[0].processed_at for one in granted):
        name = "too-soon" if granted else "not-mended"
        return no(f"unit03.request.{name}", read)
    return yes("unit03.request.mended")
