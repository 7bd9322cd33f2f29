"""An API's plans: sets of rights and limits to subscribe to."""

import json as text
from collections.abc import Iterator
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import catalogue
from intark_lab.manager.portal_api.answers import present
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.visit import Visit

UNITS = {
    "SECONDS": 1,
    "MINUTES": 60,
    "HOURS": 3600,
    "DAYS": 86_400,
    "WEEKS": 7 * 86_400,
    "MONTHS": 30 * 86_400,
}
"""Seconds."""


def list_plans(visit: Visit) -> Response:
    """GET /apis/{api}/plans."""
    api = catalogue.api(visit.store, visit.path["api"], visit.user)
    return listing(visit, catalogue.plans(visit.store, api["id"], visit.user), shape)


def shape(row: Row) -> dict:
    flows = text.loads(row["flows"])
    return present(
        id=row["id"],
        name=row["name"],
        security=row["security"],
        description=row["description"],
        characteristics=text.loads(row["characteristics"]),
        validation=row["validation"],
        order=row["position"],
        comment_required=bool(row["comment_required"]),
        comment_question=row["comment_question"],
        general_conditions=row["general_conditions"],
        mode="STANDARD",
        usage_configuration=present(
            rate_limit=_tightest(flows, "rate-limit", "rate"),
            quota=_tightest(flows, "quota", "quota"),
        ),
    )


def _tightest(flows: list[dict], policy: str, field: str) -> dict | None:
    """The limit with the longest time between two calls, None where there is no limit.

    A limit that each call works out for itself (`dynamicLimit`) has no number to tell.
    """
    rates = [step["configuration"][field] for step in _steps(flows, policy)]
    limits = [_shape_of_limit(rate) for rate in rates if rate.get("limit")]
    return max(limits, key=_seconds_a_call, default=None)


def _steps(flows: list[dict], policy: str) -> Iterator[dict]:
    """The enabled steps of a policy on a call's way in."""
    for flow in flows:
        if flow.get("enabled", True):
            for step in flow.get("pre", ()):
                if step["policy"] == policy and step.get("enabled", True):
                    yield step


def _shape_of_limit(rate: dict) -> dict:
    return {
        "limit": rate["limit"],
        "period_time": rate["periodTime"],
        "period_time_unit": rate["periodTimeUnit"],
    }


def _seconds_a_call(limit: dict) -> float:
    return limit["period_time"] * UNITS[limit["period_time_unit"]] / limit["limit"]
