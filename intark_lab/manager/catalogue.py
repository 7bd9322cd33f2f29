"""What a user may see of the catalogue: APIs, pages, plans."""

from collections import Counter
from sqlite3 import Row

from intark_lab.manager import applications, members
from intark_lab.manager.errors import not_found, unauthorized
from intark_lab.manager.people import User
from intark_lab.manager.subscriptions import LIVE, excluded
from intark_lab.store import Store


def visible_apis(store: Store, user: User | None) -> list[Row]:
    """By name. Everybody sees what is public and published, members and subscribers more."""
    rows = store.all("SELECT * FROM api WHERE lifecycle <> 'ARCHIVED' ORDER BY name COLLATE NOCASE")
    if user and user.is_admin:
        return rows
    mine = subscribed_apis(store, user) if user else set()
    return [
        row
        for row in rows
        if (
            row["lifecycle"] == "PUBLISHED" and (row["visibility"] == "PUBLIC" or row["id"] in mine)
        )
        or (user and members.role(store, row, user))
    ]


def subscribed_apis(store: Store, user: User) -> set[str]:
    """The ids of the APIs that the user's own applications have live subscriptions to."""
    rows = store.all(
        "SELECT DISTINCT s.api FROM subscription s JOIN application a ON a.id = s.application "
        f"WHERE a.owner = ? AND a.status = 'ACTIVE' AND s.status IN {LIVE}",
        user.id,
    )
    return {row["api"] for row in rows}


def api(store: Store, identity: str, user: User | None) -> Row:
    """Raises 404 `api.notFound`, also for an API that the user may not see."""
    for row in visible_apis(store, user):
        if row["id"] == identity:
            return row
    raise not_found("api", identity)


def pages(store: Store, api: str, user: User | None) -> list[Row]:
    """The published pages of an API that the user may read, in their order."""
    rows = store.all("SELECT * FROM page WHERE api = ? AND published ORDER BY position", api)
    return [row for row in rows if _may_read(row, user)]


def page(store: Store, api: str, identity: str, user: User | None) -> Row:
    """Raises 404 `page.notFound`, 401 `unauthorized` for a page that is not for this reader."""
    row = store.one("SELECT * FROM page WHERE api = ? AND id = ?", api, identity)
    if row is None:
        raise not_found("page", identity)
    if not row["published"] or not _may_read(row, user):
        raise unauthorized()
    return row


def _may_read(page: Row, user: User | None) -> bool:
    return page["visibility"] == "PUBLIC" or user is not None


def plans(store: Store, api: str, user: User | None) -> list[Row]:
    """The published plans of an API in their order, without those closed to the user's groups."""
    rows = store.all(
        "SELECT * FROM plan WHERE api = ? AND status = 'PUBLISHED' ORDER BY position", api
    )
    return [row for row in rows if not excluded(row, user)]


def owned_or_own(store: Store, api: Row, user: User) -> list[Row]:
    """The applications whose use of an API the user may see: all for its owner, else their own."""
    if user.is_admin or api["owner"] == user.id:
        return store.all("SELECT * FROM application ORDER BY name COLLATE NOCASE")
    return applications.of(store, user)


def subscribers(store: Store) -> Counter[str]:
    """How many applications have a running or paused subscription, by API."""
    rows = store.all(
        "SELECT api, count(DISTINCT application) AS count FROM subscription "
        "WHERE status IN ('ACCEPTED', 'PAUSED') GROUP BY api"
    )
    return Counter({row["api"]: row["count"] for row in rows})
