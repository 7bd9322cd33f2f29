"""Task 3.3: a new key for a service that never stops. A point for the key, one for no refusal."""

from intark_lab.journal import Call
from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit03.request import LEARNER
from intark_lab.texts import text

ACCESS = ("tp-timeplan", "timetable")
PATH = "/tp/timeplan/v1/aktiviteter"
AGENT = "lecture-reminders"
"""How the service's own calls are known from those of the learner."""


def service() -> str:
    return text("unit03.service.lecture-reminders")


def orders(_bench: Bench) -> dict:
    return {
        "call": "roll_over(subscription, hand_over)",
        "arguments": 2,
        "path": f"{PATH}?limit=1",
        "agent": AGENT,
    }


def judge(bench: Bench, evidence: dict) -> Verdict:
    application = [one for one in bench.view.applications(LEARNER) if one.name == service()][-1]
    subscription = bench.view.subscriptions(application.id)[0]
    calls = [call for call in bench.calls if call.user_agent == AGENT]
    key = _key(subscription, calls, evidence)
    if not key.earned:
        return verdict(key, no("unit03.roll.unfinished", "unit03.read.roll"))
    return verdict(key, _uninterrupted(subscription, calls))


def _key(subscription, calls: list[Call], evidence: dict) -> Part:
    """Whether all of the service ends up with a new key of this subscription."""
    read, last = "unit03.read.roll", calls[-evidence["workers"] :]
    if all(call.subscription == subscription.id for call in last):
        return yes("unit03.roll.new-key")
    if all(call.status == 200 for call in last):
        return no("unit03.roll.other-subscription", read)
    if subscription.status == "CLOSED":
        return no("unit03.roll.closed", read)
    if len(subscription.keys) == 1:
        return no("unit03.roll.not-renewed", read)
    handed = evidence["handed"]
    if not handed:
        return no("unit03.roll.not-handed", read)
    return no(f"unit03.roll.{handed[-1]['what']}", read, type=handed[-1]["type"])


def _uninterrupted(subscription, calls: list[Call]) -> Part:
    """Whether the service was never refused on the way."""
    read, failed = "unit03.read.roll", [call for call in calls if call.status != 200]
    about = {"count": len(calls), "failed": len(failed), "path": PATH}
    if not failed:
        return yes("unit03.roll.no-refusal", **about)
    ended = [key.revoked_at for key in subscription.keys if key.revoked_at is not None]
    early = any(at <= failed[0].at for at in ended)
    return no(f"unit03.roll.{'revoked-early' if early else 'too-late'}", read, **about)
