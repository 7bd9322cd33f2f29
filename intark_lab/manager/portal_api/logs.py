"""An application's log: its calls one by one, as JSON and as CSV."""

from collections.abc import Iterable
from sqlite3 import Row

from starlette.responses import PlainTextResponse, Response

from intark_lab.manager import applications, logs, usage_names
from intark_lab.manager.errors import UNEXPECTED, ManagerError, bad_request
from intark_lab.manager.logs import Slice
from intark_lab.manager.lucene import Condition
from intark_lab.manager.portal_api.analytics import check_ends
from intark_lab.manager.portal_api.answers import Invalid, json, present
from intark_lab.manager.portal_api.bodies import TEXT, WHOLE, one_of
from intark_lab.manager.portal_api.envelope import answer, page_and_size
from intark_lab.manager.portal_api.visit import Visit
from intark_lab.manager.usage import METHODS, Span
from intark_lab.store import Store

SEARCH = {
    "from": WHOLE,
    "to": WHOLE,
    "planIds": [TEXT],
    "methods": [one_of(*METHODS)],
    "statuses": [WHOLE],
    "apiIds": [TEXT],
    "requestIds": [TEXT],
    "transactionIds": [TEXT],
    "path": TEXT,
    "responseTimeRanges": [{"from": WHOLE, "to": WHOLE}],
    "bodyText": TEXT,
}
LISTED = {
    "planIds": "plan",
    "methods": "method",
    "statuses": "status",
    "apiIds": "api",
    "requestIds": "request_id",
    "transactionIds": "transaction_id",
}
"""The columns of a search's lists."""
MOST_VALUES = 500
"""Of each list."""


async def list_logs(visit: Visit) -> Response:
    """GET /applications/{application}/logs. `order` is needed: `ASC` or `DESC`."""
    return _enveloped(visit, *await _asked(visit))


async def search_logs(visit: Visit) -> Response:
    """POST /applications/{application}/logs/_search (4.x), the newest call first."""
    application = _application(visit)
    wanted = visit.json(SEARCH, "searchApplicationLogs.arg2")
    start, end = wanted.get("from", 0), wanted.get("to", 0)
    _check_search(wanted, start, end)
    span = Span(start, end, application=application, also=_narrowing(wanted))
    found = await logs.search(visit.traffic, span, _slice(visit, "@timestamp", True))
    return _enveloped(visit, *found)


async def export_logs(visit: Visit) -> Response:
    """POST /applications/{application}/logs/_export: the page that GET would list, as CSV."""
    _, rows = await _asked(visit)
    name = f"logs-{visit.path['application']}-{visit.clock.ms()}.csv"
    headers = {"Content-Disposition": f"attachment;filename={name}"}
    return PlainTextResponse(_csv(visit.store, rows), headers=headers)


async def get_log(visit: Visit) -> Response:
    """GET /applications/{application}/logs/{log}?timestamp=, with what was sent and answered.

    Bodies and most headers are kept only where an API logs in full; in the lab none does.
    """
    at = visit.whole("timestamp") if visit.query.get("timestamp") else None
    log = visit.path["log"]
    row = await logs.get(visit.traffic, log, at, application=_application(visit))
    if row is None:
        raise ManagerError(404, UNEXPECTED, f"Log [ {log} ] not found.")
    headers = present(**{"Host": [row["host"]], "User-Agent": [row["user_agent"]]})
    detail = present(
        requestContentLength=row["request_length"],
        responseContentLength=row["response_length"],
        host=row["host"],
        request={"method": row["method"], "headers": headers, "uri": logs.uri(row)},
        response={"status": row["status"], "headers": {}},
        metadata=_names(visit.store, [row]),
    )
    return json(shape(row) | logs.security(visit.store, row) | detail)


def shape(row: Row) -> dict:
    return present(**logs.listed(row), api=row["api"])


async def _asked(visit: Visit) -> tuple[int, list[Row]]:
    application = _application(visit)
    start, end, order = visit.whole("from"), visit.whole("to"), visit.query.get("order")
    check_ends(start, end)
    if order not in ("ASC", "DESC"):
        raise bad_request("'order' query parameter value must be 'ASC' or 'DESC'")
    span = Span(start, end, application=application, query=visit.query.get("query", ""))
    field = visit.query.get("field", "@timestamp")
    return await logs.search(visit.traffic, span, _slice(visit, field, order == "DESC"))


def _slice(visit: Visit, field: str, descending: bool) -> Slice:
    page, size = page_and_size(visit)
    if page < 1 or size < -1:
        raise ManagerError(400, "pagination.invalid", "Pagination is not valid")
    if size == -1:
        return Slice(field=field, descending=descending)
    return Slice(page, size, field, descending)


def _enveloped(visit: Visit, total: int, rows: list[Row]) -> Response:
    """Gravitee cuts logs into pages itself: no `pagination`, and links as for the page alone."""
    metadata = {"data": {"total": total}} | _names(visit.store, rows)
    return answer(visit, [shape(row) for row in rows], metadata, len(rows))


def _names(store: Store, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """What APIs and plans are called, by id."""
    ids = {(noun, row[noun]) for row in rows for noun in ("api", "plan") if row[noun]}
    return {identity: usage_names.named(store, noun, identity) for noun, identity in ids}


def _csv(store: Store, rows: list[Row]) -> str:
    names = {key: value["name"] for key, value in _names(store, rows).items()}
    return logs.csv(rows, "api", names)


def _check_search(wanted: dict, start: int, end: int) -> None:
    for name, value in (("from", start), ("to", end)):
        if value < 0:
            raise _invalid(name, "must be greater than or equal to 0")
    check_ends(start, end)
    for bound, wrong in (
        ("greater than or equal to 100", lambda status: status < 100),
        ("lesser than or equal to 599", lambda status: status > 599),
    ):
        if any(map(wrong, wanted.get("statuses", ()))):
            raise _invalid("statuses[]", f"'statuses' must contain values {bound}")
    for name in (*LISTED, "responseTimeRanges"):
        if len(wanted.get(name, ())) > MOST_VALUES:
            raise _invalid(name, f"must not contain more than {MOST_VALUES} values")


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"searchApplicationLogs.arg2.{field}", message)


def _narrowing(wanted: dict) -> Condition | None:
    """The condition of a search's filters. A text within bodies is in none: none are kept."""
    parts = [_listed(column, wanted[name]) for name, column in LISTED.items() if wanted.get(name)]
    if "path" in wanted:
        parts.append(Condition("substr(path, 1, length(?)) = ?", (wanted["path"],) * 2))
    if wanted.get("responseTimeRanges"):
        parts.append(_ranges(wanted["responseTimeRanges"]))
    if wanted.get("bodyText"):
        parts.append(Condition("0"))
    values = sum((part.values for part in parts), ())
    return Condition(" AND ".join(part.sql for part in parts), values) if parts else None


def _listed(column: str, values: list) -> Condition:
    return Condition(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))


def _ranges(ranges: list[dict]) -> Condition:
    """Any of the ranges in ms, both ends included; an end may be missing."""
    ends = [(each.get("from", 0), each.get("to", 2**62)) for each in ranges]
    sql = " OR ".join("response_ms BETWEEN ? AND ?" for _ in ends)
    return Condition(f"({sql})", tuple(end for pair in ends for end in pair))


def _application(visit: Visit) -> str:
    path = visit.path["application"]
    return applications.accessible(visit.store, path, visit.user)["id"]
