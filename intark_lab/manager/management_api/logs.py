"""An API's log: its calls one by one, as JSON and as CSV."""

from collections.abc import Iterable
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.journal import UNKNOWN
from intark_lab.manager import logs, usage_names
from intark_lab.manager.errors import ManagerError
from intark_lab.manager.logs import Slice
from intark_lab.manager.management_api.analytics import span_ends
from intark_lab.manager.management_api.answers import Plain
from intark_lab.manager.management_api.visit import Visit
from intark_lab.manager.portal_api.answers import json, present
from intark_lab.manager.usage import GATEWAY, Span

DEFAULT_SIZE, MOST = 20, 10_000


async def list_logs(visit: Visit) -> Response:
    """GET /apis/{api}/logs: the newest first, unless `order=true`."""
    total, rows = await _found(visit)
    listed = {"total": total, "logs": [item(row) for row in rows]}
    return json(listed | {"metadata": _names(visit, rows)})


async def get_log(visit: Visit) -> Response:
    """GET /apis/{api}/logs/{log}?timestamp=. Bodies are kept with extended logging only; the lab
    has none.
    """
    api = visit.api("LOG", "R")
    at = visit.whole("timestamp", 0) or None
    row = await logs.get(visit.traffic, visit.path["log"], at, api=api["id"])
    if row is None:
        log = visit.path["log"]
        raise ManagerError(404, "log.notFound", f"Log [ {log} ] not found.", {"log": log})
    return json(_detail(visit, row))


async def export_logs(visit: Visit) -> Response:
    """GET /apis/{api}/logs/export: the page that GET would list, as CSV."""
    _, rows = await _found(visit)
    names = {key: value["name"] for key, value in _names(visit, rows).items()}
    file = f"logs-{visit.path['api']}-{visit.clock.ms()}.csv"
    return Response(
        logs.csv(rows, "application", names),
        media_type="text/csv",
        headers={"Content-Disposition": f"attachment;filename={file}"},
    )


def item(row: Row) -> dict:
    return present(
        **logs.listed(row),
        application=row["application"],
        user=None,
        endpoint=row["endpoint"] is not None,
        errorKey=row["error_key"],
    )


def _detail(visit: Visit, row: Row) -> dict:
    headers = present(**{"Host": [row["host"]], "User-Agent": [row["user_agent"]]})
    return (
        item(row)
        | logs.security(visit.store, row)
        | present(
            api=row["api"],
            apiResponseTime=row["response_ms"] - row["proxy_ms"],
            uri=logs.uri(row),
            requestContentLength=row["request_length"],
            responseContentLength=row["response_length"],
            localAddress="127.0.0.1",
            remoteAddress=row["remote"],
            endpoint=row["endpoint"],
            gateway=GATEWAY,
            subscription=row["subscription"],
            host=row["host"],
            clientRequest={"method": row["method"], "uri": logs.uri(row), "headers": headers},
            clientResponse={"status": row["status"], "headers": {}},
            metadata=_names(visit, [row]),
        )
    )


async def _found(visit: Visit) -> tuple[int, list[Row]]:
    api = visit.api("LOG", "R")
    start, end = span_ends(visit)
    if start >= end:
        raise Plain("'from' query parameter value must be greater than 'to'")  # Gravitee's words
    page, size = max(visit.whole("page", 1), 1), visit.whole("size", DEFAULT_SIZE)
    span = Span(start, end, api=api["id"], query=visit.query.get("query", ""))
    field, descending = visit.query.get("field", "@timestamp"), not visit.flag("order")
    size = DEFAULT_SIZE if size < 0 else min(size, MOST)
    part = Slice(min(page, MOST), size, field, descending)
    return await logs.search(visit.traffic, span, part)


def _names(visit: Visit, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """What applications and plans are called, by id; calls without one are keyless or refused."""
    named = {}
    for row in rows:
        for noun in ("application", "plan"):
            identity = row[noun] or UNKNOWN
            named.setdefault(identity, usage_names.named(visit.store, noun, identity))
    return named
