"""Who uses an API, what an application uses, and how much."""

from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import analytics, applications, catalogue, subscriptions
from intark_lab.manager.errors import not_found
from intark_lab.manager.portal_api import apis
from intark_lab.manager.portal_api import applications as application_shapes
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.visit import Visit
from intark_lab.manager.usage import Span

WEEK = 7 * 24 * 60 * 60 * 1000
"""ms"""


async def get_metrics(visit: Visit) -> Response:
    """GET /apis/{api}/metrics: subscribers, and calls of the last seven days.

    `health` is the share of those calls that did not end in a 5xx: the lab has no health checks,
    from which Gravitee takes it.
    """
    api = catalogue.api(visit.store, visit.path["api"], visit.user)["id"]
    statuses = await analytics.group_by(visit.traffic, _week(visit, api=api), "status")
    hits = sum(statuses.values())
    failed = sum(calls for status, calls in statuses.items() if int(status) >= 500)
    health = 1 - failed / hits if hits else 1.0
    count = catalogue.subscribers(visit.store)[api]
    return json({"subscribers": count, "hits": hits, "health": health})


async def list_subscribers(visit: Visit) -> Response:
    """GET /apis/{api}/subscribers: the user's applications, for the API's owner all of them."""
    api = catalogue.api(visit.store, visit.path["api"], visit.user)
    holders = {row["application"] for row in _subscriptions(visit, "api", api["id"])}
    seen = catalogue.owned_or_own(visit.store, api, visit.user)
    rows = _by_hits(
        [row for row in seen if row["id"] in holders],
        await analytics.group_by(visit.traffic, _week(visit, api=api["id"]), "application"),
    )
    return listing(visit, rows, lambda row: application_shapes.shape(visit, row))


async def list_subscribed(visit: Visit) -> Response:
    """GET /applications/{application}/subscribers: the APIs that it has asked for.

    Somebody else's application is not found: the portal's documents have no 403 here.
    """
    application = visit.path["application"]
    if not applications.may_use(applications.get(visit.store, application), visit.user):
        raise not_found("application", application)
    asked = {row["api"] for row in _subscriptions(visit, "application", application)}
    everything = visit.store.all("SELECT * FROM api ORDER BY name COLLATE NOCASE")
    rows = _by_hits(
        [row for row in everything if row["id"] in asked],
        await analytics.group_by(visit.traffic, _week(visit, application=application), "api"),
    )
    return listing(visit, rows, lambda row: apis.shape(visit, row))


def _week(visit: Visit, **root: str) -> Span:
    now = visit.clock.ms()
    return Span(now - WEEK, now, **root)


def _subscriptions(visit: Visit, column: str, identity: str) -> list[Row]:
    statuses = visit.choices("statuses", subscriptions.STATUSES)
    rows = visit.store.all(f"SELECT * FROM subscription WHERE {column} = ?", identity)
    return [row for row in rows if not statuses or row["status"] in statuses]


def _by_hits(rows: list[Row], hits: dict[str, int]) -> list[Row]:
    """The most used first; those without a call keep their order at the end."""
    return sorted(rows, key=lambda row: -hits.get(row["id"], 0))
