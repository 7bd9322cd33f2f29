"""Who uses the manager: User, known by username and password."""

import hmac
import json
from dataclasses import dataclass

from intark_lab.store import Store


@dataclass(frozen=True)
class User:
    id: str
    username: str
    display_name: str
    email: str
    role: str
    """ADMIN, API_PUBLISHER or USER."""
    groups: frozenset[str]

    @property
    def is_admin(self) -> bool:
        return self.role == "ADMIN"


def by_password(store: Store, username: str, password: str) -> User | None:
    """The user of that name when the password is theirs; both are compared in constant time."""
    row = store.one("SELECT * FROM user WHERE username = ?", username)
    known = row["password"] if row else ""
    right = hmac.compare_digest(known.encode(), password.encode())
    return _user(row) if row and right else None


def by_id(store: Store, identity: str) -> User | None:
    row = store.one("SELECT * FROM user WHERE id = ?", identity)
    return _user(row) if row else None


def rename(store: Store, user: User, display_name: str) -> None:
    with store.transaction():
        store.write("UPDATE user SET display_name = ? WHERE id = ?", display_name, user.id)


def _user(row) -> User:
    return User(
        row["id"],
        row["username"],
        row["display_name"],
        row["email"],
        row["role"],
        frozenset(json.loads(row["groups"])),
    )
