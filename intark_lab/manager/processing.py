"""What a provider does with subscriptions: answer, change, pause, resume, move to another plan."""

from sqlite3 import Row

from intark_lab.clock import Clock
from intark_lab.manager import applications, keys, plans, subscriptions
from intark_lab.manager.errors import ManagerError
from intark_lab.store import Store


def process(
    store: Store,
    clock: Clock,
    subscription: Row,
    accepted: bool,
    by: str,
    *,
    reason: str | None = None,
    start: int | None = None,
    end: int | None = None,
    key: str | None = None,
) -> Row:
    """Answer a pending request. Instants are lab ms; `by` is a user's id.

    Raises 400 `subscription.processed` for one that was answered before (as 3.20 does; 4.x
    answers 500), `plan.closed`, `apiKey.existing`.
    """
    identity = subscription["id"]
    if subscription["status"] != "PENDING":
        message = "This subscription has already been processed."
        raise ManagerError(400, "subscription.processed", message, {"subscription": identity})
    plan = plans.get(store, subscription["plan"])
    if plan["status"] == "CLOSED":
        message = f"Plan {plan['id']} is already closed !"
        raise ManagerError(400, "plan.closed", message, {"plan": plan["id"]})
    application = applications.get(store, subscription["application"])
    answer = {"by": by, "reason": reason}
    with store.transaction():
        if accepted:
            dates = {"start": start, "end": end, "key": key}
            subscriptions.accept(store, clock, subscription, plan, application, **answer, **dates)
        else:
            subscriptions.reject(store, clock, subscription, **answer)
    return subscriptions.get(store, identity)


def close(store: Store, clock: Clock, subscription: Row) -> Row:
    """End a subscription, or refuse a pending one; one that is over stays as it is."""
    application = applications.get(store, subscription["application"])
    with store.transaction():
        subscriptions.close(store, clock, subscription, application)
    return subscriptions.get(store, subscription["id"])


def pause(store: Store, clock: Clock, subscription: Row) -> Row:
    """Stop an accepted subscription and its own keys for a while.

    Raises 400 `subscription.notPausable`.
    """
    identity, status = subscription["id"], subscription["status"]
    if status != "ACCEPTED":
        message = f"Subscription [{identity}] can not be paused because of its status: {status}"
        parameters = {"subscription": identity, "status": status}
        raise ManagerError(400, "subscription.notPausable", message, parameters)
    application = applications.get(store, subscription["application"])
    now = clock.ms()
    with store.transaction():
        store.write(
            "UPDATE subscription SET status = 'PAUSED', paused_at = ?, updated_at = ? WHERE id = ?",
            *(now, now, identity),
        )
        if not keys.is_shared(application):
            keys.set_paused(store, identity, True)
    return subscriptions.get(store, identity)


def resume(store: Store, clock: Clock, subscription: Row) -> Row:
    """Let a paused subscription go on. Raises 400 `subscription.notPaused`."""
    identity = subscription["id"]
    if subscription["status"] != "PAUSED":
        message = f"Subscription [{identity}] cannot be resumed because currently not paused"
        raise ManagerError(400, "subscription.notPaused", message, {"subscription": identity})
    with store.transaction():
        store.write(
            "UPDATE subscription SET status = 'ACCEPTED', paused_at = NULL, updated_at = ? "
            "WHERE id = ?",
            *(clock.ms(), identity),
        )
        keys.set_paused(store, identity, False)
    return subscriptions.get(store, identity)


def change_dates(
    store: Store, clock: Clock, subscription: Row, start: int | None, end: int | None
) -> Row:
    """Give a live subscription other limits; its own live keys end with it.

    Raises 400 `subscription.notUpdatable`.
    """
    identity = subscription["id"]
    if subscription["status"] not in subscriptions.LIVE:
        message = f"Subscription [{identity}] cannot be updated because of its status."
        raise ManagerError(400, "subscription.notUpdatable", message, {"subscription": identity})
    application = applications.get(store, subscription["application"])
    with store.transaction():
        store.write(
            "UPDATE subscription SET start_at = ?, end_at = ?, updated_at = ? WHERE id = ?",
            *(start, end, clock.ms(), identity),
        )
        if end is not None and not keys.is_shared(application):
            keys.end_at(store, clock, identity, end)
    return subscriptions.get(store, identity)


def transfer(store: Store, clock: Clock, subscription: Row, target: str) -> Row:
    """Move a subscription to another published plan of the same API and security.

    Raises 404 `plan.notFound`, 400 `plan.transferNotAllowed`.
    """
    plan = plans.get(store, target)
    before = plans.get(store, subscription["plan"])
    alike = plan["api"] == before["api"] and plan["security"] == before["security"]
    if not alike or plan["status"] != "PUBLISHED" or plan["general_conditions"]:
        message = f"The plan [{target}] cannot be transferred."
        raise ManagerError(400, "plan.transferNotAllowed", message, {"plan": target})
    with store.transaction():
        store.write(
            "UPDATE subscription SET plan = ?, updated_at = ? WHERE id = ?",
            *(target, clock.ms(), subscription["id"]),
        )
    return subscriptions.get(store, subscription["id"])
