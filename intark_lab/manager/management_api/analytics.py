"""GET /apis/{api}/analytics: an API's use in numbers."""

from starlette.responses import Response

from intark_lab.manager import analytics
from intark_lab.manager.errors import ManagerError
from intark_lab.manager.management_api.answers import Plain
from intark_lab.manager.management_api.visit import Visit
from intark_lab.manager.portal_api.analytics import (
    LONGEST,
    SHORTEST,
    TYPES,
    aggregations,
    grouped_shape,
    histogram_shape,
)
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.usage import LAST_INSTANT, Span


async def get_analytics(visit: Visit) -> Response:
    """Counts, statistics, groups or a histogram. Raises Plain for a parameter that is none."""
    api = visit.api("ANALYTICS", "R")
    kind = visit.query.get("type", "").upper()
    if kind not in TYPES:
        raise Plain("Query parameter 'type' is not valid")
    start, end, interval = _ends_and_interval(visit)
    span = Span(start, end, api=api["id"], query=visit.query.get("query", ""))
    try:
        return json(await _answer(visit, kind, span, interval))
    except ManagerError as error:
        if error.code == "queryParam":
            raise Plain(error.message) from error
        raise


def span_ends(visit: Visit) -> tuple[int, int]:
    """`from` and `to` of the query, epoch ms. Raises Plain."""
    ends = visit.whole("from", 0), visit.whole("to", 0)
    for name, value in zip(("from", "to"), ends, strict=True):
        if value == -1 or abs(value) > LAST_INSTANT:
            raise Plain(f"Query parameter '{name}' is not valid")
    return ends


async def _answer(visit: Visit, kind: str, span: Span, interval: int) -> dict:
    if kind == "COUNT":
        return {"hits": await analytics.count(visit.traffic, span)}
    if kind == "DATE_HISTO":
        wanted = aggregations(visit.query.get("aggs"))
        found = await analytics.histogram(visit.traffic, span, interval, wanted)
        return histogram_shape(visit.store, found)
    field = visit.query.get("field", "").strip()
    if not field:
        raise Plain(f"'field' query parameter is required for '{kind.lower()}' request")
    if kind == "STATS":
        return await analytics.stats(visit.traffic, span, field)
    return await grouped_shape(visit.traffic, span, field, visit.query)


def _ends_and_interval(visit: Visit) -> tuple[int, int, int]:
    """v1 wants an interval for every type. Raises Plain."""
    start, end = span_ends(visit)
    interval = visit.whole("interval", 0)
    if not SHORTEST <= interval <= LONGEST:
        raise Plain(
            "Query parameter 'interval' is not valid. "
            f"'interval' must be >= {SHORTEST} and <= {LONGEST}"
        )
    if start >= end:
        raise Plain("'from' query parameter value must be lesser than 'to'")
    return start, end, interval
