"""Subscriptions: an application's access to a plan, from the request to its end."""

import json
from sqlite3 import Row
from uuid import uuid4

from intark_lab.clock import Clock
from intark_lab.manager import keys
from intark_lab.manager.errors import ManagerError, archived, not_found
from intark_lab.manager.people import User
from intark_lab.store import Store

LIVE = ("PENDING", "ACCEPTED", "PAUSED")
"""The states of a subscription that is neither refused nor over."""

STATUSES = (*LIVE, "REJECTED", "CLOSED")

SYSTEM = "system"
"""Who is said to have answered where a plan accepts by itself."""


def get(store: Store, identity: str) -> Row:
    """Raises 404 `subscription.notFound`."""
    row = store.one("SELECT * FROM subscription WHERE id = ?", identity)
    if row is None:
        raise not_found("subscription", identity)
    return row


def excluded(plan: Row, user: User | None) -> bool:
    """Whether the plan shuts out a group of the user's."""
    groups = set(json.loads(plan["excluded_groups"]))
    return user is not None and not user.is_admin and bool(groups & user.groups)


def subscribe(store: Store, clock: Clock, user: User, application: Row | None, wanted: dict) -> Row:
    """Ask for a plan. An AUTO plan accepts at once and gives a key, a MANUAL one leaves PENDING.

    `wanted` is a portal SubscriptionInput without nulls. A missing comment is no error, even where
    the plan requires one: Gravitee leaves that to its web page. Raises 404 `plan.notFound`,
    `application.notFound`, and 400 with one of the codes below.
    """
    plan = store.one("SELECT * FROM plan WHERE id = ?", wanted.get("plan"))
    if plan is None:
        raise not_found("plan", wanted.get("plan", "null"))
    _check_plan(store, plan, user, wanted)
    if application is None:
        raise not_found("application", wanted.get("application", "null"))
    _check_application(store, plan, application)
    with store.transaction():
        application = _choose_key_mode(store, plan, application, wanted.get("api_key_mode"))
        subscription = _request(store, clock, user, plan, application, wanted.get("request"))
        if plan["validation"] == "AUTO":
            accept(store, clock, subscription, plan, application)
    return get(store, subscription["id"])


def accept(
    store: Store,
    clock: Clock,
    subscription: Row,
    plan: Row,
    application: Row,
    *,
    by: str = SYSTEM,
    reason: str | None = None,
    start: int | None = None,
    end: int | None = None,
    key: str | None = None,
) -> None:
    """Let a pending subscription begin, at `start` (lab ms) or now, with its key.

    Inside a transaction. Raises 400 `apiKey.existing` for a `key` that somebody has.
    """
    now, identity = clock.ms(), subscription["id"]
    store.write(
        "UPDATE subscription SET status = 'ACCEPTED', processed_by = ?, processed_at = ?, "
        "reason = ?, start_at = ?, end_at = ?, updated_at = ? WHERE id = ?",
        *(by, now, reason, now if start is None else start, end, now, identity),
    )
    if plan["security"] == "API_KEY":
        keys.open_for(store, clock, get(store, identity), application, key)


def reject(
    store: Store, clock: Clock, subscription: Row, *, by: str = SYSTEM, reason: str | None = None
) -> None:
    """Refuse a pending subscription. Inside a transaction."""
    now = clock.ms()
    store.write(
        "UPDATE subscription SET status = 'REJECTED', reason = ?, processed_by = ?, "
        "processed_at = ?, closed_at = ?, updated_at = ? WHERE id = ?",
        *(reason, by, now, now, now, subscription["id"]),
    )


def close(store: Store, clock: Clock, subscription: Row, application: Row) -> None:
    """End a subscription and its own keys; a pending one is refused. Inside a transaction."""
    now, identity = clock.ms(), subscription["id"]
    if subscription["status"] == "PENDING":
        reject(store, clock, subscription, reason="Subscription has been closed.")
    elif subscription["status"] in LIVE:
        store.write(
            "UPDATE subscription SET status = 'CLOSED', closed_at = ?, updated_at = ? WHERE id = ?",
            *(now, now, identity),
        )
        if not keys.is_shared(application):
            keys.revoke_all(store, clock, identity)


def ask_again(store: Store, clock: Clock, subscription: Row) -> None:
    """What a consumer's change does to a subscription: a MANUAL plan's waits once more.

    Inside a transaction. Raises 400 `subscription.notUpdatable` when it is over.
    """
    identity = subscription["id"]
    if subscription["status"] == "CLOSED":
        message = f"Subscription [{identity}] is not updatable"
        code = "subscription.notUpdatable"
        raise ManagerError(400, code, message, {"subscription": identity})
    store.write(
        "UPDATE subscription SET updated_at = ?, status = CASE "
        "(SELECT validation FROM plan WHERE plan.id = subscription.plan) "
        "WHEN 'MANUAL' THEN 'PENDING' ELSE status END WHERE id = ?",
        *(clock.ms(), identity),
    )


def _check_plan(store: Store, plan: Row, user: User, wanted: dict) -> None:
    identity, status = plan["id"], plan["status"]
    if status == "DEPRECATED":
        raise _not_subscribable(identity)
    if status == "CLOSED":
        raise _refused("closed", f"Plan {identity} is already closed !", identity)
    if status == "STAGING":
        raise _refused("notPublished", f"Plan {identity} is not yet published !", identity)
    if plan["security"] == "KEY_LESS":
        raise _not_subscribable("A keyless plan is not subscribable!")
    if excluded(plan, user):
        message = "This plan is restricted and cannot be subscribed by the user."
        raise _refused("restricted", message, identity)
    if plan["general_conditions"]:
        _check_conditions(store, plan, wanted)


def _check_conditions(store: Store, plan: Row, wanted: dict) -> None:
    name, seen = plan["name"], wanted.get("general_conditions_content_revision")
    if wanted.get("general_conditions_accepted") is False or seen is None:
        message = f"Plan {name} require acceptance of general conditions !"
        raise _refused("general_conditions_accept", message, name)
    page = store.one("SELECT * FROM page WHERE id = ?", plan["general_conditions"])
    if seen != {"pageId": page["id"], "revision": page["revision"]}:
        message = f'The revision of general condition\'s of plan "{name}" is outdated'
        raise _refused("general_conditions_revision", message, name)


def _check_application(store: Store, plan: Row, application: Row) -> None:
    if application["status"] == "ARCHIVED":
        raise archived(application["name"])
    held = store.all(
        "SELECT p.id, p.security FROM subscription s JOIN plan p ON p.id = s.plan "
        f"WHERE s.application = ? AND s.api = ? AND s.status IN {LIVE}",
        application["id"],
        plan["api"],
    )
    securities = {row["security"] for row in held}
    if plan["id"] in {row["id"] for row in held}:
        message = "There is already a PENDING or ACCEPTED subscription for this plan."
        raise _refused("subscribed", message, plan["id"])
    if plan["security"] in ("JWT", "OAUTH2"):
        _check_token_plan(application, securities)
    elif keys.is_shared(application) and "API_KEY" in securities:
        message = (
            "You cannot subscribe to a second API Key plan on the same API in shared API Key mode"
        )
        raise _refused("notSubscribableWithSharedApiKey", message)


def _check_token_plan(application: Row, securities: set[str]) -> None:
    if securities & {"JWT", "OAUTH2"}:
        message = "An other OAuth2 or JWT plan is already subscribed by the same application."
        raise _refused("otherOAuth2OrJWTSubscribed", message)
    if not (application["client_id"] or "").strip():
        raise _not_subscribable("A client_id is required to subscribe to an OAuth2 or JWT plan.")


def _choose_key_mode(store: Store, plan: Row, application: Row, wanted: str | None) -> Row:
    """Settle the application's key mode with its second subscription, as Gravitee does."""
    if plan["security"] != "API_KEY" or application["api_key_mode"] != "UNSPECIFIED":
        return application
    count = _key_subscriptions(store, application["id"])
    if wanted == "SHARED":
        wanted = {0: None, 1: "SHARED"}.get(count, "EXCLUSIVE")
    elif wanted is None and count > 0:
        wanted = "EXCLUSIVE"
    if wanted is not None:
        store.write(
            "UPDATE application SET api_key_mode = ? WHERE id = ?", wanted, application["id"]
        )
    return store.one("SELECT * FROM application WHERE id = ?", application["id"])


def _key_subscriptions(store: Store, application: str) -> int:
    return store.one(
        "SELECT count(*) FROM subscription s JOIN plan p ON p.id = s.plan "
        f"WHERE s.application = ? AND s.status IN {LIVE} AND p.security = 'API_KEY'",
        application,
    )[0]


def _request(
    store: Store, clock: Clock, user: User, plan: Row, application: Row, comment: str | None
) -> Row:
    identity, now = str(uuid4()), clock.ms()
    store.insert(
        "subscription",
        id=identity,
        api=plan["api"],
        plan=plan["id"],
        application=application["id"],
        status="PENDING",
        request=comment,
        subscribed_by=user.id,
        created_at=now,
        updated_at=now,
    )
    return get(store, identity)


def _not_subscribable(message: str) -> ManagerError:
    return ManagerError(400, "plan.notSubscribable", message)


def _refused(code: str, message: str, plan: str | None = None) -> ManagerError:
    return ManagerError(400, f"plan.{code}", message, {"plan": plan} if plan else None)
