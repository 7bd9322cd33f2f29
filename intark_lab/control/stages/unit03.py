"""Unit 03: a desk without earlier tries, a service whose key is due, accesses that are broken."""

import random
from collections.abc import Callable
from sqlite3 import Row
from typing import NamedTuple

from intark_lab.birth import LEARNER
from intark_lab.clock import Clock
from intark_lab.control.stages.stage import Setting, Stage
from intark_lab.institution import Institution
from intark_lab.manager import applications, keys, people, plans, processing, subscriptions
from intark_lab.tasks.unit03 import causes, request, roll
from intark_lab.tasks.unit03.causes import Cause
from intark_lab.texts import text
from intark_lab.world.dice import Dice

DAY = 24 * 60 * 60
EXAMPLES = ("course-pages", "exam-list", "study-guide")
"""Services to look at before the check, by what their names are called in the texts."""


class Held(NamedTuple):
    """An application of the learner's, and its subscription."""

    application: Row
    subscription: Row


async def request_opened(stage: Stage) -> dict:
    """The applications of earlier tries are archived: what they got counts no longer."""
    _archive(stage.institution, request.service())
    return {}


async def roll_started(stage: Stage) -> dict:
    """A service that calls, with the key it has."""
    lab, name = stage.institution, roll.service()
    _archive(lab, name)
    held = _give(lab, lab.clock, name, roll.ACCESS)
    key = _newest_key(lab, held.subscription)["key"]
    return {"subscription": held.subscription["id"], "key": key}


async def causes_opened(stage: Stage) -> dict:
    """Three services that nobody lets in any more: by key, by subscription, and by their call."""
    lab, dice = stage.institution, Dice(stage.institution.seed, "unit03/causes")
    groups = (causes.BY_KEY, causes.BY_ACCESS, causes.BY_CALL)
    services = {}
    for name, group in zip(EXAMPLES, groups, strict=True):
        service = text(f"unit03.service.{name}")
        _archive(lab, service)
        services[service] = _break(lab, _give_old(lab, service), dice.pick(group))
    return {"services": services}


async def causes_started(stage: Stage) -> dict:
    """A service for each cause, made in their order and handed out in none."""
    lab = stage.institution
    _archive(lab, causes.checked())
    held = [_give_old(lab, causes.checked()) for _ in causes.CAUSES]
    services = [_break(lab, *pair) for pair in zip(held, causes.CAUSES, strict=True)]
    return {
        "services": random.sample(services, len(services)),
        "applications": [each.application["id"] for each in held],
    }


OPENED: dict[str, Setting] = {"3.2": request_opened, "3.4": causes_opened}
STARTED: dict[str, Setting] = {"3.3": roll_started, "3.4": causes_started}


def _give_old(lab: Institution, name: str) -> Held:
    """Access that has lasted for a month."""
    return _give(lab, _ago(lab, 30), name, causes.ACCESS)


def _break(lab: Institution, held: Held, cause: Cause) -> dict:
    """Let something have gone wrong with an access; what its service sends."""
    sent = _newest_key(lab, held.subscription)
    if cause.word in _BREAK:
        sent = _BREAK[cause.word](lab, held) or sent
    return {
        "subscription": held.subscription["id"],
        "key": sent["id"],
        "call": f"{cause.path}?limit=1",
    }


def _let_expire(lab: Institution, held: Held) -> None:
    with lab.store.transaction():
        keys.renew(lab.store, _ago(lab, 2), held.subscription, held.application)


def _revoke(lab: Institution, held: Held) -> None:
    old = _newest_key(lab, held.subscription)["key"]
    with lab.store.transaction():
        keys.renew(lab.store, _ago(lab, 1), held.subscription, held.application)
        keys.revoke(lab.store, _ago(lab, 1), held.subscription, held.application, old)


def _send_other_key(lab: Institution, held: Held) -> Row:
    """The key of the application's other subscription."""
    other = _subscribe(lab, _ago(lab, 29), held.application, causes.OTHER_ACCESS)
    return _newest_key(lab, other)


def _pause(lab: Institution, held: Held) -> None:
    processing.pause(lab.store, _ago(lab, 1), held.subscription)


def _close(lab: Institution, held: Held) -> None:
    processing.close(lab.store, _ago(lab, 1), held.subscription)


_BREAK: dict[str, Callable[[Institution, Held], Row | None]] = {
    "key expired": _let_expire,
    "key revoked": _revoke,
    "wrong key": _send_other_key,
    "subscription paused": _pause,
    "subscription closed": _close,
}
"""By cause. The others are in the call, and nothing is broken for them."""


def _ago(lab: Institution, days: int) -> Clock:
    return Clock(start=lab.clock.now() - days * DAY)


def _give(lab: Institution, clock: Clock, name: str, plan: tuple[str, str]) -> Held:
    """A new application of the learner's, subscribed to a plan (slugs) that accepts at once."""
    owner = people.by_password(lab.store, *lab.credentials(LEARNER))
    wanted = {"name": name, "description": name, "settings": {"app": {}}}
    identity = applications.create(lab.store, clock, owner, wanted)
    application = applications.get(lab.store, identity)
    return Held(application, _subscribe(lab, clock, application, plan))


def _subscribe(lab: Institution, clock: Clock, application: Row, plan: tuple[str, str]) -> Row:
    owner = people.by_password(lab.store, *lab.credentials(LEARNER))
    wanted = {"plan": plans.id_of(lab.store, *plan), "application": application["id"]}
    return subscriptions.subscribe(lab.store, clock, owner, application, wanted)


def _newest_key(lab: Institution, subscription: Row) -> Row:
    return keys.of_subscription(lab.store, subscription["id"])[0]


def _archive(lab: Institution, name: str) -> None:
    """Put away the learner's applications of a name."""
    owner = people.by_password(lab.store, *lab.credentials(LEARNER))
    for row in applications.of(lab.store, owner):
        if row["name"].strip() == name:
            applications.archive(lab.store, lab.clock, row)
