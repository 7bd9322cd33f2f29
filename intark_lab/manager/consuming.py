"""What a consumer does with a running subscription: stop it for a while, and start it again.

It is apart from what the provider does (`processing.pause`): calls pass while neither has stopped
it. Gravitee 4.x offers this for message APIs alone; the portal's documents for any subscription,
and so does the lab.
"""

from sqlite3 import Row

from intark_lab.clock import Clock
from intark_lab.manager import subscriptions
from intark_lab.manager.errors import ManagerError
from intark_lab.store import Store

STARTED, STOPPED = "STARTED", "STOPPED"


def status(subscription: Row) -> str:
    return STARTED if subscription["consumer_paused_at"] is None else STOPPED


def stop(store: Store, clock: Clock, subscription: Row) -> Row:
    """The gateway refuses its calls from now on. Raises 400 `subscription.notPausable`."""
    return _turn(store, clock, subscription, STOPPED)


def start(store: Store, clock: Clock, subscription: Row) -> Row:
    """Go on. Raises 400 `subscription.notPaused`."""
    return _turn(store, clock, subscription, STARTED)


def _turn(store: Store, clock: Clock, subscription: Row, wanted: str) -> Row:
    identity, now = subscription["id"], clock.ms()
    if status(subscription) == wanted or subscription["status"] not in subscriptions.LIVE:
        raise _refused(subscription, wanted)
    with store.transaction():
        store.write(
            "UPDATE subscription SET consumer_paused_at = ?, updated_at = ? WHERE id = ?",
            *(now if wanted == STOPPED else None, now, identity),
        )
    return subscriptions.get(store, identity)


def _refused(subscription: Row, wanted: str) -> ManagerError:
    identity, names = subscription["id"], {"subscription": subscription["id"]}
    if wanted == STARTED:
        message = f"Subscription [{identity}] cannot be resumed because currently not paused"
        return ManagerError(400, "subscription.notPaused", message, names)
    message = f"Subscription [{identity}] can not be paused because of its status"
    names["status"] = subscription["status"]
    return ManagerError(400, "subscription.notPausable", message, names)
