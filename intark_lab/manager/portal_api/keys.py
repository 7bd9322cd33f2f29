"""API keys on the wire."""

from hashlib import md5
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import applications, keys, subscriptions
from intark_lab.manager.portal_api.answers import iso, json, no_content, present
from intark_lab.manager.portal_api.visit import Visit


def renew_key(visit: Visit) -> Response:
    """POST /subscriptions/{subscription}/keys/_renew: 201, the older keys end in two hours."""
    visit.check_json()
    subscription, application = _held(visit)
    with visit.store.transaction():
        key = keys.renew(visit.store, visit.clock, subscription, application)
    return json(shape(visit, key, application), 201)


def revoke_key(visit: Visit) -> Response:
    """POST /subscriptions/{subscription}/keys/{key}/_revoke: the key's value is in the path."""
    subscription, application = _held(visit)
    with visit.store.transaction():
        keys.revoke(visit.store, visit.clock, subscription, application, visit.path["key"])
    return no_content()


def renew_shared_key(visit: Visit) -> Response:
    """POST /applications/{application}/keys/_renew."""
    visit.check_json()
    application = _application(visit)
    with visit.store.transaction():
        key = keys.renew_shared(visit.store, visit.clock, application)
    return json(shape(visit, key, application), 201)


def revoke_shared_key(visit: Visit) -> Response:
    """POST /applications/{application}/keys/{key}/_revoke."""
    application = _application(visit)
    with visit.store.transaction():
        keys.revoke_shared(visit.store, visit.clock, application, visit.path["key"])
    return no_content()


def shapes(visit: Visit, subscription: Row) -> list[dict]:
    """The keys of a subscription, newest first."""
    application = applications.get(visit.store, subscription["application"])
    held = keys.of_subscription(visit.store, subscription["id"])
    return [shape(visit, key, application) for key in held]


def shape(visit: Visit, key: Row, application: Row) -> dict:
    """A key's subscriptions name API and application only, a quirk of Gravitee's KeyMapper."""
    opened = keys.subscriptions_of(visit.store, key["id"])
    return present(
        id=key["id"],
        key=key["key"],
        application={"id": application["id"], "name": application["name"]},
        subscriptions=[{"api": row["api"], "application": row["application"]} for row in opened],
        paused=bool(key["paused"]),
        revoked=bool(key["revoked"]),
        expired=keys.is_expired(key, visit.clock.ms()),
        created_at=iso(key["created_at"]),
        revoked_at=iso(key["revoked_at"]),
        expire_at=iso(key["expire_at"]),
        hash=md5(key["key"].encode(), usedforsecurity=False).hexdigest(),
    )


def _held(visit: Visit) -> tuple[Row, Row]:
    subscription = subscriptions.get(visit.store, visit.path["subscription"])
    holder = subscription["application"]
    return subscription, applications.accessible(visit.store, holder, visit.user)


def _application(visit: Visit) -> Row:
    return applications.accessible(visit.store, visit.path["application"], visit.user)
