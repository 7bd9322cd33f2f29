"""Documentation pages of an API."""

from sqlite3 import Row

from starlette.responses import PlainTextResponse, Response

from intark_lab.manager import apis, members, pages
from intark_lab.manager.errors import forbidden
from intark_lab.manager.management_api.visit import Visit, require_fields
from intark_lab.manager.portal_api.answers import json, no_content, present
from intark_lab.manager.portal_api.bodies import ANY, FLAG, TEXT, WHOLE, in_any_case

FIELDS = {
    "name": TEXT,
    "content": TEXT,
    "order": WHOLE,
    "published": FLAG,
    "visibility": in_any_case(*pages.VISIBILITIES),
    "homepage": FLAG,
    "parentId": TEXT,
    "lastContributor": TEXT,
    "source": ANY,
    "configuration": ANY,
    "excluded_groups": [TEXT],
    "excludedAccessControls": FLAG,
    "accessControls": ANY,
    "attached_media": ANY,
    "metadata": ANY,
}
NEW = FIELDS | {"type": in_any_case(*pages.TYPES)}
COLUMNS = {
    "name": "name",
    "content": "content",
    "order": "position",
    "published": "published",
    "visibility": "visibility",
    "homepage": "homepage",
    "parentId": "parent",
}
"""Field on the wire → column."""


def list_pages(visit: Visit) -> Response:
    """GET /apis/{api}/pages: unpublished ones as well for those who may read the documentation."""
    api, all_of_them = _readable(visit)
    rows = [row for row in pages.of(visit.store, api["id"]) if all_of_them or row["published"]]
    if "homepage" in visit.query:
        rows = [row for row in rows if bool(row["homepage"]) == visit.flag("homepage")]
    for parameter, column in (("type", "type"), ("name", "name"), ("parent", "parent")):
        if parameter in visit.query:
            rows = [row for row in rows if row[column] == visit.query[parameter]]
    return json([entity(row) for row in rows])


def create_page(visit: Visit) -> Response:
    """POST /apis/{api}/pages: 201."""
    api = visit.api("DOCUMENTATION", "C")
    body = visit.json(NEW, "createApiPage")
    require_fields("createApiPage", body, "name", "type")
    body.pop("order", None)  # a new page comes last
    row = pages.create(visit.store, visit.clock, api["id"], body["type"], columns(body))
    return json(entity(row), 201, {"Location": f"{visit.url}/{row['id']}"})


def get_page(visit: Visit) -> Response:
    """GET /apis/{api}/pages/{page}."""
    return json(entity(_page(visit)))


def get_content(visit: Visit) -> Response:
    """GET /apis/{api}/pages/{page}/content."""
    return PlainTextResponse(_page(visit)["content"])


def update_page(visit: Visit) -> Response:
    """PUT /apis/{api}/pages/{page}: also how a page is published."""
    row = _changeable(visit)
    body = visit.json(FIELDS, "updateApiPage")
    require_fields("updateApiPage", body, "name")
    return json(entity(pages.update(visit.store, visit.clock, row, columns(body))))


def patch_page(visit: Visit) -> Response:
    """PATCH /apis/{api}/pages/{page}: the fields that come, and no others."""
    row = _changeable(visit)
    body = visit.json(FIELDS, "partialUpdateApiPage")
    return json(entity(pages.update(visit.store, visit.clock, row, columns(body))))


def put_content(visit: Visit) -> Response:
    """PUT /apis/{api}/pages/{page}/content: the body is the content, though it be called JSON."""
    row = _changeable(visit)
    visit.require_json()
    content = {"content": visit.body.decode(errors="replace")}
    changed = pages.update(visit.store, visit.clock, row, content)
    return Response(changed["content"], media_type="application/json")


def delete_page(visit: Visit) -> Response:
    """DELETE /apis/{api}/pages/{page}: 204."""
    api = visit.api("DOCUMENTATION", "D")
    pages.delete(visit.store, pages.get(visit.store, api["id"], visit.path["page"]))
    return no_content()


def entity(row: Row) -> dict:
    return present(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        content=row["content"],
        order=row["position"],
        published=bool(row["published"]),
        visibility=row["visibility"],
        lastModificationDate=row["updated_at"],
        homepage=bool(row["homepage"]),
        parentId=row["parent"],
        excluded_groups=[],
        excludedAccessControls=False,
        accessControls=[],
        attached_media=[],
        contentRevisionId={"pageId": row["id"], "revision": row["revision"]},
    )


def columns(body: dict) -> dict:
    """A page on the wire as columns of the store."""
    named = {column: body[field] for field, column in COLUMNS.items() if field in body}
    return {name: int(v) if isinstance(v, bool) else v for name, v in named.items()}


def _readable(visit: Visit) -> tuple[Row, bool]:
    """The API, and whether its unpublished pages may be read too. Raises 403."""
    api = apis.get(visit.store, visit.path["api"])
    member = members.may(visit.store, api, visit.user, "DOCUMENTATION", "R")
    if not member and api["visibility"] != "PUBLIC":
        raise forbidden()
    return api, member


def _changeable(visit: Visit) -> Row:
    """Raises 404 `page.notFound`, 403."""
    api = visit.api("DOCUMENTATION", "U")
    return pages.get(visit.store, api["id"], visit.path["page"])


def _page(visit: Visit) -> Row:
    """Raises 404 `page.notFound`, 403 for one that is not published yet."""
    api, all_of_them = _readable(visit)
    row = pages.get(visit.store, api["id"], visit.path["page"])
    if not all_of_them and not row["published"]:
        raise forbidden()
    return row
