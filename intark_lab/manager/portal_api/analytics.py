"""GET /applications/{application}/analytics: an application's use in numbers."""

from starlette.datastructures import QueryParams
from starlette.responses import Response

from intark_lab.journal import UNKNOWN
from intark_lab.manager import analytics, applications, usage_names
from intark_lab.manager.analytics import Aggregation, Order
from intark_lab.manager.errors import ManagerError, bad_request
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.visit import Visit
from intark_lab.manager.usage import LAST_INSTANT, Span
from intark_lab.store import Store

TYPES = ("GROUP_BY", "DATE_HISTO", "COUNT", "STATS")
SHORTEST, LONGEST = 1_000, 1_000_000_000
"""Of a histogram's interval, ms."""


async def get_analytics(visit: Visit) -> Response:
    """Raises 400 where type, span, interval, field or query cannot be used."""
    row = applications.accessible(visit.store, visit.path["application"], visit.user)
    kind = _kind(visit)
    span = Span(*_ends(visit), application=row["id"], query=visit.query.get("query", ""))
    match kind:
        case "COUNT":
            return json({"hits": await analytics.count(visit.traffic, span)})
        case "STATS":
            return json(await analytics.stats(visit.traffic, span, _field(visit, kind)))
        case "GROUP_BY":
            field = _field(visit, kind)
            return json(await grouped_shape(visit.traffic, span, field, visit.query))
    interval = visit.whole("interval")
    if not SHORTEST <= interval <= LONGEST:
        raise bad_request(
            "Query parameter 'interval' is not valid. "
            f"'interval' must be >= {SHORTEST} and <= {LONGEST}"
        )
    found = await analytics.histogram(
        visit.traffic, span, interval, aggregations(visit.query.get("aggs"))
    )
    return json(histogram_shape(visit.store, found))


def aggregations(text: str | None) -> list[Aggregation]:
    """`field:status;avg:response-time` in parts. Raises 400 `queryParam`."""
    parts = [part.strip().split(":") for part in text.split(";")] if text else []
    for part in parts:
        if len(part) != 2 or part[0].upper() not in ("FIELD", "AVG", "MIN", "MAX"):
            raise ManagerError(400, "queryParam", f"No aggregation [{':'.join(part)}]")
    return [Aggregation(kind.upper(), field) for kind, field in parts]


def ranges(text: str) -> list[tuple[float, float]]:
    """`100:199;200:299` in pairs. Raises 400 `queryParam`."""
    try:
        pairs = [part.strip().split(":") for part in text.split(";")]
        return [(float(low), float(high)) for low, high in pairs]
    except ValueError as error:
        raise ManagerError(400, "queryParam", str(error)) from error


def order(text: str | None) -> Order | None:
    """`-avg:response-time`: descending by average, the one kind there is. Raises 400."""
    if not text:
        return None
    kind, _, field = text.removeprefix("-").rpartition(":")
    if kind.lower() not in ("", "avg"):
        raise ManagerError(400, "queryParam", f"No order [{text}]")
    return Order(field, text.startswith("-"))


def histogram_shape(store: Store, found: analytics.Histogram) -> dict:
    instants = found.instants
    return {
        "timestamp": {"from": instants[0], "to": instants[-1], "interval": instants.step},
        "values": [_bucket(store, each, series) for each, series in found.series],
    }


def _bucket(store: Store, aggregation: Aggregation, series: dict[str, list[int]]) -> dict:
    bucket = {
        "name": aggregation.name,
        "field": aggregation.field,
        "buckets": [{"name": name, "data": data} for name, data in series.items()],
    }
    if aggregation.field in ("application", "api") and aggregation.kind == "FIELD":
        names = {key: usage_names.named(store, aggregation.field, key) for key in series}
        bucket["metadata"] = names
    return bucket


async def grouped_shape(store: Store, span: Span, field: str, query: QueryParams) -> dict:
    """Calls by value, by the query's `ranges`, or averages in the query's `order`."""
    if "ranges" in query:
        values = await analytics.group_by_ranges(store, span, field, ranges(query["ranges"]))
    else:
        values = await analytics.group_by(store, span, field, order(query.get("order")))
    renamed = {usage_names.UNKNOWN_RENAMED if k == UNKNOWN else k: v for k, v in values.items()}
    return {"values": renamed, "metadata": usage_names.grouped(store, field, renamed)}


def _kind(visit: Visit) -> str:
    kind = visit.query.get("type")
    if kind is None:
        raise bad_request(
            "Query parameter 'type' must be present and one of : GROUP_BY, DATE_HISTO, COUNT"
        )
    if kind.upper() not in TYPES:
        raise bad_request("Query parameter 'type' is not valid")
    return kind.upper()


def _field(visit: Visit, kind: str) -> str:
    field = visit.query.get("field", "").strip()
    if not field:
        raise bad_request(f"'field' query parameter is required for '{kind.lower()}' request")
    return field


def _ends(visit: Visit) -> tuple[int, int]:
    ends = visit.whole("from"), visit.whole("to")
    check_ends(*ends)
    return ends


def check_ends(start: int, end: int) -> None:
    """Raises 400 where a span is none, or lies beyond all calendars."""
    for name, value in (("from", start), ("to", end)):
        if value == -1 or abs(value) > LAST_INSTANT:
            raise bad_request(f"Query parameter '{name}' is not valid")
    if start >= end:
        raise bad_request("'from' query parameter value must not be greater than 'to'")
