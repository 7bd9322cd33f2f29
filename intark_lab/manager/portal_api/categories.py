"""Categories: what the catalogue's APIs are about."""

import json as text
from collections import Counter

from starlette.responses import Response

from intark_lab.manager import catalogue
from intark_lab.manager.errors import not_found
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.apis import filtered
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.visit import Visit


def list_categories(visit: Visit) -> Response:
    """GET /categories: those of the APIs that the user may see."""
    counts = _counts(catalogue.visible_apis(visit.store, visit.user))
    return listing(visit, sorted(counts), lambda key: _shape(visit, key, counts))


def list_categories_of_apis(visit: Visit) -> Response:
    """GET /apis/categories: those of the APIs that `filter` and `-filter` leave, all at once."""
    counts = _counts(filtered(visit, catalogue.visible_apis(visit.store, visit.user)))
    return json({"data": [_shape(visit, key, counts) for key in sorted(counts)]})


def get_category(visit: Visit) -> Response:
    """GET /categories/{category}. Raises 404 `category.notFound`."""
    key = visit.path["category"]
    counts = _counts(catalogue.visible_apis(visit.store, visit.user))
    if key not in counts:
        raise not_found("category", key)
    return json(_shape(visit, key, counts))


def _counts(apis) -> Counter[str]:
    return Counter(key for api in apis for key in text.loads(api["categories"]))


def _shape(visit: Visit, key: str, counts: Counter[str]) -> dict:
    self = visit.link("categories", key)
    return {
        "id": key,
        "name": key.replace("-", " ").capitalize(),
        "order": sorted(counts).index(key),
        "total_apis": counts[key],
        "_links": {
            "self": self,
            "picture": f"{self}/picture?",
            "background": f"{self}/background?",
        },
    }
