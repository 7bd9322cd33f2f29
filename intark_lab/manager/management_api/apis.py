"""APIs: making, changing, starting and stopping, deploying, deleting."""

from sqlite3 import Row

from starlette.responses import Response

from intark_lab import deploying
from intark_lab.manager import apis, catalogue, context_paths, definitions, members, plans
from intark_lab.manager.apis import LIFECYCLE, VISIBILITIES, Wanted
from intark_lab.manager.errors import forbidden, invalid_data
from intark_lab.manager.management_api.answers import Invalid, Plain, Violation
from intark_lab.manager.management_api.entities import DEFINED, api_entity
from intark_lab.manager.management_api.plans import ENTITY as PLAN
from intark_lab.manager.management_api.plans import columns
from intark_lab.manager.management_api.visit import Visit, require_fields
from intark_lab.manager.portal_api.answers import json, no_content
from intark_lab.manager.portal_api.bodies import ANY, FLAG, TEXT, in_any_case

NEW = {
    "name": TEXT,
    "version": TEXT,
    "description": TEXT,
    "contextPath": TEXT,
    "endpoint": TEXT,
    "groups": [TEXT],
    "paths": [TEXT],
    "visibility": in_any_case(*VISIBILITIES),
    "gravitee": TEXT,
    "flow_mode": TEXT,
    "flows": ANY,
}
CHANGED = {
    "crossId": TEXT,
    "name": TEXT,
    "version": TEXT,
    "description": TEXT,
    "execution_mode": TEXT,
    "proxy": ANY,
    "paths": ANY,
    "plans": [PLAN],
    "visibility": in_any_case(*VISIBILITIES),
    "picture": TEXT,
    "picture_url": TEXT,
    "background": TEXT,
    "background_url": TEXT,
    "gravitee": TEXT,
    "definition_context": ANY,
    "categories": [TEXT],
    "labels": [TEXT],
    "groups": [TEXT],
    "metadata": ANY,
    "lifecycle_state": in_any_case(*LIFECYCLE),
    "disable_membership_notifications": FLAG,
    **dict.fromkeys(DEFINED, ANY),
}


def create_api(visit: Visit) -> Response:
    """POST /apis: 201, for publishers and administrators."""
    require_publisher(visit)
    wanted = visit.json(NEW, "createApi")
    require_fields("createApi", wanted, "name", "version", "description", "contextPath", "endpoint")
    _require_name("createApi", wanted)
    _refuse_groups(wanted)
    targets = wanted["endpoint"].split("\n")
    definition = {
        "proxy": deploying.proxy_to(*targets),
        "path_mappings": ["/", *(path for path in wanted.get("paths", ()) if path != "/")],
        **{name: wanted[name] for name in ("flows", "flow_mode") if name in wanted},
    }
    texts = (wanted[name] for name in ("name", "version", "description", "contextPath"))
    made = Wanted(*texts, definition, visibility=wanted.get("visibility"))
    return created(visit, apis.create(visit.store, visit.clock, visit.user, made))


def get_api(visit: Visit) -> Response:
    """GET /apis/{api}, with its ETag. Raises 403 for one that the user may not even see."""
    return tagged(visit, _visible(visit))


def update_api(visit: Visit) -> Response:
    """PUT /apis/{api}: also how an API is published and made public."""
    row = _changeable(visit)
    body = visit.json(CHANGED, "updateApi")
    require_fields("updateApi", body, "name", "version", "description", "proxy", "visibility")
    _require_name("updateApi", body)
    _refuse_groups(body)
    if (refused := _precondition(visit, row)) is not None:
        return refused
    body["proxy"] = definitions.proxy_of(body["proxy"])
    path = context_path(body["proxy"])
    if not members.may(visit.store, row, visit.user, "GATEWAY_DEFINITION", "U"):
        path = row["context_path"]  # as Gravitee does, without a word
    changed = apis.update(visit.store, visit.clock, row, wanted_of(body, path))
    for entity in body.get("plans", ()):
        _update_plan(visit, row, entity)
    return tagged(visit, apis.get(visit.store, changed["id"]))


def delete_api(visit: Visit) -> Response:
    """DELETE /apis/{api}: 204."""
    row = visit.api("DEFINITION", "D")
    apis.delete(visit.store, visit.clock, row, close_plans=visit.flag("closePlans"))
    return no_content()


def act(visit: Visit) -> Response:
    """POST /apis/{api}?action=START|STOP: 204."""
    row = visit.api("DEFINITION", "U")
    if (refused := _precondition(visit, row)) is not None:
        return refused
    match visit.query.get("action", "").upper():
        case "START":
            row = apis.start(visit.store, visit.clock, row)
        case "STOP":
            row = apis.stop(visit.store, visit.clock, row)
        case _:
            raise Plain("Query parameter 'action' is not valid")
    return Response(status_code=204, headers=_tag(row))


def deploy_api(visit: Visit) -> Response:
    """POST /apis/{api}/deploy: 200 with the API. From now on the gateway has it as it is."""
    row = apis.deploy(visit.store, visit.clock, visit.api("DEFINITION", "U"))
    return tagged(visit, row)


def get_state(visit: Visit) -> Response:
    """GET /apis/{api}/state: whether the gateway has the API as it is."""
    row = visit.api("DEFINITION", "R")
    in_sync = deploying.is_synchronized(visit.store, row["id"])
    return json({"api_id": row["id"], "is_synchronized": in_sync})


def verify_path(visit: Visit) -> Response:
    """POST /apis/verify: a text where a context path is free, else 400."""
    require_publisher(visit)
    body = visit.json({"context_path": TEXT, "apiId": TEXT}, "verifyApi")
    require_fields("verifyApi", body, "context_path")
    path = context_paths.clean(body["context_path"])
    context_paths.check_free(visit.store, path, but=body.get("apiId"))
    message = f"API context [{body['context_path']}] is available"
    return Response(message, media_type="text/plain")


def require_publisher(visit: Visit) -> None:
    """Raises 403 `forbidden` for who may not create APIs."""
    if visit.user.role not in members.PUBLISHERS:
        raise forbidden()


def created(visit: Visit, row: Row) -> Response:
    location = f"{visit.management_url}/apis/{row['id']}"
    return json(api_entity(visit, row), 201, {"Location": location})


def tagged(visit: Visit, row: Row) -> Response:
    return json(api_entity(visit, row), 200, _tag(row))


def context_path(proxy: object) -> str:
    """The path of the first virtual host of a V2 `proxy`. Raises 400 `data.invalid`."""
    hosts = proxy.get("virtual_hosts") if isinstance(proxy, dict) else None
    first = hosts[0] if isinstance(hosts, list) and hosts else None
    if not isinstance(first, dict) or not isinstance(first.get("path"), str):
        raise invalid_data("The proxy of an API needs a virtual host with a path")
    return first["path"]


def wanted_of(body: dict, path: str) -> Wanted:
    """What an UpdateApiEntity, or an export file, wants an API to be."""
    proxy = {name: value for name, value in body["proxy"].items() if name != "virtual_hosts"}
    return Wanted(
        body["name"],
        body["version"],
        body["description"],
        path,
        {"proxy": proxy} | {name: body[name] for name in DEFINED if name in body},
        visibility=body.get("visibility"),
        lifecycle=body.get("lifecycle_state"),
        labels=body.get("labels"),
        categories=body.get("categories"),
        picture=body.get("picture"),
        background=body.get("background"),
    )


def _visible(visit: Visit) -> Row:
    row = apis.get(visit.store, visit.path["api"])
    if members.role(visit.store, row, visit.user) is None:
        seen = {visible["id"] for visible in catalogue.visible_apis(visit.store, visit.user)}
        if row["id"] not in seen:
            raise forbidden()
    return row


def _changeable(visit: Visit) -> Row:
    row = apis.get(visit.store, visit.path["api"])
    for permission in ("DEFINITION", "GATEWAY_DEFINITION"):
        if members.may(visit.store, row, visit.user, permission, "U"):
            return row
    raise forbidden()


def _update_plan(visit: Visit, api: Row, entity: dict) -> None:
    """A plan that came along with its API. Raises 400 for one of another API."""
    row = visit.store.one("SELECT * FROM plan WHERE id = ?", entity.get("id"))
    if row is None or row["api"] != api["id"]:
        raise invalid_data(f"Invalid status for plan '{entity.get('name')}'")
    require_fields("updateApi", entity, "name", "description", "validation")
    plans.update(visit.store, visit.clock, row, columns(entity))


def _refuse_groups(body: dict) -> None:
    """A lab has no groups. Raises 400 `data.invalid` where some are named."""
    if groups := body.get("groups"):
        raise invalid_data(f"These groups [{', '.join(groups)}] do not exist")


def _require_name(method: str, body: dict) -> None:
    if not body["name"]:
        violation = Violation("Api's name must not be empty", "name", "")
        raise Invalid(f"{method}.arg0", violation)


def _precondition(visit: Visit, row: Row) -> Response | None:
    """412 where the request's If-Match names another state of the API."""
    asked = visit.headers.get("if-match", "").replace("-gzip", "")
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in asked.split(",")}
    if not asked or "*" in tags or str(row["updated_at"]) in tags:
        return None
    return Response(status_code=412)


def _tag(row: Row) -> dict[str, str]:
    return {"ETag": f'"{row["updated_at"]}"'}
