"""Personal tokens: what a program sends in place of a user's password. Kept as digests only."""

import hashlib
import secrets
from sqlite3 import Row
from uuid import uuid4

from intark_lab.clock import Clock
from intark_lab.manager import people
from intark_lab.manager.errors import ManagerError, not_found
from intark_lab.manager.people import User
from intark_lab.store import Store


def create(store: Store, clock: Clock, user: User, name: str) -> tuple[Row, str]:
    """A new token and its value, which is shown this once.

    Raises 400 `token.alreadyExists` for a name that the user has given before.
    """
    if any(row["name"].lower() == name.lower() for row in of(store, user)):
        message = f"A token with the name [{name}] already exists."
        raise ManagerError(400, "token.alreadyExists", message)
    identity, value = str(uuid4()), secrets.token_urlsafe(24)
    with store.transaction():
        store.insert(
            "token",
            id=identity,
            user=user.id,
            name=name,
            digest=_digest(value),
            created_at=clock.ms(),
        )
    return store.one("SELECT * FROM token WHERE id = ?", identity), value


def of(store: Store, user: User) -> list[Row]:
    """The user's tokens, oldest first."""
    return store.all("SELECT * FROM token WHERE user = ? ORDER BY created_at, rowid", user.id)


def revoke(store: Store, user: User, identity: str) -> None:
    """Raises 404 `token.notFound`, also for somebody else's."""
    with store.transaction():
        gone = store.write("DELETE FROM token WHERE id = ? AND user = ?", identity, user.id)
    if not gone:
        raise not_found("token", identity)


def revoke_all(store: Store, user: User) -> None:
    with store.transaction():
        store.write("DELETE FROM token WHERE user = ?", user.id)


def user_of(store: Store, clock: Clock, value: str) -> User | None:
    """The user whose token this is, and note when it was used."""
    row = store.one("SELECT * FROM token WHERE digest = ?", _digest(value))
    if row is None:
        return None
    with store.transaction():
        store.write("UPDATE token SET last_use_at = ? WHERE id = ?", clock.ms(), row["id"])
    return people.by_id(store, row["user"])


def _digest(value: str) -> str:
    """Looked up by digest, so that the time of a look-up tells nothing of a token."""
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
