"""The catalogue: listing, searching, and one API in detail."""

import json as text
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import catalogue
from intark_lab.manager.portal_api import pages, plans
from intark_lab.manager.portal_api.answers import iso, json, present
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.user import owner
from intark_lab.manager.portal_api.visit import Visit

FILTERS = ("ALL", "FEATURED", "MINE", "STARRED", "TRENDINGS")

WEIGHTS = {"name": 8, "labels": 4, "categories": 4, "context_path": 2, "description": 1}
"""How much a word found in a field counts in a search."""


def list_apis(visit: Visit) -> Response:
    """GET /apis: by name, narrowed by the query's filters."""
    rows = _narrowed(visit, catalogue.visible_apis(visit.store, visit.user))
    promoted = visit.flag("promoted")
    if promoted is not None:
        rows = rows[:1] if promoted else rows[1:]
    return listing(visit, rows, lambda row: shape(visit, row))


def search_apis(visit: Visit) -> Response:
    """POST /apis/_search?q=: the best match first."""
    rows = catalogue.visible_apis(visit.store, visit.user)
    if category := visit.query.get("category"):
        rows = [row for row in rows if category in text.loads(row["categories"])]
    words = visit.query.get("q", "").casefold().replace("*", " ").split()
    if words:
        scores = {row["id"]: _score(row, words) for row in rows}
        rows = sorted((row for row in rows if scores[row["id"]]), key=lambda r: -scores[r["id"]])
    return listing(visit, rows, lambda row: shape(visit, row))


def get_api(visit: Visit) -> Response:
    """GET /apis/{api}: `include` is repeated, a value for each of `pages` and `plans`."""
    row = catalogue.api(visit.store, visit.path["api"], visit.user)
    detail, include = shape(visit, row), visit.query.getlist("include")
    if "pages" in include:
        readable = catalogue.pages(visit.store, row["id"], visit.user)
        detail["pages"] = [pages.shape(visit, page) for page in readable]
    if "plans" in include:
        offered = catalogue.plans(visit.store, row["id"], visit.user)
        detail["plans"] = [plans.shape(plan) for plan in offered]
    return json(detail)


def shape(visit: Visit, row: Row) -> dict:
    self = visit.link("apis", row["id"])
    return present(
        id=row["id"],
        definitionVersion="V2",
        name=row["name"],
        version=row["version"],
        description=row["description"],
        draft=row["lifecycle"] in ("CREATED", "UNPUBLISHED"),
        public=row["visibility"] == "PUBLIC",
        running=row["state"] == "STARTED",
        entrypoints=[visit.gateway_url + row["context_path"]],
        labels=text.loads(row["labels"]),
        categories=text.loads(row["categories"]),
        owner=owner(visit.store, row["owner"]),
        created_at=iso(row["created_at"]),
        updated_at=iso(row["updated_at"]),
        rating_summary={"average": 0.0, "count": 0},
        _links={
            "self": self,
            "links": f"{self}/links",
            "metrics": f"{self}/metrics",
            "pages": f"{self}/pages",
            "picture": f"{self}/picture?{row['updated_at']}",
            "background": f"{self}/background?{row['updated_at']}",
            "plans": f"{self}/plans",
            "ratings": f"{self}/ratings",
        },
    )


def filtered(visit: Visit, rows: list[Row]) -> list[Row]:
    """What the query's `filter` picks and `-filter` leaves; the excluding one has priority."""
    wanted = visit.choice("filter", FILTERS) or "ALL"
    unwanted = visit.choice("-filter", FILTERS)
    if unwanted:
        gone = {row["id"] for row in _picked(visit, rows, unwanted)}
        return [row for row in rows if row["id"] not in gone]
    return _picked(visit, rows, wanted)


def _narrowed(visit: Visit, rows: list[Row]) -> list[Row]:
    query, rows = visit.query, filtered(visit, rows)
    for parameter, column in (("name",) * 2, ("version",) * 2, ("context-path", "context_path")):
        if parameter in query:
            rows = [row for row in rows if row[column] == query[parameter]]
    if "label" in query:
        rows = [row for row in rows if query["label"] in text.loads(row["labels"])]
    if "category" in query and "filter" not in query:
        rows = [row for row in rows if query["category"] in text.loads(row["categories"])]
    return rows


def _picked(visit: Visit, rows: list[Row], name: str) -> list[Row]:
    """The APIs of one filter. Nobody rates or features an API in the lab."""
    if name == "ALL":
        return rows
    if name == "MINE":
        mine = catalogue.subscribed_apis(visit.store, visit.user) if visit.user else set()
        return [row for row in rows if row["id"] in mine]
    if name == "TRENDINGS":
        counts = catalogue.subscribers(visit.store)
        popular = [row for row in rows if counts[row["id"]]]
        return sorted(popular, key=lambda row: -counts[row["id"]])
    return []


def _score(row: Row, words: list[str]) -> int:
    fields = {name: (row[name] or "").casefold() for name in WEIGHTS}
    return sum(weight for name, weight in WEIGHTS.items() for word in words if word in fields[name])
