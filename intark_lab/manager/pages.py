"""An API's documentation pages as its providers write them."""

from sqlite3 import Row
from uuid import uuid4

from intark_lab.clock import Clock
from intark_lab.manager.errors import not_found
from intark_lab.store import Store

TYPES = ("SWAGGER", "MARKDOWN", "ASCIIDOC", "ASYNCAPI", "FOLDER", "ROOT", "LINK")
VISIBILITIES = ("PUBLIC", "PRIVATE")

CHANGEABLE = (*("name", "content", "published", "visibility", "homepage", "parent", "position"),)
"""The columns that a provider may change."""


def of(store: Store, api: str) -> list[Row]:
    """All pages of an API, published or not, in their order."""
    return store.all("SELECT * FROM page WHERE api = ? ORDER BY position, rowid", api)


def get(store: Store, api: str, identity: str) -> Row:
    """Raises 404 `page.notFound`, also for another API's."""
    row = store.one("SELECT * FROM page WHERE api = ? AND id = ?", api, identity)
    if row is None:
        raise not_found("page", identity)
    return row


def create(store: Store, clock: Clock, api: str, kind: str, wanted: dict) -> Row:
    """A new page of a type, from columns of CHANGEABLE, after those that are there."""
    identity = str(uuid4())
    last = store.one("SELECT max(position) FROM page WHERE api = ?", api)[0]
    defaults = {"content": "", "published": 0, "homepage": 0, "visibility": "PUBLIC"}
    columns = defaults | {"position": 0 if last is None else last + 1} | wanted
    with store.transaction():
        _one_homepage(store, api, columns)
        store.insert("page", id=identity, api=api, type=kind, **columns, updated_at=clock.ms())
    return get(store, api, identity)


def update(store: Store, clock: Clock, page: Row, wanted: dict) -> Row:
    """Change a page to columns of CHANGEABLE. Another content is another revision."""
    columns = {name: wanted.get(name, page[name]) for name in CHANGEABLE}
    revision = page["revision"] + (columns["content"] != page["content"])
    assignments = ", ".join(f"{name} = ?" for name in columns)
    with store.transaction():
        _one_homepage(store, page["api"], columns)
        store.write(
            f"UPDATE page SET {assignments}, revision = ?, updated_at = ? WHERE id = ?",
            *(*columns.values(), revision, clock.ms(), page["id"]),
        )
    return get(store, page["api"], page["id"])


def delete(store: Store, page: Row) -> None:
    with store.transaction():
        store.write("DELETE FROM page WHERE id = ?", page["id"])


def _one_homepage(store: Store, api: str, columns: dict) -> None:
    if columns["homepage"]:
        store.write("UPDATE page SET homepage = 0 WHERE api = ?", api)
