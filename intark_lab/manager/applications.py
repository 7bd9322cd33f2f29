"""Applications: what holds access on behalf of a consumer's service."""

from collections import Counter
from sqlite3 import Row
from uuid import uuid4

from intark_lab.clock import Clock
from intark_lab.manager import subscriptions
from intark_lab.manager.errors import (
    ManagerError,
    archived,
    bad_request,
    forbidden,
    invalid_key_mode,
    not_found,
)
from intark_lab.manager.people import User
from intark_lab.store import Store


def of(store: Store, user: User) -> list[Row]:
    """The active applications of a user, by name; all of them for an administrator."""
    return store.all(
        "SELECT * FROM application WHERE status = 'ACTIVE' AND (? OR owner = ?) "
        "ORDER BY name COLLATE NOCASE, created_at",
        user.is_admin,
        user.id,
    )


def get(store: Store, identity: str) -> Row:
    """Raises 404 `application.notFound`."""
    row = store.one("SELECT * FROM application WHERE id = ?", identity)
    if row is None:
        raise not_found("application", identity)
    return row


def may_use(application: Row, user: User) -> bool:
    """An archived application has lost its owner: only administrators still reach it."""
    active = application["status"] == "ACTIVE"
    return user.is_admin or (active and application["owner"] == user.id)


def accessible(store: Store, identity: str, user: User) -> Row:
    """Raises 404 `application.notFound`, 403 `forbidden` for somebody else's."""
    row = get(store, identity)
    if not may_use(row, user):
        raise forbidden()
    return row


def subscription_counts(store: Store) -> Counter[str]:
    """How many subscriptions each application has."""
    rows = store.all("SELECT application, count(*) AS count FROM subscription GROUP BY application")
    return Counter({row["application"]: row["count"] for row in rows})


def create(store: Store, clock: Clock, owner: User, wanted: dict) -> str:
    """The id of a new application. `wanted` is a portal ApplicationInput without nulls.

    Raises 400 `application.invalid`, `application.clientId`, 404 `group.notFound`.
    """
    settings = _simple_settings(wanted)
    for group in wanted.get("groups", ()):
        raise not_found("group", group)
    _check_client_id(store, settings.get("client_id"), but=None)
    identity, now = str(uuid4()), clock.ms()
    with store.transaction():
        store.insert(
            "application",
            id=identity,
            name=wanted["name"],
            description=wanted.get("description"),
            domain=wanted.get("domain"),
            type="SIMPLE",
            app_type=settings.get("type"),
            client_id=settings.get("client_id"),
            owner=owner.id,
            api_key_mode=wanted.get("api_key_mode", "UNSPECIFIED"),
            status="ACTIVE",
            created_at=now,
            updated_at=now,
        )
    return identity


def update(store: Store, clock: Clock, application: Row, wanted: dict) -> None:
    """Give an application the name, texts, settings and key mode of `wanted`.

    Raises 400 `application.archived`, `application.invalid`, `application.clientId`,
    `application.apiKeyMode.invalid`.
    """
    if application["status"] == "ARCHIVED":
        raise archived(application["name"])
    settings = _simple_settings(wanted)
    mode = _new_mode(application, wanted.get("api_key_mode"))
    _check_client_id(store, settings.get("client_id"), but=application["id"])
    if not settings.get("client_id") and _needs_client_id(store, application):
        message = "Can't update application because client_id is missing and it has subscriptions"
        raise ManagerError(400, "application.clientId", message)
    with store.transaction():
        store.write(
            "UPDATE application SET name = ?, description = ?, domain = ?, app_type = ?, "
            "client_id = ?, api_key_mode = ?, updated_at = ? WHERE id = ?",
            wanted["name"],
            wanted.get("description"),
            wanted.get("domain"),
            settings.get("type"),
            settings.get("client_id"),
            mode,
            clock.ms(),
            application["id"],
        )


def archive(store: Store, clock: Clock, application: Row) -> None:
    """Delete, as Gravitee does: close what it subscribes to, and keep it out of sight."""
    held = store.all("SELECT * FROM subscription WHERE application = ?", application["id"])
    with store.transaction():
        for subscription in held:
            subscriptions.close(store, clock, subscription, application)
        store.write(
            "UPDATE application SET status = 'ARCHIVED', updated_at = ? WHERE id = ?",
            clock.ms(),
            application["id"],
        )


def _simple_settings(wanted: dict) -> dict:
    """The settings of a simple application, the one kind there is without client registration."""
    settings = wanted.get("settings", {})
    if ("app" in settings) == ("oauth" in settings):
        message = "Application is defined with a missing type or multiple types (app / oauth)"
        raise ManagerError(400, "application.invalid", message)
    if "oauth" in settings:
        raise bad_request("The client registration is disabled")
    return settings["app"]


def _check_client_id(store: Store, client_id: str | None, but: str | None) -> None:
    taken = client_id and store.one(
        "SELECT 1 FROM application WHERE client_id = ? AND status = 'ACTIVE' AND id IS NOT ?",
        client_id,
        but,
    )
    if taken:
        message = f"An application already exists with client_id [{client_id}]"
        raise ManagerError(400, "application.clientId", message, {"clientId": client_id})


def _needs_client_id(store: Store, application: Row) -> bool:
    return bool(
        store.one(
            "SELECT 1 FROM subscription s JOIN plan p ON p.id = s.plan "
            "WHERE s.application = ? AND p.security IN ('JWT', 'OAUTH2')",
            application["id"],
        )
    )


def _new_mode(application: Row, wanted: str | None) -> str:
    current = application["api_key_mode"]
    if wanted in (None, current) or current == "UNSPECIFIED":
        return wanted or current
    raise invalid_key_mode(
        f"Can't update application {application['id']} API key mode "
        f"because current API Key Mode {current} is not updatable"
    )
