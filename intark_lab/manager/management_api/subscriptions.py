"""Subscriptions as a provider sees them: who asked for what, and the answers."""

from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import (
    applications,
    consuming,
    people,
    plans,
    processing,
    subscriptions,
)
from intark_lab.manager.management_api import keys
from intark_lab.manager.management_api.answers import Plain, paged
from intark_lab.manager.management_api.visit import Visit, require_fields
from intark_lab.manager.portal_api.answers import json, present
from intark_lab.manager.portal_api.bodies import FLAG, INSTANT, TEXT

ANSWER = {
    "id": TEXT,
    "accepted": FLAG,
    "reason": TEXT,
    "starting_at": INSTANT,
    "ending_at": INSTANT,
    "customApiKey": TEXT,
}
CHANGED = {"id": TEXT, "starting_at": INSTANT, "ending_at": INSTANT}
DEFAULT_STATUSES = ("ACCEPTED", "PENDING", "PAUSED")


def list_subscriptions(visit: Visit) -> Response:
    """GET /apis/{api}/subscriptions: live ones, newest first, unless `status` lists others."""
    rows = _narrowed(visit, visit.api("SUBSCRIPTION", "R"))
    page, size = visit.page_and_size("getApiSubscriptions")
    shown = rows[(page - 1) * size : page * size]
    with_keys = "keys" in visit.words("expand")
    items = [_item(visit, row, with_keys) for row in shown]
    return paged(items, page, size, len(rows), metadata=_names(visit, shown))


def create_subscription(visit: Visit) -> Response:
    """POST /apis/{api}/subscriptions?application=&plan=&customApiKey=: 201, accepted at once."""
    api = visit.api("SUBSCRIPTION", "C")
    names = {name: visit.query.get(name) for name in ("application", "plan")}
    require_fields("createSubscriptionToApi", {n: v for n, v in names.items() if v}, *names)
    plan, key = plans.get(visit.store, names["plan"]), _chosen_key(visit.query.get("customApiKey"))
    if plan["api"] != api["id"]:
        raise Plain("'plan' parameter does not correspond to the current API")
    application = applications.get(visit.store, names["application"])
    row = subscriptions.subscribe(visit.store, visit.clock, visit.user, application, names)
    if row["status"] == "PENDING":
        row = processing.process(visit.store, visit.clock, row, True, visit.user.id, key=key)
    return json(entity(visit, row), 201, {"Location": f"{visit.url}/{row['id']}"})


def get_subscription(visit: Visit) -> Response:
    """GET /apis/{api}/subscriptions/{subscription}."""
    return json(entity(visit, visit.subscription("R")))


def update_subscription(visit: Visit) -> Response:
    """PUT /apis/{api}/subscriptions/{subscription}: other dates."""
    row = visit.subscription("U")
    body = visit.json(CHANGED, "updateApiSubscription")
    _check_id(body, row, "update")
    dates = (body.get("starting_at"), body.get("ending_at"))
    return json(entity(visit, processing.change_dates(visit.store, visit.clock, row, *dates)))


def process(visit: Visit) -> Response:
    """POST /apis/{api}/subscriptions/{subscription}/_process: accept or reject, with a reason."""
    row = visit.subscription("U")
    body = visit.json(ANSWER, "processApiSubscription")
    _check_id(body, row, "process")
    row = processing.process(
        visit.store,
        visit.clock,
        row,
        body.get("accepted", False),
        visit.user.id,
        reason=body.get("reason"),
        start=body.get("starting_at"),
        end=body.get("ending_at"),
        key=_chosen_key(body.get("customApiKey")),
    )
    return json(entity(visit, row))


def change_status(visit: Visit) -> Response:
    """POST /apis/{api}/subscriptions/{subscription}/status?status=CLOSED|PAUSED|RESUMED."""
    row = visit.subscription("U")
    steps = {
        "CLOSED": processing.close,
        "PAUSED": processing.pause,
        "RESUMED": processing.resume,
    }
    step = steps.get(visit.query.get("status", "").upper())
    if step is None:
        return Response(status_code=400)
    return json(entity(visit, step(visit.store, visit.clock, row)))


def transfer(visit: Visit) -> Response:
    """POST /apis/{api}/subscriptions/{subscription}/_transfer: to another plan of the API."""
    row = visit.subscription("U")
    body = visit.json({"id": TEXT, "plan": TEXT}, "transferApiSubscription")
    require_fields("transferApiSubscription", body, "plan")
    _check_id(body, row, "process")
    return json(entity(visit, processing.transfer(visit.store, visit.clock, row, body["plan"])))


def entity(visit: Visit, row: Row) -> dict:
    """A subscription with what it mentions."""
    plan = plans.get(visit.store, row["plan"])
    application = applications.get(visit.store, row["application"])
    return _fields(visit, row) | {
        "api": _api(visit, row["api"]),
        "plan": {"id": plan["id"], "name": plan["name"], "security": plan["security"]},
        "application": present(
            id=application["id"],
            name=application["name"],
            type=application["type"],
            description=application["description"],
            domain=application["domain"],
            owner=_user(visit, application["owner"]),
            apiKeyMode=application["api_key_mode"],
        ),
        "subscribed_by": _user(visit, row["subscribed_by"]),
    }


def _fields(visit: Visit, row: Row) -> dict:
    """A subscription that names what it mentions by id alone, as lists have it."""
    return present(
        id=row["id"],
        api=row["api"],
        plan=row["plan"],
        application=row["application"],
        status=row["status"],
        consumerStatus=consuming.status(row),
        processed_at=row["processed_at"],
        processed_by=row["processed_by"],
        subscribed_by=row["subscribed_by"],
        request=row["request"],
        reason=row["reason"],
        starting_at=row["start_at"],
        ending_at=row["end_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        closed_at=row["closed_at"],
        paused_at=row["paused_at"],
        client_id=_client_id(visit, row),
    )


def _item(visit: Visit, row: Row, with_keys: bool) -> dict:
    live = keys.live_values(visit, row["id"]) if with_keys else None
    return _fields(visit, row) | present(keys=live)


def _narrowed(visit: Visit, api: Row) -> list[Row]:
    statuses = {word.upper() for word in visit.words("status")} or set(DEFAULT_STATUSES)
    wanted = {name: set(visit.words(name)) for name in ("plan", "application")}
    opened = keys.opened_by(visit, visit.query["api_key"]) if "api_key" in visit.query else None
    rows = visit.store.all(
        "SELECT * FROM subscription WHERE api = ? ORDER BY created_at DESC, rowid DESC", api["id"]
    )
    return [
        row
        for row in rows
        if row["status"] in statuses
        and all(row[name] in words for name, words in wanted.items() if words)
        and (opened is None or row["id"] in opened)
    ]


def _names(visit: Visit, rows: list[Row]) -> dict:
    """Names of what the listed subscriptions mention, by id."""
    named: dict[str, dict] = {}
    for row in rows:
        plan = plans.get(visit.store, row["plan"])
        user = people.by_id(visit.store, row["subscribed_by"])
        named[row["application"]] = {
            "name": applications.get(visit.store, row["application"])["name"]
        }
        named[plan["id"]] = {"name": plan["name"], "securityType": plan["security"]}
        named[row["api"]] = {"name": _api(visit, row["api"])["name"]}
        named[user.id] = {"name": user.display_name}
    return named


def _api(visit: Visit, identity: str) -> dict:
    row = visit.store.one("SELECT * FROM api WHERE id = ?", identity)
    return {
        "id": identity,
        "name": row["name"],
        "version": row["version"],
        "owner": _user(visit, row["owner"]),
    }


def _user(visit: Visit, identity: str) -> dict:
    return {"id": identity, "displayName": people.by_id(visit.store, identity).display_name}


def _client_id(visit: Visit, row: Row) -> str | None:
    if plans.get(visit.store, row["plan"])["security"] not in ("JWT", "OAUTH2"):
        return None
    return applications.get(visit.store, row["application"])["client_id"]


def _check_id(body: dict, row: Row, action: str) -> None:
    if body.get("id", row["id"]) != row["id"]:
        raise Plain(f"'subscription' parameter does not correspond to the subscription to {action}")


def _chosen_key(value: str | None) -> str | None:
    return keys.checked(value) if value else None
