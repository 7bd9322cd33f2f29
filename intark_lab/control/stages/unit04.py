"""Unit 04: queues of the check's own, and two hundred events at the source."""

import secrets
from collections import Counter

from intark_lab.birth import ADMIN, identity
from intark_lab.control import awkward
from intark_lab.control.stages.stage import Setting, Stage
from intark_lab.events import KINDS
from intark_lab.institution import GATEWAY
from intark_lab.messages import notifications
from intark_lab.messages.brom import names
from intark_lab.messages.brom.applications import Application
from intark_lab.messages.brom.providers import load_providers
from intark_lab.messages.notifications import Message, Told
from intark_lab.tasks.unit04 import events, keeping, notices
from intark_lab.texts import text

APART = 61_000
"""Between two messages that nobody sent, lab ms."""


async def reading_started(stage: Stage) -> dict:
    """A queue with notifications in all three formats."""
    return await _queue(stage, "4.1", _messages(stage, notices.formats(*_world(stage))))


async def acknowledging_started(stage: Stage) -> dict:
    """A queue with a few notifications, one of them cut off."""
    messages = _messages(stage, notices.courses(*_world(stage)))
    cut_off = messages[notices.POISON]
    messages[notices.POISON] = cut_off._replace(body=awkward.broken(cut_off.body))
    return await _queue(stage, "4.3", messages)


async def receiving_started(stage: Stage) -> dict:
    return await _queue(stage, "4.4", _messages(stage, notices.courses(*_world(stage))))


async def keeping_started(stage: Stage) -> dict:
    """A consumer with access to what the payroll system tells, and then a busy day there.

    The register is that of the hour before, by address.
    """
    lab, system = stage.institution, keeping.SYSTEM
    await stage.occasions.catch_up(stage.origin)
    consumer = await _consumer(stage, "4.5", load_providers()[system].name)
    base = stage.origin + lab.base_path + GATEWAY + keeping.PATH
    register = {
        f"{base}/{one[keeping.ID]}": one for one in lab.sources.records(*keeping.COLLECTION)
    }
    told = await _busy_day(stage)
    return {
        "url": lab.door.url(consumer.vhost, consumer.password, consumer.vhost),
        "queue": names.incoming(load_providers()[system].name),
        "register": register,
        "told": told,
        "cut_at": _middle(told),
    }


STARTED: dict[str, Setting] = {
    "4.1": reading_started,
    "4.3": acknowledging_started,
    "4.4": receiving_started,
    "4.5": keeping_started,
}


def _world(stage: Stage) -> tuple:
    return stage.institution.sources, stage.institution.seed


def _messages(stage: Stage, told: list) -> list[Message]:
    """Notifications of things that did not happen now: the sources rest."""
    lab = stage.institution
    now, origin = lab.clock.ms(), stage.origin + lab.base_path + GATEWAY
    slug = lab.world.institution.slug
    return [
        notifications.write(
            Told(
                notice,
                identity(lab.seed, "notification", f"check/{number}"),
                now - APART * (len(told) - number),
                slug,
                origin,
            )
        )
        for number, notice in enumerate(told)
    ]


async def _queue(stage: Stage, task_id: str, messages: list[Message]) -> dict:
    """A virtual host with one queue, in which the messages wait."""
    lab, door = stage.institution, stage.institution.door
    vhost, password = f"check-{task_id}-{lab.id}", secrets.token_urlsafe(24)
    queue = "check"
    await door.delete_vhost(vhost)
    await door.create_vhost(vhost)
    await door.create_user(vhost, password)
    await door.permit(vhost, vhost)
    await door.create_exchange(vhost, queue)
    await door.create_queue(vhost, queue)
    await door.bind(vhost, queue, queue)
    for message in messages:
        about = (message.routing_key, message.body, message.id, message.content_type)
        await door.publish(vhost, queue, *about)
    told = [{"key": one.routing_key, "body": one.body.decode()} for one in messages]
    return {"url": door.url(vhost, password, vhost), "queue": queue, "messages": told}


async def _consumer(stage: Stage, task_id: str, provider: str) -> Application:
    """An application of the check's own, made anew, which the provider has let in."""
    brom = stage.institution.brom
    owner = identity(stage.institution.seed, "user", ADMIN)
    await brom.open()
    short = f"check-{task_id.replace('.', '-')}"
    if (former := brom.register.application(names.application("test", short))) is not None:
        await brom.withdraw(former)
    words = text("tasks.probe", task=task_id)
    consumer, _ = await brom.enrol(owner, "test", short, words, "")
    access, _ = await brom.ask(consumer, provider, words)
    await brom.answer(access, True, None)
    return consumer


async def _busy_day(stage: Stage) -> list[dict]:
    """Let it all happen; each notification in the order of telling: `kind`, `how`, `url`."""
    told, number = [], None
    for kind, how, again in events.busy_day():
        about = number if again else None
        happened = await stage.occasions.happen(KINDS[kind], stage.origin, how, about)
        urls = [one["subject"] for one in happened["notifications"]]
        number = urls[0].rpartition("/")[2]
        told += [{"kind": kind, "how": how, "url": url} for url in urls]
    return told


def _middle(told: list[dict]) -> str:
    """An employee of whom one usual thing was told, with as much before it as after."""
    times = Counter(one["url"] for one in told)
    usual = [one["url"] for one in told if one["how"] is None and times[one["url"]] == 1]
    return usual[len(usual) // 2]
