"""APIs in lists: those a user manages, those the portal shows, those a search finds."""

import json as text
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import catalogue, members
from intark_lab.manager.management_api.answers import Invalid, Violation, paged
from intark_lab.manager.management_api.entities import list_item
from intark_lab.manager.management_api.visit import Visit
from intark_lab.manager.portal_api.answers import json

FILTERS = {"name": "name", "version": "version", "context-path": "context_path", "state": "state"}
"""Query parameter → column that it must equal."""


def list_apis(visit: Visit) -> Response:
    """GET /apis: those the user manages, all for an administrator; `portal=true`: those visible."""
    return json([list_item(visit, row) for row in _listed(visit)])


def list_apis_paged(visit: Visit) -> Response:
    """GET /apis/_paged."""
    return _page(visit, _listed(visit), "getApis")


def search_apis(visit: Visit) -> Response:
    """POST /apis/_search?q=."""
    return json([list_item(visit, row) for row in _found(visit)])


def search_apis_paged(visit: Visit) -> Response:
    """POST /apis/_search/_paged?q=."""
    return _page(visit, _found(visit), "searchPagedApis")


def _listed(visit: Visit) -> list[Row]:
    rows = catalogue.visible_apis(visit.store, visit.user)
    if visit.flag("portal") or visit.flag("top"):
        rows = [row for row in rows if row["lifecycle"] == "PUBLISHED"]
    else:
        rows = _managed(visit, rows)
    for parameter, column in FILTERS.items():
        if parameter in visit.query:
            rows = [row for row in rows if row[column] == visit.query[parameter]]
    for parameter, column in (("label", "labels"), ("category", "categories")):
        if parameter in visit.query:
            wanted = visit.query[parameter]
            rows = [row for row in rows if wanted in text.loads(row[column])]
    if ids := visit.words("ids"):
        rows = [row for row in rows if row["id"] in ids]
    return rows[::-1] if visit.query.get("order", "").startswith("-") else rows


def _found(visit: Visit) -> list[Row]:
    if "q" not in visit.query:
        raise Invalid("searchApis.arg0", Violation("must not be null", ""))
    rows = catalogue.visible_apis(visit.store, visit.user)
    if visit.flag("manageOnly", default=True):
        rows = _managed(visit, rows)
    words = visit.query["q"].casefold().replace("*", " ").split()
    return [row for row in rows if all(word in _searchable(row) for word in words)]


def _searchable(row: Row) -> str:
    fields = ("name", "description", "context_path", "labels", "categories")
    return " ".join(row[field] or "" for field in fields).casefold()


def _managed(visit: Visit, rows: list[Row]) -> list[Row]:
    return [row for row in rows if members.may(visit.store, row, visit.user, "DEFINITION", "R")]


def _page(visit: Visit, rows: list[Row], method: str) -> Response:
    page, size = visit.page_and_size(method)
    shown = rows[(page - 1) * size : page * size]
    return paged([list_item(visit, row) for row in shown], page, size, len(rows))
