"""API keys: made with a subscription, renewed with two hours of overlap, revoked at once.

A key opens the subscription it was made for. An application in SHARED mode has one key for all of
its subscriptions: rows with the same id, a row for each. What writes, writes inside a transaction.
"""

import hmac
from sqlite3 import Row
from uuid import uuid4

from intark_lab.clock import Clock
from intark_lab.manager.errors import ManagerError, invalid_key_mode, key_not_found
from intark_lab.store import Store

OVERLAP = 2 * 60 * 60 * 1000
"""How long older keys live on after a renewal, ms (Gravitee has it in its code)."""

_NEWEST_FIRST = "ORDER BY created_at DESC, rowid DESC"


def of_subscription(store: Store, subscription: str) -> list[Row]:
    """Its keys, newest first."""
    return store.all(f"SELECT * FROM api_key WHERE subscription = ? {_NEWEST_FIRST}", subscription)


def subscriptions_of(store: Store, key: str) -> list[Row]:
    """The subscriptions that the key with this id opens."""
    return store.all(
        "SELECT s.* FROM subscription s JOIN api_key k ON k.subscription = s.id WHERE k.id = ?", key
    )


def is_expired(key: Row, now: int) -> bool:
    return key["expire_at"] is not None and key["expire_at"] < now


def is_shared(application: Row) -> bool:
    return application["api_key_mode"] == "SHARED"


def open_for(
    store: Store, clock: Clock, subscription: Row, application: Row, value: str | None = None
) -> None:
    """Give a subscription that was just accepted its key: a new one, or the shared one.

    A new one is `value` where the provider chose one. Raises 400 `apiKey.existing`.
    """
    if value is not None:
        _check_unused(store, value, subscription)
    if is_shared(application) and _of_application(store, application["id"]):
        store.write(
            "INSERT INTO api_key(id, key, subscription, created_at, expire_at, revoked, revoked_at)"
            " SELECT DISTINCT k.id, k.key, ?, k.created_at, k.expire_at, k.revoked, k.revoked_at"
            " FROM api_key k JOIN subscription s ON s.id = k.subscription WHERE s.application = ?",
            subscription["id"],
            application["id"],
        )
    else:
        _make(store, clock.ms(), [subscription["id"]], subscription["end_at"], value)


def renew(store: Store, clock: Clock, subscription: Row, application: Row) -> Row:
    """A new key beside the older ones, which end `OVERLAP` later, or with the subscription.

    Raises 400 `application.apiKeyMode.invalid` in SHARED mode, `subscription.closed` when the
    subscription is neither accepted nor paused, or over.
    """
    _check_exclusive(application)
    now, end = clock.ms(), subscription["end_at"]
    if subscription["status"] not in ("ACCEPTED", "PAUSED") or (end is not None and end < now):
        identity = subscription["id"]
        message = f"Subscription [{identity}] is closed. You must request for a new subscription"
        raise ManagerError(400, "subscription.closed", message, {"subscription": identity})
    expiry = now + OVERLAP if end is None else min(now + OVERLAP, end)
    _expire(store, of_subscription(store, subscription["id"]), expiry, now)
    return _make(store, now, [subscription["id"]], end)


def renew_shared(store: Store, clock: Clock, application: Row) -> Row:
    """As `renew`, for the one key of all of an application's subscriptions.

    Raises 400 `application.apiKeyMode.invalid` when the application is not in SHARED mode.
    """
    if not is_shared(application):
        raise invalid_key_mode(
            "Can't renew an API Key on application that doesn't use shared API Key mode"
        )
    older, now = _of_application(store, application["id"]), clock.ms()
    _expire(store, older, now + OVERLAP, now)
    return _make(store, now, sorted({key["subscription"] for key in older}), None)


def revoke(store: Store, clock: Clock, subscription: Row, application: Row, value: str) -> None:
    """End a key of a subscription at once.

    Raises 404 `apiKey.notFound`, 400 `apiKey.expired`, `application.apiKeyMode.invalid`.
    """
    for key in of_subscription(store, subscription["id"]):
        if _is_same(key["key"], value):
            _check_exclusive(application)
            return _revoke(store, clock.ms(), key)
    raise key_not_found()


def revoke_shared(store: Store, clock: Clock, application: Row, name: str) -> None:
    """End a shared key, named by its id or its value, at once.

    Raises 404 `apiKey.notFound`, 400 `apiKey.expired`, `application.apiKeyMode.invalid`.
    """
    if not is_shared(application):
        raise invalid_key_mode(
            "Can't revoke an API Key on application that doesn't use shared API Key mode"
        )
    for key in _of_application(store, application["id"]):
        if name == key["id"] or _is_same(key["key"], name):
            return _revoke(store, clock.ms(), key)
    raise key_not_found()


def revoke_all(store: Store, clock: Clock, subscription: str) -> None:
    """End every live key of a subscription at once."""
    store.write(
        "UPDATE api_key SET revoked = 1, revoked_at = ? WHERE subscription = ? AND NOT revoked",
        clock.ms(),
        subscription,
    )


def set_paused(store: Store, subscription: str, paused: bool) -> None:
    """Pause or resume every live key of a subscription."""
    store.write(
        "UPDATE api_key SET paused = ? WHERE subscription = ? AND NOT revoked",
        *(int(paused), subscription),
    )


def end_at(store: Store, clock: Clock, subscription: str, end: int) -> None:
    """Let every live key of a subscription end at `end` (lab ms)."""
    _expire(store, of_subscription(store, subscription), end, clock.ms())


def _of_application(store: Store, application: str) -> list[Row]:
    return store.all(
        "SELECT k.* FROM api_key k JOIN subscription s ON s.id = k.subscription "
        "WHERE s.application = ? ORDER BY k.created_at DESC",
        application,
    )


def _is_same(known: str, given: str) -> bool:
    """Compared in a time that tells nothing of a key."""
    return hmac.compare_digest(known.encode(), given.encode())


def _check_exclusive(application: Row) -> None:
    if is_shared(application):
        raise invalid_key_mode(
            f"Invalid operation for API Key mode [SHARED] of application [{application['id']}]"
        )


def _check_unused(store: Store, value: str, subscription: Row) -> None:
    """A value may serve the subscriptions of one application, each to another API."""
    taken = store.one(
        "SELECT 1 FROM api_key k JOIN subscription s ON s.id = k.subscription "
        "WHERE k.key = ? AND (s.application <> ? OR s.api = ?)",
        *(value, subscription["application"], subscription["api"]),
    )
    if taken:
        raise ManagerError(400, "apiKey.existing", "API key already exists")


def _make(
    store: Store, now: int, subscriptions: list[str], end: int | None, value: str | None = None
) -> Row:
    identity, value = str(uuid4()), value or str(uuid4())
    for subscription in subscriptions:
        store.insert(
            "api_key",
            id=identity,
            key=value,
            subscription=subscription,
            created_at=now,
            expire_at=end,
        )
    return store.one("SELECT * FROM api_key WHERE id = ?", identity)


def _expire(store: Store, keys: list[Row], at: int, now: int) -> None:
    for key in keys:
        if not key["revoked"] and not is_expired(key, now):
            store.write("UPDATE api_key SET expire_at = ? WHERE id = ?", at, key["id"])


def _revoke(store: Store, now: int, key: Row) -> None:
    if key["revoked"] or is_expired(key, now):
        raise ManagerError(400, "apiKey.expired", "API Key is already expired")
    store.write("UPDATE api_key SET revoked = 1, revoked_at = ? WHERE id = ?", now, key["id"])
