"""Plans: sets of rights and limits, from staging to closed."""

import json as text
from collections.abc import Callable
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.clock import Clock
from intark_lab.manager import apis, members, plans
from intark_lab.manager.errors import forbidden, invalid_data
from intark_lab.manager.management_api.answers import Plain
from intark_lab.manager.management_api.entities import plan_entity
from intark_lab.manager.management_api.visit import Visit, require_fields
from intark_lab.manager.portal_api.answers import json, no_content
from intark_lab.manager.portal_api.bodies import ANY, FLAG, TEXT, WHOLE, in_any_case
from intark_lab.store import Store

CHANGED = {
    "id": TEXT,
    "crossId": TEXT,
    "name": TEXT,
    "description": TEXT,
    "validation": in_any_case(*plans.VALIDATIONS),
    "securityDefinition": TEXT,
    "paths": ANY,
    "flows": ANY,
    "characteristics": [TEXT],
    "excluded_groups": [TEXT],
    "comment_required": FLAG,
    "comment_message": TEXT,
    "general_conditions": TEXT,
    "tags": [TEXT],
    "selection_rule": TEXT,
    "order": WHOLE,
}
NEW = CHANGED | {
    "security": in_any_case(*plans.SECURITIES),
    "status": in_any_case(*plans.STATUSES),
    "type": TEXT,
    "api": TEXT,
}
ENTITY = NEW | dict.fromkeys(("created_at", "updated_at", "published_at", "closed_at"), WHOLE)
"""A plan as it came out, on its way back with its API."""


def list_plans(visit: Visit) -> Response:
    """GET /apis/{api}/plans: the published ones, unless `status` lists others."""
    row = apis.get(visit.store, visit.path["api"])
    if not any(members.may(visit.store, row, visit.user, noun, "R") for noun in ("PLAN", "LOG")):
        raise forbidden()
    statuses = {status.upper() for status in visit.words("status")} or {"PUBLISHED"}
    securities = {security.upper() for security in visit.words("security")}
    shown = [
        plan_entity(plan)
        for plan in plans.of(visit.store, row["id"])
        if plan["status"] in statuses and (not securities or plan["security"] in securities)
    ]
    return json(shown)


def create_plan(visit: Visit) -> Response:
    """POST /apis/{api}/plans: 201; with an API key and in staging unless asked otherwise."""
    row = visit.api("PLAN", "C")
    body = visit.json(NEW, "createApiPlan")
    require_fields("createApiPlan", body, "name", "description")
    asked = {name: body[name] for name in ("security", "status") if name in body}
    plan = plans.create(visit.store, visit.clock, row, columns({"flows": []} | body) | asked)
    return json(plan_entity(plan), 201, {"Location": f"{visit.url}/{plan['id']}"})


def get_plan(visit: Visit) -> Response:
    """GET /apis/{api}/plans/{plan}: for everybody where the API is public."""
    row = apis.get(visit.store, visit.path["api"])
    if row["visibility"] != "PUBLIC":
        members.require(visit.store, row, visit.user, "PLAN", "R")
    return json(plan_entity(_plan(visit, row)))


def update_plan(visit: Visit) -> Response:
    """PUT /apis/{api}/plans/{plan}. Raises Plain for another plan's id in the body."""
    row = visit.api("PLAN", "U")
    body = visit.json(CHANGED, "updateApiPlan")
    require_fields("updateApiPlan", body, "name", "description", "validation")
    if body.get("id", visit.path["plan"]) != visit.path["plan"]:
        raise Plain("'plan' parameter does not correspond to the plan to update")
    return json(
        plan_entity(plans.update(visit.store, visit.clock, _plan(visit, row), columns(body)))
    )


def delete_plan(visit: Visit) -> Response:
    """DELETE /apis/{api}/plans/{plan}: 204."""
    row = visit.api("PLAN", "D")
    plans.delete(visit.store, _plan(visit, row))
    return no_content()


def publish_plan(visit: Visit) -> Response:
    """POST /apis/{api}/plans/{plan}/_publish: 200. Calls get through after the next deploy."""
    return _step(visit, plans.publish)


def deprecate_plan(visit: Visit) -> Response:
    """POST /apis/{api}/plans/{plan}/_deprecate: 200."""
    return _step(visit, plans.deprecate)


def close_plan(visit: Visit) -> Response:
    """POST /apis/{api}/plans/{plan}/_close: 200, its subscriptions are closed."""
    return _step(visit, plans.close)


def columns(body: dict) -> dict:
    """A plan on the wire as columns of the store. Raises 400 `data.invalid`."""
    plain = {name: body[name] for name in ("name", "description", "validation") if name in body}
    return plain | {
        "characteristics": text.dumps(body.get("characteristics", [])),
        "excluded_groups": text.dumps(body.get("excluded_groups", [])),
        "comment_required": int(body.get("comment_required", False)),
        "comment_question": body.get("comment_message"),
        "general_conditions": body.get("general_conditions"),
        "selection_rule": body.get("selection_rule"),
        "security_definition": _security_definition(body.get("securityDefinition")),
        "flows": text.dumps(body["flows"]) if "flows" in body else None,
        "position": body.get("order", 0),
    }


def _step(visit: Visit, step: Callable[[Store, Clock, Row], Row]) -> Response:
    row = visit.api("PLAN", "U")
    return json(plan_entity(step(visit.store, visit.clock, _plan(visit, row))))


def _plan(visit: Visit, api: Row) -> Row:
    """Raises 404 `plan.notFound`, Plain for a plan of another API."""
    row = plans.get(visit.store, visit.path["plan"])
    if row["api"] != api["id"]:
        raise Plain("'plan' parameter does not correspond to the current API")
    return row


def _security_definition(written: str | None) -> str:
    """Gravitee keeps it as a text with JSON in it."""
    try:
        definition = text.loads(written or "{}")
    except ValueError:
        definition = None
    if not isinstance(definition, dict):
        raise invalid_data("[securityDefinition] must be a text with a JSON object")
    return text.dumps(definition)
