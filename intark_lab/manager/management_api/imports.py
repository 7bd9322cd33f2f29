"""APIs from documents: OpenAPI documents and export files; and the export file of an API."""

import asyncio
import re
from sqlite3 import Row

import orjson
from starlette.responses import Response

from intark_lab.fetching import fetch, on_this_machine
from intark_lab.manager import apis, definitions, members, openapi, pages, plans
from intark_lab.manager.apis import Wanted
from intark_lab.manager.errors import ManagerError, invalid_data
from intark_lab.manager.management_api.apis import (
    CHANGED,
    context_path,
    created,
    require_publisher,
    tagged,
    wanted_of,
)
from intark_lab.manager.management_api.entities import api_entity
from intark_lab.manager.management_api.pages import NEW as PAGE
from intark_lab.manager.management_api.pages import columns as page_columns
from intark_lab.manager.management_api.pages import entity as page_entity
from intark_lab.manager.management_api.plans import ENTITY as PLAN
from intark_lab.manager.management_api.plans import columns as plan_columns
from intark_lab.manager.management_api.visit import Visit, require_fields
from intark_lab.manager.openapi import Described
from intark_lab.manager.portal_api import bodies
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.bodies import ANY, FLAG, TEXT, Map, in_any_case

DESCRIPTOR = {
    "payload": TEXT,
    "type": in_any_case("INLINE", "URL"),
    "format": in_any_case("API", "WSDL"),
    "with_documentation": FLAG,
    "with_path_mapping": FLAG,
    "with_policy_paths": FLAG,
    "with_policies": [TEXT],
}
LEFT_OUT = ("deployed_at", "created_at", "updated_at", "state", "entrypoints", "owner")
"""What an export file does not carry from one installation to another."""

LARGE = 50_000
"""Characters."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def import_swagger(visit: Visit) -> Response:
    """POST /apis/import/swagger: 201."""
    require_publisher(visit)
    descriptor = await _descriptor(visit, "importSwaggerApi")
    described = await _read(descriptor["payload"])
    wanted = _wanted(described, descriptor)
    row = apis.create(visit.store, visit.clock, visit.user, wanted)
    _document(visit, row, descriptor)
    return created(visit, row)


async def update_from_swagger(visit: Visit) -> Response:
    """PUT /apis/{api}/import/swagger, in older scripts POST: names, paths and documentation from
    the document, the backend as it was.
    """
    row = visit.api("DEFINITION", "U")
    descriptor = await _descriptor(visit, "updateApiWithSwaggerPUT")
    wanted = _wanted(await _read(descriptor["payload"]), descriptor)
    wanted.context_path = row["context_path"]
    wanted.definition["proxy"] = orjson.loads(row["definition"])["proxy"]
    wanted.labels = wanted.labels or None
    wanted.categories = wanted.categories or None
    row = apis.update(visit.store, visit.clock, row, wanted)
    _document(visit, row, descriptor)
    return tagged(visit, row)


def import_definition(visit: Visit) -> Response:
    """POST /apis/import: 200, from an export file."""
    require_publisher(visit)
    body, api_plans, api_pages = _export_file(visit, "importApiDefinition")
    wanted = wanted_of(body, context_path(body["proxy"]))
    identity = orjson.loads(visit.body).get("id")
    if isinstance(identity, str) and _UUID.fullmatch(identity):
        wanted.id = identity
    row = apis.create(visit.store, visit.clock, visit.user, wanted)
    for plan in api_plans:
        _new_plan(visit, row, plan)
    for page in api_pages:
        columns = page_columns(page) | {"parent": None}
        pages.create(visit.store, visit.clock, row["id"], page["type"], columns)
    return json(api_entity(visit, row))


def update_definition(visit: Visit) -> Response:
    """PUT /apis/{api}/import: an API as an export file has it; plans by id, new ones added."""
    row = visit.api("DEFINITION", "U")
    body, api_plans, _ = _export_file(visit, "updateWithDefinitionPUT")
    row = apis.update(visit.store, visit.clock, row, wanted_of(body, context_path(body["proxy"])))
    known = {plan["id"]: plan for plan in plans.of(visit.store, row["id"])}
    for plan in api_plans:
        if (there := known.get(plan.get("id"))) is not None:
            columns = {"validation": there["validation"]} | _plan_columns(plan)
            plans.update(visit.store, visit.clock, there, columns)
        else:
            _new_plan(visit, row, plan)
    return tagged(visit, row)


def export_definition(visit: Visit) -> Response:
    """GET /apis/{api}/export?exclude=plans,pages,members,groups: a file to import elsewhere."""
    row = visit.api("DEFINITION", "R")
    exported = api_entity(visit, row) | {
        "pages": [page_entity(page) for page in pages.of(visit.store, row["id"])],
        "members": [
            {"source": "memory", "sourceId": user.username, "roles": [role]}
            for user, role in members.of(visit.store, row)
        ],
    }
    left_out = {*LEFT_OUT, *visit.words("exclude")}
    kept = {name: value for name, value in exported.items() if name not in left_out}
    file = re.sub(r"[^\w.]+", "-", f"{row['name']}-{row['version']}".lower(), flags=re.ASCII)
    headers = {"Content-Disposition": f"attachment;filename={file}.json"}
    return json(kept, 200, headers)


async def _descriptor(visit: Visit, method: str) -> dict:
    """What is to be imported, fetched where it is a URL. Raises 400 `swagger.invalid`."""
    descriptor = visit.json(DESCRIPTOR, method)
    require_fields(method, descriptor, "payload")
    if descriptor.get("format") == "WSDL":
        raise ManagerError(400, "swagger.invalid", "Swagger descriptor: bad format")
    if descriptor.get("type") == "URL":
        anywhere = visit.institution.backends.anywhere
        descriptor["payload"] = await _fetched(descriptor["payload"], anywhere)
    return descriptor


async def _read(payload: str) -> Described:
    """A large document is read beside the event loop: as YAML it takes seconds."""
    if len(payload) < LARGE:
        return openapi.read(payload)
    return await asyncio.to_thread(openapi.read, payload)


async def _fetched(url: str, anywhere: bool) -> str:
    """The document at a URL, on this machine unless the lab may call beyond it. Raises 400."""
    try:
        if not anywhere and not on_this_machine(url):
            raise ManagerError(400, "url.invalid", f"The url [{url}] is not allowed", {"url": url})
        return (await fetch(url, anywhere)).decode()
    except (OSError, ValueError) as error:
        raise openapi.malformed() from error


def _wanted(described: Described, descriptor: dict) -> Wanted:
    definition = {"proxy": described.proxy, "path_mappings": ["/"]}
    if descriptor.get("with_path_mapping"):
        definition["path_mappings"] = list(described.paths) or ["/"]
    if descriptor.get("with_policy_paths"):
        definition["flows"] = described.flows
    return Wanted(
        described.name,
        described.version,
        described.description,
        described.context_path,
        definition,
        visibility=described.visibility,
        labels=described.labels,
        categories=described.categories,
    )


def _document(visit: Visit, api: Row, descriptor: dict) -> None:
    """Keep the document as the API's page `Swagger`: a new one is not published yet."""
    if not descriptor.get("with_documentation"):
        return
    content = {"content": descriptor["payload"]}
    there = [page for page in pages.of(visit.store, api["id"]) if page["type"] == "SWAGGER"]
    if there:
        pages.update(visit.store, visit.clock, there[0], content)
    else:
        named = {"name": "Swagger", **content}
        pages.create(visit.store, visit.clock, api["id"], "SWAGGER", named)


def _export_file(visit: Visit, method: str) -> tuple[dict, list[dict], list[dict]]:
    """An API, its plans and its pages. What an export file holds beside is passed over."""
    body = definitions.flows_of(visit.json(Map(ANY), method))
    api = _known(body, {name: kind for name, kind in CHANGED.items() if name != "plans"})
    require_fields(method, api, "name", "version", "description", "proxy")
    api["proxy"] = definitions.proxy_of(api["proxy"])
    api_plans = [_known(definitions.flows_of(plan), PLAN) for plan in _listed(body, "plans")]
    api_pages = [_known(page, PAGE) for page in _listed(body, "pages")]
    for plan in api_plans:
        require_fields(method, plan, "name", "description")
    for page in api_pages:
        require_fields(method, page, "name", "type")
    return api, api_plans, api_pages


def _known(value: dict, kind: dict) -> dict:
    known = {name: item for name, item in value.items() if name in kind}
    return bodies.read(orjson.dumps(known), kind)


def _listed(body: dict, name: str) -> list[dict]:
    items = body.get(name) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise invalid_data(f"[{name}] must be a list of objects")
    return items


def _new_plan(visit: Visit, api: Row, plan: dict) -> None:
    kept = {name: plan[name] for name in ("security", "status") if name in plan}
    plans.create(visit.store, visit.clock, api, _plan_columns(plan) | kept)


def _plan_columns(plan: dict) -> dict:
    return plan_columns({"flows": []} | plan)
