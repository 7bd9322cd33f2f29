"""What the institution keeps, as a judge may see it: plain values, read at the moment of asking."""

from dataclasses import dataclass
from typing import NamedTuple

from intark_lab.control.usage import Usage
from intark_lab.store import Store


class Application(NamedTuple):
    """A consumer's application. Times everywhere in lab ms."""

    id: str
    name: str
    description: str
    owner: str
    """The username."""
    status: str
    """ACTIVE or ARCHIVED."""
    created_at: int


class Plan(NamedTuple):
    """A plan of the catalogue: its id, the slugs of API and plan, and what both are called."""

    id: str
    api: str
    plan: str
    api_name: str
    name: str


class Key(NamedTuple):
    """An API key's standing; its value is nobody's business here."""

    id: str
    created_at: int
    expire_at: int | None
    revoked_at: int | None


class Subscription(NamedTuple):
    """An application's access to a plan; `api` and `plan` are slugs, or ids where there is none."""

    id: str
    application: str
    api: str
    plan: str
    status: str
    request: str | None
    reason: str | None
    created_at: int
    processed_at: int | None
    answered_by: str | None
    """Who accepted or refused it: a user's id, or `system` where nobody did."""
    end_at: int | None
    keys: list[Key]
    """Oldest first."""


@dataclass(frozen=True)
class View:
    """Reads one lab's store."""

    store: Store
    usage: Usage
    """Who called which API, when, and how it went."""

    def applications(self, owner: str) -> list[Application]:
        """Those of one person, by username, oldest first, archived ones too."""
        rows = self.store.all(
            "SELECT a.id, a.name, a.description, u.username, a.status, a.created_at "
            "FROM application a JOIN user u ON u.id = a.owner WHERE u.username = ? "
            "ORDER BY a.created_at, a.rowid",
            owner,
        )
        return [Application(*row) for row in rows]

    def subscriptions(self, application: str) -> list[Subscription]:
        """Those of one application, by id, oldest first, ended ones too."""
        rows = self.store.all(
            "SELECT s.id, s.application, coalesce(a.slug, s.api), coalesce(p.slug, s.plan), "
            "s.status, s.request, s.reason, s.created_at, s.processed_at, s.processed_by, s.end_at "
            "FROM subscription s LEFT JOIN api a ON a.id = s.api LEFT JOIN plan p ON p.id = s.plan "
            "WHERE s.application = ? ORDER BY s.created_at, s.rowid",
            application,
        )
        return [Subscription(*row, self._keys(row["id"])) for row in rows]

    def plans(self) -> list[Plan]:
        """Those of the catalogue's own APIs."""
        rows = self.store.all(
            "SELECT p.id, a.slug, p.slug, a.name, p.name FROM plan p JOIN api a ON a.id = p.api "
            "WHERE a.slug IS NOT NULL AND p.slug IS NOT NULL"
        )
        return [Plan(*row) for row in rows]

    def occasions(self, kind: str) -> list[int]:
        """When somebody let such a thing happen, lab ms, oldest first."""
        rows = self.store.all(
            "SELECT at FROM event WHERE kind = ? AND slot IS NULL ORDER BY id", kind
        )
        return [row["at"] for row in rows]

    def _keys(self, subscription: str) -> list[Key]:
        rows = self.store.all(
            "SELECT id, created_at, expire_at, revoked_at FROM api_key WHERE subscription = ? "
            "ORDER BY created_at, rowid",
            subscription,
        )
        return [Key(*row) for row in rows]
