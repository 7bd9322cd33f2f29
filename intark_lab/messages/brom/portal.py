"""What people do at the self-service portal: each step changes the broker, then the register."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from intark_lab.birth import ADMIN, identity
from intark_lab.clock import Clock
from intark_lab.messages import door as doors
from intark_lab.messages.brom import names, wiring
from intark_lab.messages.brom.applications import (
    APPROVED,
    PENDING,
    REFUSED,
    REMOVED,
    Access,
    Application,
    Register,
)
from intark_lab.messages.brom.providers import Provider, load_providers
from intark_lab.messages.brom.refusal import Refusal, no_such
from intark_lab.store import Store


class Brom:
    """The self-service portal of one lab. One step is taken at a time.

    `door` gives the lab's Door; `institution` is its short name. Every step raises Refusal where
    it cannot be done, with 502 where the broker is why.
    """

    def __init__(
        self,
        lab_id: str,
        seed: int,
        institution: str,
        store: Store,
        clock: Clock,
        door: Callable[[], doors.Door],
    ):
        self._lab_id, self._institution, self._clock = lab_id, institution, clock
        self._admin = identity(seed, "user", ADMIN)
        self.register, self.store = Register(store), store
        self._door = door
        self._step = asyncio.Lock()

    async def open(self) -> None:
        """See to it that the institution's own providers are there."""
        there = {application.name for application in self.register.applications(self._admin)}
        for provider in load_providers().values():
            if provider.name not in there:
                await self._open_provider(provider)

    def opened(self) -> int | None:
        """When they came to be there, lab ms; None before that."""
        own = self.register.applications(self._admin)
        return min((application.created_at for application in own), default=None)

    async def enrol(
        self, owner: str, environment: str, name: str, description: str, contact: str
    ) -> tuple[Application, bool]:
        """Register an application; whether it is new. What its owner has already is described anew.

        Refusal 409: the name is somebody else's.
        """
        full = names.application(environment, name)
        async with self._changing():
            existing = self.register.application(full)
            if existing is not None and existing.owner != owner:
                raise Refusal(409, "taken", name=full)
            made = existing or self._new(full, environment, owner)
            made = made._replace(description=description, contact=contact)
            await wiring.register(self.door, made)
            self.register.keep(made)
        return made, existing is None

    async def withdraw(self, application: Application) -> None:
        """Remove an application, and every access it has or gives."""
        async with self._changing():
            for access in self.register.accesses(application.name):
                if access.status == APPROVED:
                    await wiring.remove(self.door, *self._both(access))
            await wiring.unregister(self.door, application)
            self.register.drop(application.name)

    def document(self, application: Application, notifications: dict | None) -> Application:
        """Make an application a provider by what it sends, or no longer one. The broker rests."""
        changed = application._replace(notifications=notifications)
        self.register.keep(changed)
        return changed

    def providers(self, words: str = "") -> list[Application]:
        """The providers whose name or description has every one of the words."""
        wanted = words.lower().split()
        return [
            one
            for one in self.register.applications()
            if one.notifications and all(word in _searched(one) for word in wanted)
        ]

    def provider(self, name: str) -> Application:
        found = self.register.application(name)
        if found is None or not found.notifications:
            raise no_such("provider", name)
        return found

    async def ask(self, consumer: Application, provider: str, comment: str) -> tuple[Access, bool]:
        """Ask for access; whether the request is new. One that is approved stays as it is.

        Refusal 404: no such provider; 409: it is the consumer itself.
        """
        asked = self.provider(provider)
        if asked.name == consumer.name:
            raise Refusal(409, "itself", name=consumer.name)
        async with self._changing():
            existing = self.register.access(consumer.name, provider)
            if existing is not None and existing.status == APPROVED:
                return existing, False
            await wiring.ask(self.door, consumer, asked)
            now = self._clock.ms()
            made = Access(consumer.name, provider, PENDING, comment, None, now, None, None)
            self.register.keep_access(made)
        return made, existing is None or existing.status != PENDING

    async def answer(
        self, access: Access, approved: bool, reason: str | None, at: int | None = None
    ) -> Access:
        """Approve or refuse a request, `at` an instant in place of now. Refusal 409: it has one."""
        async with self._changing():
            now = self.register.access(access.consumer, access.provider)
            state = now.status if now else REMOVED
            if state != PENDING:
                raise Refusal(409, "answered", state=state)
            if approved:
                await wiring.approve(self.door, *self._both(access))
            answered = access._replace(
                status=APPROVED if approved else REFUSED,
                reason=reason,
                answered_at=self._clock.ms() if at is None else at,
            )
            self.register.keep_access(answered)
        return answered

    async def remove(self, access: Access) -> Access:
        """End an access, or take a request back. Removing again changes nothing."""
        async with self._changing():
            now = self.register.access(access.consumer, access.provider)
            if now is None or now.status == REMOVED:
                return now or access
            await wiring.remove(self.door, *self._both(now))
            removed = now._replace(status=REMOVED, removed_at=self._clock.ms())
            self.register.keep_access(removed)
        return removed

    @property
    def door(self) -> doors.Door:
        return self._door()

    @asynccontextmanager
    async def _changing(self):
        async with self._step:
            with _brokers_refusals():
                yield

    async def _open_provider(self, provider: Provider) -> None:
        short = provider.name.removeprefix(names.application("production", ""))
        made, _ = await self.enrol(
            self._admin, "production", short, provider.description, provider.contact
        )
        self.document(made, provider.documentation(self._institution))

    def _new(self, name: str, environment: str, owner: str) -> Application:
        return Application(
            name=name,
            environment=environment,
            description="",
            contact="",
            owner=owner,
            vhost=f"{name}-{self._lab_id}",
            password=secrets.token_urlsafe(24),
            notifications=None,
            created_at=self._clock.ms(),
        )

    def _both(self, access: Access) -> tuple[Application, Application]:
        find = self.register.application
        return find(access.consumer), find(access.provider)


def _searched(application: Application) -> str:
    return f"{application.name} {application.description}".lower()


@contextmanager
def _brokers_refusals() -> Iterator[None]:
    try:
        yield
    except doors.Refused as refused:
        raise Refusal(502, "broker", said=refused) from refused
