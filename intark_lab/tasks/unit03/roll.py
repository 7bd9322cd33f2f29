"""Task 3.3: a new key for a service that never stops. A point for it, one for the old key's end."""

from typing import TYPE_CHECKING

from intark_lab.journal import Call
from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes
from intark_lab.tasks.unit03.request import LEARNER
from intark_lab.texts import text

if TYPE_CHECKING:
    from intark_lab.control.view import Key, Subscription

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
    rolled = _rolled(subscription, calls, evidence)
    if not rolled.earned:
        return verdict(rolled, no("unit03.roll.unfinished", "unit03.read.roll"))
    done = calls[-2 * evidence["workers"]]
    return verdict(rolled, _retired(subscription, done.at))


def _rolled(subscription: "Subscription", calls: list[Call], evidence: dict) -> Part:
    """Whether all of the service ends up with a new key, and was never refused on the way."""
    read, workers = "unit03.read.roll", evidence["workers"]
    before, last = calls[-2 * workers : -workers], calls[-workers:]
    if any(call.status != 200 for call in last):
        return _no_key(subscription, evidence["handed"], before)
    if any(call.subscription != subscription.id for call in last):
        return no("unit03.roll.other-subscription", read)
    if len(subscription.keys) == 1:
        return no("unit03.roll.not-renewed", read)
    failed = [call for call in calls if call.status != 200]
    about = {"count": len(calls), "failed": len(failed), "path": PATH}
    if not failed:
        return yes("unit03.roll.rolled", **about)
    ended = [key.revoked_at for key in subscription.keys if key.revoked_at is not None]
    early = any(at <= failed[0].at for at in ended)
    return no(f"unit03.roll.{'revoked-early' if early else 'too-late'}", read, **about)


def _no_key(subscription: "Subscription", handed: list[dict], before: list[Call]) -> Part:
    """Why the service has no key that works; `before` are its calls of two hours ago."""
    read = "unit03.read.roll"
    if subscription.status == "CLOSED":
        return no("unit03.roll.closed", read)
    if len(subscription.keys) == 1:
        return no("unit03.roll.not-renewed", read)
    if not handed:
        return no("unit03.roll.not-handed", read)
    if subscription.keys[-1].revoked_at is not None:
        return no("unit03.roll.revoked-new", read)
    what, taken = handed[-1]["what"], handed[-1]["taken"]
    if what == "handed-other" and taken and all(call.status == 200 for call in before):
        what = "renewed-after"
    return no(f"unit03.roll.{what}", read, type=handed[-1]["type"])


def _retired(subscription: "Subscription", done: int) -> Part:
    """Whether the older keys were over when the function was done (lab ms)."""
    if all(_is_over(key, done) for key in subscription.keys[:-1]):
        return yes("unit03.roll.retired")
    return no("unit03.roll.left", "unit03.read.revoke")


def _is_over(key: "Key", at: int) -> bool:
    ends = [end for end in (key.revoked_at, key.expire_at) if end is not None]
    return min(ends, default=at + 1) <= at
