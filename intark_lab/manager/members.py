"""Who may do what with an API: its primary owner, its members, and administrators.

The roles and their permissions are Gravitee's default ones, and one of the institution's own for
those who look after usage. A permission is a noun (`PLAN`) with rights of `C`, `R`, `U` and `D`.
"""

from sqlite3 import Row

from intark_lab.manager import people
from intark_lab.manager.errors import ManagerError, forbidden
from intark_lab.manager.people import User
from intark_lab.store import Store

PUBLISHERS = ("ADMIN", "API_PUBLISHER")
"""Who may create an API."""

PRIMARY_OWNER = "PRIMARY_OWNER"

_ALL = "CRUD"
_OWNED = ("PLAN", "SUBSCRIPTION", "MEMBER", "METADATA", "ANALYTICS", "LOG", "DOCUMENTATION")
_SEEN = ("DEFINITION", "PLAN", "SUBSCRIPTION", "MEMBER", "METADATA", "DOCUMENTATION")
_REVIEWED = ("DEFINITION", "GATEWAY_DEFINITION", "PLAN", "METADATA", "DOCUMENTATION")

ROLES: dict[str, dict[str, str]] = {
    PRIMARY_OWNER: dict.fromkeys(("DEFINITION", "GATEWAY_DEFINITION", *_OWNED), _ALL),
    "OWNER": {"DEFINITION": "CRU", "GATEWAY_DEFINITION": "CR"} | dict.fromkeys(_OWNED, _ALL),
    "REVIEWER": dict.fromkeys(_REVIEWED, "R"),
    "USER": dict.fromkeys(_SEEN, "R"),
    "USAGE_READER": dict.fromkeys(("ANALYTICS", "LOG"), "R"),
}


def role(store: Store, api: Row, user: User) -> str | None:
    """The user's role on an API, None for somebody without one."""
    if api["owner"] == user.id:
        return PRIMARY_OWNER
    row = store.one("SELECT role FROM member WHERE api = ? AND user = ?", api["id"], user.id)
    return row and row["role"]


def may(store: Store, api: Row, user: User, permission: str, right: str) -> bool:
    """Whether the user has `right` (one of C, R, U, D) of a permission on an API."""
    held = ROLES.get(role(store, api, user), {})
    return user.is_admin or right in held.get(permission, "")


def require(store: Store, api: Row, user: User, permission: str, right: str) -> None:
    """Raises 403 `forbidden`."""
    if not may(store, api, user, permission, right):
        raise forbidden()


def of(store: Store, api: Row) -> list[tuple[User, str]]:
    """The people of an API with their roles, the primary owner first."""
    rows = store.all("SELECT user, role FROM member WHERE api = ? ORDER BY user", api["id"])
    pairs = [(api["owner"], PRIMARY_OWNER), *((row["user"], row["role"]) for row in rows)]
    return [(people.by_id(store, identity), name) for identity, name in pairs]


def put(store: Store, api: Row, user: str, name: str) -> None:
    """Give a user a role on an API. Raises 400 `apimembers.invalid`,
    404 `role.notFound`, `user.notFound`.
    """
    if name == PRIMARY_OWNER:
        message = "An API must always have only one PRIMARY_OWNER !"
        raise ManagerError(400, "apimembers.invalid", message)
    if name not in ROLES:
        raise ManagerError(404, "role.notFound", f"Role [{name}] cannot be found.", {"role": name})
    _known(store, user)
    with store.transaction():
        store.write("INSERT OR REPLACE INTO member VALUES (?, ?, ?)", api["id"], user, name)


def remove(store: Store, api: Row, user: str) -> None:
    """Take a user's role away; nothing happens where there is none."""
    with store.transaction():
        store.write("DELETE FROM member WHERE api = ? AND user = ?", api["id"], user)


def transfer(store: Store, api: Row, user: str, left_with: str) -> None:
    """Make another user the primary owner; the one before keeps the role `left_with`."""
    _known(store, user)
    with store.transaction():
        store.write("DELETE FROM member WHERE api = ? AND user = ?", api["id"], user)
        store.write("UPDATE api SET owner = ? WHERE id = ?", user, api["id"])
        if left_with in ROLES and left_with != PRIMARY_OWNER and user != api["owner"]:
            store.write(
                "INSERT OR REPLACE INTO member VALUES (?, ?, ?)",
                *(api["id"], api["owner"], left_with),
            )


def _known(store: Store, user: str) -> None:
    if people.by_id(store, user) is None:
        message = f"User [{user}] cannot be found."
        raise ManagerError(404, "user.notFound", message, {"user": user})
