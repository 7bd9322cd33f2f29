"""Lets things happen in one lab: first the change is kept and seen, then it is told.

On request, or as lab time moves on: once somebody has opened the self-service portal, something
happens every half hour of lab time, which `advance` makes up for.
"""

import asyncio
from datetime import UTC, datetime

from intark_lab import owner
from intark_lab.birth import identity
from intark_lab.control import awkward
from intark_lab.events import KINDS, Happening, Kind, Scene
from intark_lab.events.scene import Id
from intark_lab.institution import GATEWAY, Institution
from intark_lab.messages import notifications
from intark_lab.messages.brom import names
from intark_lab.messages.brom.providers import load_providers
from intark_lab.messages.notifications import Message, Told
from intark_lab.world.dice import Dice, Weighted

HALF_HOUR = 1_800_000
JITTER = 600_000
"""By how much earlier than on the half hour something may happen, ms."""
MOST = 100
"""Of a long step, so many happen: the last ones."""
_BY_THEMSELVES = Weighted([(kind, kind.weight) for kind in KINDS.values()])


class Occasions:
    """What happens in one lab, one thing at a time."""

    def __init__(self, institution: Institution):
        self._institution = institution
        self._store, self._sources = institution.store, institution.sources
        self._turn = asyncio.Lock()

    async def happen(
        self, kind: Kind, origin: str, how: str | None = None, about: Id | None = None
    ) -> dict:
        """Let one thing happen now, told in the usual way or an awkward one.

        `how` is one of `awkward.ways(kind)`, `about` an id that is there; `origin` is the address
        by which the lab is reached.
        """
        async with self._turn:
            now = self._institution.clock.ms()
            await self._institution.brom.open()
            await owner.answer_access_due(self._institution.brom, now)
            before = self._store.one(
                "SELECT count(*) AS times FROM event WHERE kind = ? AND slot IS NULL", kind.name
            )
            dice = Dice(self._institution.seed, f"event/{kind.name}/{before['times']}")
            return await self._take_place(kind, dice, now, None, origin, how, about)

    async def catch_up(self, origin: str) -> list[dict]:
        """Let happen what was due by now, in its order, and be answered what was."""
        opened = self._institution.brom.opened()
        if opened is None:
            return []
        async with self._turn:
            happened = []
            for slot, dice, at in self._due(opened):
                await owner.answer_access_due(self._institution.brom, at)
                kind = dice.draw(_BY_THEMSELVES)
                happened.append(await self._take_place(kind, dice, at, slot, origin, None, None))
            await owner.answer_access_due(self._institution.brom, self._institution.clock.ms())
            return happened

    def _due(self, opened: int) -> list[tuple[int, Dice, int]]:
        """Number, chances and instant of each half hour's occasion that has come."""
        now, seed = self._institution.clock.ms(), self._institution.seed
        last = self._store.one("SELECT max(slot) AS slot FROM event")["slot"]
        begin = 0 if last is None else last + 1
        end = (now - opened + JITTER) // HALF_HOUR
        due = []
        for slot in range(max(begin, end - MOST), end):
            dice = Dice(seed, f"event/slot/{slot}")
            at = opened + (slot + 1) * HALF_HOUR - dice.below(JITTER)
            if at <= now:
                due.append((slot, dice, at))
        return due

    async def _take_place(
        self,
        kind: Kind,
        dice: Dice,
        at: int,
        slot: int | None,
        origin: str,
        how: str | None,
        about: Id | None,
    ) -> dict:
        number = self._begin(kind, slot, at, how)
        day = datetime.fromtimestamp(at / 1000, UTC).date()
        scene = Scene(self._sources, dice, day, awkward.days_ahead(how))
        tellings = awkward.tell(kind, scene, how, about, at, self._let)
        messages = [
            self._written(telling, number, place, origin) for place, telling in enumerate(tellings)
        ]
        sent = [await self._publish(*each) for each in awkward.sent(how, messages)]
        return {"kind": kind.name, "at": at, "awkward": how, "notifications": sent}

    def _begin(self, kind: Kind, slot: int | None, at: int, how: str | None) -> int:
        number = self._store.one("SELECT coalesce(max(id), 0) + 1 AS id FROM event")["id"]
        with self._store.transaction():
            self._store.insert("event", id=number, kind=kind.name, slot=slot, at=at, awkward=how)
        return number

    def _let(self, happening: Happening) -> None:
        """Keep what changes, and show it from now on."""
        with self._store.transaction():
            self._sources.keep(happening.changes)
        self._sources.show(happening.changes)

    def _written(
        self, telling: awkward.Telling, number: int, place: int, origin: str
    ) -> tuple[Told, Message]:
        institution = self._institution
        told = Told(
            telling.notice,
            identity(institution.seed, "notification", f"{number}/{place}"),
            telling.at,
            institution.world.institution.slug,
            origin + institution.base_path + GATEWAY,
        )
        return told, notifications.write(told)

    async def _publish(self, told: Told, message: Message) -> dict:
        brom = self._institution.brom
        provider = brom.register.application(load_providers()[told.notice.system].name)
        await brom.door.publish(
            provider.vhost,
            names.outgoing(provider.vhost),
            message.routing_key,
            message.body,
            message.id,
            message.content_type,
        )
        return {
            "id": message.id,
            "provider": provider.name,
            "routing_key": message.routing_key,
            "at": told.at,
            "subject": told.url,
        }
