"""One lab on the server's side: an institution with its seed, state, clock and secrets."""

import sqlite3
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from intark_lab import birth, journal
from intark_lab.clock import Clock
from intark_lab.faults import Faults
from intark_lab.gateway import Gateway
from intark_lab.gateway.backend import HttpBackends
from intark_lab.gateway.endpoints import Endpoints
from intark_lab.gateway.tokens import Tokens
from intark_lab.messages.post import Post
from intark_lab.settings import COURSE_SEED
from intark_lab.sources import Sources
from intark_lab.sources.own import OwnSources
from intark_lab.store import Store
from intark_lab.texts import text
from intark_lab.world import World

if TYPE_CHECKING:
    from intark_lab.messages.brom.portal import Brom
    from intark_lab.messages.door import Door

PORTAL = "/portal/environments/DEFAULT"
MANAGEMENT = "/management/organizations/DEFAULT/environments/DEFAULT"
GATEWAY = "/gateway"
ISSUERS = "/issuers"
BROM = "/brom"
CONTROL = "/control"
"""Where a lab's servers are, below its own path."""


class UnusableState(Exception):
    """The state file belongs to another seed, or is no state file at all."""


class Institution:
    """Everything that one lab's servers share. `id` is its name in addresses: `/labs/ID`."""

    def __init__(self, lab_id: str, store: Store, clock: Clock, backends: bool = False):
        self.id, self.store, self.clock = lab_id, store, clock
        self.seed = int(self._meta("seed"))
        self.faults = Faults()
        self.post = Post()
        self.sources = OwnSources(_sources(self.seed), store)
        self.backends = HttpBackends(anywhere=backends)
        endpoints = Endpoints(self.sources, self.faults, self.backends, self.advance)
        self.gateway = Gateway(store, clock, endpoints, Tokens(store, anywhere=backends))

    @classmethod
    def fresh(
        cls,
        seed: int = COURSE_SEED,
        start: float | None = None,
        lab_id: str = "lab",
        backends: bool = False,
    ):
        """A new institution in memory; `start` plants its clock (epoch seconds)."""
        clock = Clock(start)
        return cls(lab_id, birth.born(seed, clock.ms()), clock, backends)

    @classmethod
    def at(cls, file: Path, seed: int | None = None, backends: bool = False):
        """The institution that `file` keeps, born there first where the file is new.

        With `backends` its gateway may call beyond this machine.

        Raises StateInUse, or UnusableState for another seed or a file of another kind.
        """
        try:
            store = Store.at(file)
            kept = store.one("SELECT value FROM meta WHERE key = 'seed'")
        except sqlite3.DatabaseError as error:
            raise UnusableState(text("serve.not-a-state", file=file, error=error)) from error
        if kept is None:
            with store.transaction():
                birth.conceive(store, COURSE_SEED if seed is None else seed)
                birth.give_secrets(store, Clock().ms())
        elif seed is not None and int(kept["value"]) != seed:
            store.close()
            raise UnusableState(text("serve.other-seed", file=file, seed=kept["value"]))
        offset = store.one("SELECT value FROM meta WHERE key = 'clock'")
        clock = Clock(offset=float(offset["value"]) if offset else 0.0)
        return cls("lab", store, clock, backends)

    @property
    def base_path(self) -> str:
        return f"/labs/{self.id}"

    @property
    def world(self):
        return self.sources.world

    @cached_property
    def door(self) -> "Door":
        """Where the lab sets up its messages. What happens to them is kept from then on."""
        door = self.post.door(self)
        door.observe(journal.Watch(self.store))
        return door

    @property
    def messages_id(self) -> str:
        """The lab's name on its broker. A RabbitMQ may carry many labs that are called the same."""
        if not self.post.elsewhere:
            return self.id
        return f"{self.id}-{sha256(self.token.encode()).hexdigest()[:8]}"

    def resume(self) -> None:
        """Where messages were in use before this process, they are watched at once."""
        if self.store.one("SELECT 1 FROM brom_application LIMIT 1"):
            _ = self.door

    @cached_property
    def brom(self) -> "Brom":
        """The self-service portal for messages."""
        from intark_lab.messages.brom.portal import Brom

        short = self.world.institution.slug
        return Brom(self.messages_id, self.seed, short, self.store, self.clock, lambda: self.door)

    @property
    def born(self) -> int:
        """Lab ms at which it was made."""
        return int(self._meta("born"))

    @property
    def token(self) -> str:
        """What the control side's callers must know."""
        return self._meta("token")

    def card(self, origin: str) -> dict:
        """What a client needs to know of this lab, reached at `origin` (`http://HOST:PORT`)."""
        url = origin + self.base_path
        username, password = self.credentials(birth.LEARNER)
        admin_username, admin_password = self.credentials(birth.ADMIN)
        return {
            "lab": self.id,
            "seed": self.seed,
            "url": url,
            "token": self.token,
            "portal": url + PORTAL,
            "management": url + MANAGEMENT,
            "gateway": url + GATEWAY,
            "brom": url + BROM,
            "amqp": self.post.address,
            "username": username,
            "password": password,
            "admin_username": admin_username,
            "admin_password": admin_password,
            "api_key": self.course_key(),
        }

    def credentials(self, username: str) -> tuple[str, str]:
        """Username and password of one of the lab's two people."""
        row = self.store.one("SELECT password FROM user WHERE username = ?", username)
        return username, row["password"]

    def course_key(self) -> str:
        """The newest key of the course's ready application."""
        row = self.store.one(
            "SELECT key FROM api_key WHERE subscription = ? ORDER BY created_at DESC LIMIT 1",
            birth.identity(self.seed, "subscription", "course"),
        )
        return row["key"]

    def advance(self, seconds: float) -> None:
        """Move lab time forward, and keep the sum. Raises ValueError as Clock.advance does."""
        self.clock.advance(seconds)
        with self.store.transaction():
            self.store.write(
                "INSERT OR REPLACE INTO meta VALUES ('clock', ?)", str(self.clock.offset)
            )

    def remember(self) -> None:
        """Make the usage of the month before the lab's birth, unless that is done."""
        from intark_lab import history  # dates and time zones: only for who asks about the past

        history.remember(self.store, _sources(self.seed), self.seed, self.born)

    def reset(self) -> None:
        """Back to the first state. Seed, people, passwords, keys and time stay as they are."""
        birth.rebirth(self.store, self.seed)
        self.sources.read()
        self.faults.clear()
        self.post.clear(self)
        self.gateway.forget()

    def close(self) -> None:
        self.post.remove(self)
        self.store.close()

    def _meta(self, key: str) -> str:
        return self.store.one("SELECT value FROM meta WHERE key = ?", key)["value"]


@lru_cache(maxsize=8)
def _sources(seed: int) -> Sources:
    return Sources(World(seed))
