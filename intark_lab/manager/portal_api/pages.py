"""An API's documentation pages: the guide and the OpenAPI document."""

from sqlite3 import Row

from starlette.responses import PlainTextResponse, Response

from intark_lab.manager import catalogue
from intark_lab.manager.portal_api.answers import iso, json, present
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.visit import Visit


def list_pages(visit: Visit) -> Response:
    """GET /apis/{api}/pages, or only the homepage, or only what lies under the page `parent`."""
    api = catalogue.api(visit.store, visit.path["api"], visit.user)
    rows = catalogue.pages(visit.store, api["id"], visit.user)
    homepage = visit.flag("homepage")
    if homepage is not None:
        rows = [row for row in rows if bool(row["homepage"]) == homepage]
    if parent := visit.query.get("parent"):
        parents = {row["id"]: row["parent"] for row in rows}
        rows = [row for row in rows if parent in _ancestors(row["id"], parents)]
    return listing(visit, rows, lambda row: shape(visit, row))


def get_page(visit: Visit) -> Response:
    """GET /apis/{api}/pages/{page}, with its content under `include=content`."""
    row = _page(visit)
    page = shape(visit, row)
    if "content" in visit.query.getlist("include"):
        page["content"] = row["content"]
    return json(page)


def get_content(visit: Visit) -> Response:
    """GET /apis/{api}/pages/{page}/content: the Markdown or OpenAPI document as it stands."""
    return PlainTextResponse(_page(visit)["content"])


def shape(visit: Visit, row: Row) -> dict:
    self, parent = visit.link("apis", row["api"], "pages", row["id"]), row["parent"]
    return present(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        order=row["position"],
        parent=parent,
        updated_at=iso(row["updated_at"]),
        configuration={"viewer": "Swagger", "try_it": False} if row["type"] == "SWAGGER" else None,
        contentRevisionId={"pageId": row["id"], "revision": row["revision"]},
        _links=present(
            self=self,
            content=f"{self}/content",
            parent=visit.link("apis", row["api"], "pages", parent) if parent else None,
        ),
    )


def _page(visit: Visit) -> Row:
    api = catalogue.api(visit.store, visit.path["api"], visit.user)
    return catalogue.page(visit.store, api["id"], visit.path["page"], visit.user)


def _ancestors(page: str, parents: dict[str, str | None]) -> list[str]:
    above = []
    while (page := parents.get(page)) and page not in above:
        above.append(page)
    return above
