"""APIs as their providers see them: made, changed, started, stopped, deleted.

What of an API the gateway reads is kept together in `definition`, as Gravitee's V2 API definition
spells it: `proxy`, `flows`, `resources`, `properties`, `path_mappings`, `response_templates` and
what else a provider put there. Nothing of it reaches the gateway before `deploying.deploy`.
"""

import json
from dataclasses import dataclass
from sqlite3 import Row
from uuid import uuid4

from intark_lab import deploying
from intark_lab.clock import Clock
from intark_lab.manager import context_paths, definitions, plans
from intark_lab.manager.errors import ManagerError, bad_request, not_found
from intark_lab.manager.people import User
from intark_lab.store import Store

VISIBILITIES = ("PUBLIC", "PRIVATE")
LIFECYCLE = ("CREATED", "PUBLISHED", "UNPUBLISHED", "DEPRECATED", "ARCHIVED")


@dataclass
class Wanted:
    """What a provider wants an API to be. None leaves what is there, or takes the default."""

    name: str
    version: str
    description: str
    context_path: str
    definition: dict
    visibility: str | None = None
    lifecycle: str | None = None
    labels: list[str] | None = None
    categories: list[str] | None = None
    picture: str | None = None
    background: str | None = None
    id: str | None = None
    """Asked for by an export file; taken when it is free."""


def get(store: Store, identity: str) -> Row:
    """Raises 404 `api.notFound`."""
    row = store.one("SELECT * FROM api WHERE id = ?", identity)
    if row is None:
        raise not_found("api", identity)
    return row


def create(store: Store, clock: Clock, owner: User, wanted: Wanted) -> Row:
    """A new API: stopped, CREATED, and PRIVATE unless another visibility is asked for.

    Raises 400 `api.contextPath.exists`, `api.contextPath.invalid`, `data.invalid`.
    """
    path = _checked(store, wanted, None)
    taken = store.one("SELECT 1 FROM api WHERE id = ?", wanted.id)
    identity, now = str(uuid4()) if taken or not wanted.id else wanted.id, clock.ms()
    with store.transaction():
        store.insert(
            "api",
            id=identity,
            name=wanted.name,
            version=wanted.version,
            description=wanted.description,
            context_path=path,
            definition=json.dumps(wanted.definition),
            visibility=wanted.visibility or "PRIVATE",
            state="STOPPED",
            lifecycle="CREATED",
            owner=owner.id,
            labels=json.dumps(wanted.labels or []),
            categories=json.dumps(wanted.categories or []),
            picture=wanted.picture,
            background=wanted.background,
            created_at=now,
            updated_at=now,
        )
    return get(store, identity)


def update(store: Store, clock: Clock, api: Row, wanted: Wanted) -> Row:
    """Give an API what is wanted. Deprecating it deprecates its plans.

    Raises 400 as `create` does, and `api.lifecycleState.invalid`, `endpoint.missing`.
    """
    path = _checked(store, wanted, api["id"])
    _check_endpoint(wanted.definition)
    lifecycle = wanted.lifecycle or api["lifecycle"]
    _check_lifecycle(api["lifecycle"], lifecycle)
    with store.transaction():
        if lifecycle == "DEPRECATED":
            plans.deprecate_all(store, clock, api["id"])
        store.write(
            "UPDATE api SET name = ?, version = ?, description = ?, context_path = ?, "
            "definition = ?, visibility = ?, lifecycle = ?, labels = ?, categories = ?, "
            "picture = ?, background = ?, updated_at = ? WHERE id = ?",
            wanted.name,
            wanted.version,
            wanted.description,
            path,
            json.dumps(json.loads(api["definition"]) | wanted.definition),
            wanted.visibility or api["visibility"],
            lifecycle,
            api["labels"] if wanted.labels is None else json.dumps(wanted.labels),
            api["categories"] if wanted.categories is None else json.dumps(wanted.categories),
            wanted.picture or api["picture"],
            wanted.background or api["background"],
            clock.ms(),
            api["id"],
        )
    return get(store, api["id"])


def start(store: Store, clock: Clock, api: Row) -> Row:
    """Let the gateway take calls. The first start deploys, later ones leave what was deployed.

    Raises 400 when it runs already, or is archived, and `endpoint.missing`.
    """
    _check_state(api, "STOPPED", "start", "API is already started")
    _check_endpoint(json.loads(api["definition"]))
    with store.transaction():
        _set_state(store, clock, api, "STARTED")
        if deploying.deployed_at(store, api["id"]) is None:
            deploying.deploy(store, api["id"], clock.ms())
    return get(store, api["id"])


def stop(store: Store, clock: Clock, api: Row) -> Row:
    """Let the gateway forget the API. Raises 400 when it is stopped already, or archived."""
    _check_state(api, "STARTED", "stop", "API is already stopped")
    with store.transaction():
        _set_state(store, clock, api, "STOPPED")
    return get(store, api["id"])


def deploy(store: Store, clock: Clock, api: Row) -> Row:
    """Hand the API with its published plans to the gateway, as it is now.

    Raises 400 `endpoint.missing`.
    """
    _check_endpoint(json.loads(api["definition"]))
    now = clock.ms()
    with store.transaction():
        deploying.deploy(store, api["id"], now)
        store.write("UPDATE api SET updated_at = ? WHERE id = ?", now, api["id"])
    return get(store, api["id"])


def delete(store: Store, clock: Clock, api: Row, close_plans: bool = False) -> None:
    """Raises 400 `api.running`, and `api.notDeletable` with published plans not to be closed."""
    identity = api["id"]
    if api["state"] == "STARTED":
        message = f"API [{identity}] is still running and must be stopped before being deleted !"
        raise ManagerError(400, "api.running", message, {"api": identity})
    published = store.all(
        "SELECT name FROM plan WHERE api = ? AND status = 'PUBLISHED' ORDER BY position", identity
    )
    if published and not close_plans:
        names = ", ".join(row["name"] for row in published)
        message = f"Plan(s) [{names}] must be closed before being able to delete the API !"
        raise ManagerError(400, "api.notDeletable", message, {"plans": names})
    with store.transaction():
        store.write(
            "DELETE FROM api_key WHERE subscription IN (SELECT id FROM subscription WHERE api = ?)",
            identity,
        )
        for table in ("subscription", "plan", "page", "member", "deployment"):
            store.write(f"DELETE FROM {table} WHERE api = ?", identity)
        store.write("DELETE FROM api WHERE id = ?", identity)


def _checked(store: Store, wanted: Wanted, identity: str | None) -> str:
    """The clean context path of what is wanted, when all of it can be kept."""
    path = context_paths.clean(wanted.context_path)
    context_paths.check_free(store, path, but=identity)
    definitions.check(wanted.definition)
    return path


def _check_endpoint(definition: dict) -> None:
    if not deploying.endpoints(definition["proxy"]):
        message = "At least one endpoint is required for an API."
        raise ManagerError(400, "endpoint.missing", message, {})


def _check_lifecycle(before: str, after: str) -> None:
    """Nothing comes back from DEPRECATED or ARCHIVED, and nothing to CREATED."""
    refused = (
        before == "DEPRECATED"
        or (before == "ARCHIVED" and after != "ARCHIVED")
        or (before == "UNPUBLISHED" and after == "CREATED")
    )
    if refused:
        message = f"The API lifecycle state cannot be changed to {after}."
        raise ManagerError(400, "api.lifecycleState.invalid", message, {"lifecycleState": after})


def _check_state(api: Row, needed: str, action: str, otherwise: str) -> None:
    if api["lifecycle"] == "ARCHIVED":
        raise bad_request(f"Deleted API can not be {action}")
    if api["state"] != needed:
        raise bad_request(otherwise)


def _set_state(store: Store, clock: Clock, api: Row, state: str) -> None:
    store.write(
        "UPDATE api SET state = ?, updated_at = ? WHERE id = ?", state, clock.ms(), api["id"]
    )
