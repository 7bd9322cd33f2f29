"""APIs on the wire: Gravitee's ApiEntity, and the shorter item of a list."""

import json as text
from sqlite3 import Row

from intark_lab import deploying
from intark_lab.manager import members, people, plans
from intark_lab.manager.management_api.visit import Visit
from intark_lab.manager.portal_api.answers import present

GRAVITEE = "2.0.0"
"""The version of the API definitions that IntArk uses."""

DEFINED = {
    "flow_mode": "DEFAULT",
    "flows": [],
    "resources": [],
    "properties": [],
    "services": {},
    "tags": [],
    "path_mappings": ["/"],
    "response_templates": {},
}
"""What an API's definition holds beside its proxy, where the provider says nothing."""

_FLOW = {
    "name": "",
    "path-operator": {"path": "/", "operator": "STARTS_WITH"},
    "condition": "",
    "consumers": [],
    "methods": [],
    "pre": [],
    "post": [],
    "enabled": True,
}
_STEP = {"name": "", "description": "", "enabled": True, "configuration": {}}


def api_entity(visit: Visit, row: Row) -> dict:
    """All of an API for those who may read its definition, else what the catalogue shows."""
    if not members.may(visit.store, row, visit.user, "DEFINITION", "R"):
        return _common(visit, row) | {"proxy": {"virtual_hosts": [{"path": row["context_path"]}]}}
    written = text.loads(row["definition"])
    defined = {name: written.get(name, default) for name, default in DEFINED.items()}
    return _common(visit, row) | present(
        proxy={"virtual_hosts": [{"path": row["context_path"]}], **written["proxy"]},
        **defined | {"flows": [flow_entity(flow) for flow in defined["flows"]]},
        plans=[plan_entity(plan) for plan in plans.of(visit.store, row["id"])],
        deployed_at=deploying.deployed_at(visit.store, row["id"]),
    )


def list_item(visit: Visit, row: Row) -> dict:
    return present(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        description=row["description"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        visibility=row["visibility"],
        state=row["state"],
        owner=owner(visit, row),
        role=members.role(visit.store, row, visit.user),
        virtual_hosts=[{"path": row["context_path"]}],
        categories=text.loads(row["categories"]),
        labels=text.loads(row["labels"]),
        numberOfRatings=0,
        tags=[],
        lifecycle_state=row["lifecycle"],
        context_path=row["context_path"],
        healthcheck_enabled=False,
        gravitee=GRAVITEE,
    )


def plan_entity(row: Row) -> dict:
    security = row["security_definition"]
    return present(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        validation=row["validation"],
        security=row["security"],
        securityDefinition=None if security == "{}" else security,
        type="API",
        status=row["status"],
        api=row["api"],
        order=row["position"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        published_at=row["published_at"],
        closed_at=row["closed_at"],
        paths={},
        flows=[flow_entity(flow) for flow in text.loads(row["flows"])],
        characteristics=text.loads(row["characteristics"] or "[]"),
        excluded_groups=text.loads(row["excluded_groups"]),
        comment_required=bool(row["comment_required"]),
        comment_message=row["comment_question"],
        general_conditions=row["general_conditions"],
        selection_rule=row["selection_rule"],
        tags=[],
    )


def flow_entity(flow: dict) -> dict:
    """A flow with every field that Gravitee's has."""
    steps = {phase: [_STEP | step for step in flow.get(phase) or ()] for phase in ("pre", "post")}
    return _FLOW | flow | steps


def owner(visit: Visit, row: Row) -> dict:
    user = people.by_id(visit.store, row["owner"])
    return {
        "id": user.id,
        "email": user.email,
        "displayName": user.display_name,
        "type": "USER",
    }


def _common(visit: Visit, row: Row) -> dict:
    return present(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        description=row["description"],
        groups=[],
        context_path=row["context_path"],
        gravitee=GRAVITEE,
        execution_mode="v3",
        definition_context={"origin": "MANAGEMENT", "mode": "FULLY_MANAGED"},
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        visibility=row["visibility"],
        state=row["state"],
        owner=owner(visit, row),
        categories=text.loads(row["categories"]),
        labels=text.loads(row["labels"]),
        lifecycle_state=row["lifecycle"],
        disable_membership_notifications=False,
        entrypoints=[{"tags": [], "target": visit.gateway_url + row["context_path"]}],
    )
