"""The API keys of a subscription, for its provider."""

import re
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import applications, keys
from intark_lab.manager.management_api.answers import Invalid, Violation
from intark_lab.manager.management_api.visit import Visit
from intark_lab.manager.portal_api.answers import json, no_content, present

CUSTOM_KEY = re.compile(r"[^\s#%@\\/;=?|^~,]{8,64}")
"""What Gravitee takes for a key that a provider makes up."""


def list_keys(visit: Visit) -> Response:
    """GET /apis/{api}/subscriptions/{subscription}/apikeys: newest first."""
    row = visit.subscription("R")
    return json([entity(visit, key) for key in keys.of_subscription(visit.store, row["id"])])


def renew_key(visit: Visit) -> Response:
    """POST /apis/{api}/subscriptions/{subscription}/apikeys/_renew: 201, as in the portal."""
    row = visit.subscription("U")
    application = applications.get(visit.store, row["application"])
    with visit.store.transaction():
        key = keys.renew(visit.store, visit.clock, row, application)
    location = visit.url.replace("_renew", key["id"])
    return json(entity(visit, key), 201, {"Location": location})


def revoke_key(visit: Visit) -> Response:
    """DELETE /apis/{api}/subscriptions/{subscription}/apikeys/{key}: 204, by the key's id."""
    row = visit.subscription("U")
    application = applications.get(visit.store, row["application"])
    held = keys.of_subscription(visit.store, row["id"])
    value = next((key["key"] for key in held if key["id"] == visit.path["key"]), "")
    with visit.store.transaction():
        keys.revoke(visit.store, visit.clock, row, application, value)
    return no_content()


def entity(visit: Visit, key: Row) -> dict:
    opened = keys.subscriptions_of(visit.store, key["id"])
    application = applications.get(visit.store, opened[0]["application"])
    return present(
        id=key["id"],
        key=key["key"],
        subscriptions=[
            {"id": row["id"], "api": row["api"], "plan": row["plan"], "status": row["status"]}
            for row in opened
        ],
        application={"id": application["id"], "name": application["name"]},
        created_at=key["created_at"],
        updated_at=key["created_at"],
        expire_at=key["expire_at"],
        revoked=bool(key["revoked"]),
        revoked_at=key["revoked_at"],
        paused=bool(key["paused"]),
        expired=keys.is_expired(key, visit.clock.ms()),
    )


def live_values(visit: Visit, subscription: str) -> list[str]:
    """The keys of a subscription that are neither revoked nor expired."""
    now = visit.clock.ms()
    return [
        key["key"]
        for key in keys.of_subscription(visit.store, subscription)
        if not key["revoked"] and not keys.is_expired(key, now)
    ]


def opened_by(visit: Visit, value: str) -> set[str]:
    """The ids of the subscriptions that a key opens."""
    rows = visit.store.all("SELECT subscription FROM api_key WHERE key = ?", value)
    return {row["subscription"] for row in rows}


def checked(value: str) -> str:
    """A key that a provider made up. Raises Invalid."""
    if not CUSTOM_KEY.fullmatch(value):
        violation = Violation("API Key is not valid", "customApiKey")
        raise Invalid("processApiSubscription.arg1", violation)
    return value
