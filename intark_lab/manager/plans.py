"""Plans as their providers see them: STAGING, PUBLISHED, DEPRECATED, CLOSED.

A deprecated plan keeps its subscribers and takes no new ones; a closed one closes its
subscriptions. What becomes of a plan reaches the gateway when its API is deployed.
"""

import json
from sqlite3 import Row
from uuid import uuid4

from intark_lab.clock import Clock
from intark_lab.manager import applications, policies, subscriptions
from intark_lab.manager.errors import ManagerError, not_found
from intark_lab.store import Store

SECURITIES = ("KEY_LESS", "API_KEY", "OAUTH2", "JWT")
VALIDATIONS = ("AUTO", "MANUAL")
STATUSES = ("STAGING", "PUBLISHED", "DEPRECATED", "CLOSED")

CHANGEABLE = (
    *("name", "description", "validation", "characteristics", "comment_required"),
    *("comment_question", "general_conditions", "flows", "excluded_groups"),
    *("security_definition", "selection_rule"),
)
"""The columns that a provider may change later. Lists and mappings are JSON text."""


def get(store: Store, identity: str) -> Row:
    """Raises 404 `plan.notFound`."""
    row = store.one("SELECT * FROM plan WHERE id = ?", identity)
    if row is None:
        raise not_found("plan", identity)
    return row


def id_of(store: Store, api: str, plan: str) -> str | None:
    """The id of the catalogue's plan that has these slugs; None where there is none."""
    row = store.one(
        "SELECT p.id FROM plan p JOIN api a ON a.id = p.api WHERE a.slug = ? AND p.slug = ?",
        *(api, plan),
    )
    return row and row["id"]


def of(store: Store, api: str) -> list[Row]:
    """An API's plans in their order, whatever their status."""
    return store.all("SELECT * FROM plan WHERE api = ? ORDER BY position, created_at", api)


def create(store: Store, clock: Clock, api: Row, wanted: dict) -> Row:
    """A new plan from columns of the table `plan`; STAGING unless another status is asked for.

    Raises 400 `api.deprecated`, `data.invalid`.
    """
    if api["lifecycle"] == "DEPRECATED":
        message = f"The api {api['name']} is deprecated and cannot be modified."
        raise ManagerError(400, "api.deprecated", message, {"api": api["name"]})
    _check(wanted)
    identity, now = str(uuid4()), clock.ms()
    defaults = {"security": "API_KEY", "validation": "MANUAL", "status": "STAGING", "position": 0}
    columns = defaults | wanted | {"id": identity, "api": api["id"]}
    if columns["security"] == "KEY_LESS":
        columns["validation"] = "AUTO"
    if columns["status"] == "PUBLISHED":
        columns["published_at"] = now
    with store.transaction():
        store.insert("plan", **columns, created_at=now, updated_at=now)
    return get(store, identity)


def update(store: Store, clock: Clock, plan: Row, wanted: dict) -> Row:
    """Change what may be changed (CHANGEABLE), and the order among the published plans.

    Raises 400 `plan.missing_flows`, `plan.general_conditions_status`, `data.invalid`.
    """
    if wanted.get("flows") is None:
        message = f"Plan {plan['id']} require flows"
        raise ManagerError(400, "plan.missing_flows", message, {"plan": plan["id"]})
    _check(wanted)
    columns = {name: wanted.get(name) for name in CHANGEABLE}
    for name in ("characteristics", "excluded_groups", "security_definition"):
        columns[name] = columns[name] or plan[name]
    if plan["security"] == "KEY_LESS":
        columns["validation"] = "AUTO"
    if plan["status"] in ("PUBLISHED", "DEPRECATED"):
        _check_conditions(store, columns["name"], columns["general_conditions"])
    assignments = ", ".join(f"{name} = ?" for name in columns)
    with store.transaction():
        store.write(
            f"UPDATE plan SET {assignments}, updated_at = ? WHERE id = ?",
            *(*columns.values(), clock.ms(), plan["id"]),
        )
        position = wanted.get("position", plan["position"])
        if position != plan["position"]:
            _move(store, plan, position)
    return get(store, plan["id"])


def publish(store: Store, clock: Clock, plan: Row) -> Row:
    """Raises 400 `plan.closed`, `plan.published`, `plan.deprecated`, `plan.keyless.exists`,
    `plan.general_conditions_status`.
    """
    if plan["status"] != "STAGING":
        raise _already(plan)
    _check_conditions(store, plan["name"], plan["general_conditions"])
    others = of(store, plan["api"])
    if plan["security"] == "KEY_LESS" and any(_is_keyless_and_live(other) for other in others):
        message = "A key-less plan is already published (or has been deprecated)!"
        raise ManagerError(400, "plan.keyless.exists", message, {"plan": plan["id"]})
    last = max((o["position"] for o in others if o["status"] == "PUBLISHED"), default=0)
    now = clock.ms()
    with store.transaction():
        store.write(
            "UPDATE plan SET status = 'PUBLISHED', position = ?, published_at = ?, updated_at = ? "
            "WHERE id = ?",
            *(last + 1, now, now, plan["id"]),
        )
    return get(store, plan["id"])


def deprecate(store: Store, clock: Clock, plan: Row) -> Row:
    """Raises 400 `plan.deprecated`, `plan.closed`, `plan.notPublished`."""
    if plan["status"] == "STAGING":
        message = f"Plan {plan['id']} is not yet published !"
        raise ManagerError(400, "plan.notPublished", message, {"plan": plan["id"]})
    if plan["status"] != "PUBLISHED":
        raise _already(plan)
    with store.transaction():
        _set_status(store, clock, plan["id"], "DEPRECATED")
    return get(store, plan["id"])


def deprecate_all(store: Store, clock: Clock, api: str) -> None:
    """Deprecate what of an API is staged or published, with the API. Inside a transaction."""
    for plan in of(store, api):
        if plan["status"] in ("STAGING", "PUBLISHED"):
            _set_status(store, clock, plan["id"], "DEPRECATED")


def close(store: Store, clock: Clock, plan: Row) -> Row:
    """End a plan and its subscriptions. Raises 400 `plan.closed`."""
    if plan["status"] == "CLOSED":
        raise _already(plan)
    held = store.all("SELECT * FROM subscription WHERE plan = ?", plan["id"])
    with store.transaction():
        for subscription in held:
            application = applications.get(store, subscription["application"])
            subscriptions.close(store, clock, subscription, application)
        _set_status(store, clock, plan["id"], "CLOSED")
        store.write("UPDATE plan SET closed_at = updated_at WHERE id = ?", plan["id"])
        _close_gap(store, plan)
    return get(store, plan["id"])


def delete(store: Store, plan: Row) -> None:
    """Raises 400 `plan.notDeletable` for a plan that somebody uses."""
    used = store.one(
        f"SELECT 1 FROM subscription WHERE plan = ? AND status IN {subscriptions.LIVE}", plan["id"]
    )
    if used and plan["security"] != "KEY_LESS" and plan["status"] in ("PUBLISHED", "DEPRECATED"):
        message = "You can't delete a plan with existing subscriptions. Please close it instead."
        raise ManagerError(400, "plan.notDeletable", message, {"plan": plan["id"]})
    with store.transaction():
        store.write("DELETE FROM plan WHERE id = ?", plan["id"])
        _close_gap(store, plan)


def _check(wanted: dict) -> None:
    policies.check_flows(json.loads(wanted.get("flows") or "[]"))


def _check_conditions(store: Store, name: str, page: str | None) -> None:
    if page and not store.one("SELECT 1 FROM page WHERE id = ? AND published", page):
        message = f"Plan {name} references a non published page as general conditions !"
        raise ManagerError(400, "plan.general_conditions_status", message, {"plan": name})


def _is_keyless_and_live(plan: Row) -> bool:
    return plan["security"] == "KEY_LESS" and plan["status"] in ("PUBLISHED", "DEPRECATED")


def _already(plan: Row) -> ManagerError:
    state = plan["status"].lower()
    message = f"Plan {plan['id']} is already {state} !"
    return ManagerError(400, f"plan.{state}", message, {"plan": plan["id"]})


def _set_status(store: Store, clock: Clock, plan: str, status: str) -> None:
    store.write("UPDATE plan SET status = ?, updated_at = ? WHERE id = ?", status, clock.ms(), plan)


def _move(store: Store, plan: Row, position: int) -> None:
    """Put a plan at a place among the published ones, counted from 1, and number them anew."""
    others = [
        row["id"]
        for row in of(store, plan["api"])
        if row["status"] == "PUBLISHED" and row["id"] != plan["id"]
    ]
    place = min(max(position, 1), len(others) + 1)
    others.insert(place - 1, plan["id"])
    for number, identity in enumerate(others, 1):
        store.write("UPDATE plan SET position = ? WHERE id = ?", number, identity)


def _close_gap(store: Store, plan: Row) -> None:
    store.write(
        "UPDATE plan SET position = position - 1 "
        "WHERE api = ? AND status = 'PUBLISHED' AND position > ?",
        *(plan["api"], plan["position"]),
    )
