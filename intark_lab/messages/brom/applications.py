"""Applications and accesses, as the lab's store keeps them."""

import json
from sqlite3 import Row
from typing import NamedTuple

from intark_lab.store import Store

PENDING, APPROVED, REFUSED, REMOVED = "PENDING", "APPROVED", "REFUSED", "REMOVED"


class Application(NamedTuple):
    name: str
    """With its environment's prefix: `system-test-room_screens`."""
    environment: str
    description: str
    contact: str
    owner: str
    """A user's id."""
    vhost: str
    """Also the name of its user on the broker."""
    password: str
    notifications: dict | None
    """The documentation of what it sends; a provider is an application that has some."""
    created_at: int


class Access(NamedTuple):
    """What a consumer asked of a provider. Both are names of applications; times are lab ms."""

    consumer: str
    provider: str
    status: str
    comment: str
    reason: str | None
    requested_at: int
    answered_at: int | None
    removed_at: int | None


class Register:
    """All of one lab. Changes are made inside a transaction of their own."""

    def __init__(self, store: Store):
        self._store = store

    def application(self, name: str) -> Application | None:
        row = self._store.one("SELECT * FROM brom_application WHERE name = ?", name)
        return _application(row) if row else None

    def applications(self, owner: str | None = None) -> list[Application]:
        """Those of one user, or all, in the order of their names."""
        rows = self._store.all(
            "SELECT * FROM brom_application WHERE owner = coalesce(?, owner) ORDER BY name", owner
        )
        return [_application(row) for row in rows]

    def keep(self, application: Application) -> None:
        row = application._replace(notifications=json.dumps(application.notifications))
        self._replace("brom_application", row)

    def drop(self, name: str) -> None:
        """With all its accesses, on both sides."""
        with self._store.transaction():
            self._store.write("DELETE FROM brom_application WHERE name = ?", name)
            self._store.write("DELETE FROM brom_access WHERE ? IN (consumer, provider)", name)

    def access(self, consumer: str, provider: str) -> Access | None:
        rows = self._accesses("consumer = ? AND provider = ?", consumer, provider)
        return rows[0] if rows else None

    def accesses(self, application: str) -> list[Access]:
        """What an application has asked for, and what was asked of it."""
        return self._accesses("? IN (consumer, provider)", application)

    def waiting(self, since: int) -> list[Access]:
        """The requests that nobody has answered, made no later than `since`, oldest first."""
        return self._accesses("status = 'PENDING' AND requested_at <= ?", since)

    def keep_access(self, access: Access) -> None:
        self._replace("brom_access", access)

    def _accesses(self, where: str, *values) -> list[Access]:
        rows = self._store.all(
            f"SELECT * FROM brom_access WHERE {where} ORDER BY requested_at, rowid", *values
        )
        return [Access(*row) for row in rows]

    def _replace(self, table: str, row: NamedTuple) -> None:
        marks = ", ".join("?" * len(row))
        with self._store.transaction():
            self._store.write(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", *row)


def _application(row: Row) -> Application:
    made = Application(*row)
    return made._replace(notifications=json.loads(made.notifications))
