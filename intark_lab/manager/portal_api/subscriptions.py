"""Subscriptions: asking for access, and what came of it."""

from collections.abc import Sequence
from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import applications, consuming, people, subscriptions
from intark_lab.manager.errors import bad_request, forbidden
from intark_lab.manager.portal_api import keys
from intark_lab.manager.portal_api.answers import iso, json, no_content, present
from intark_lab.manager.portal_api.applications import KEY_MODE
from intark_lab.manager.portal_api.bodies import ANY, FLAG, TEXT, WHOLE, Map
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.visit import Visit

CONFIGURATION = {
    "channel": TEXT,
    "entrypointId": TEXT,
    "entrypointConfiguration": ANY,
    "filter": ANY,
    "configuration": ANY,
}
INPUT = {
    "application": TEXT,
    "plan": TEXT,
    "request": TEXT,
    "general_conditions_accepted": FLAG,
    "general_conditions_content_revision": {"pageId": TEXT, "revision": WHOLE},
    "metadata": Map(TEXT),
    "configuration": CONFIGURATION,
    "filter": TEXT,
    "api_key_mode": KEY_MODE,
}


def subscribe(visit: Visit) -> Response:
    """POST /subscriptions: 200 with the keys, none as long as the request waits for an answer."""
    wanted = visit.json(INPUT, "createSubscription.arg0")
    application = _own_application(visit, wanted.get("application"))
    row = subscriptions.subscribe(visit.store, visit.clock, visit.user, application, wanted)
    return json(shape(row) | {"keys": keys.shapes(visit, row)})


def list_subscriptions(visit: Visit) -> Response:
    """GET /subscriptions of the user's applications, newest first, narrowed by the query."""
    rows = _narrowed(visit, _of_caller(visit))
    return listing(visit, rows, shape, lambda shown: _names(visit, shown))


def get_subscription(visit: Visit) -> Response:
    """GET /subscriptions/{subscription}, with its keys under `include=keys`."""
    row = _readable(visit)
    subscription = shape(row)
    if "keys" in visit.query.getlist("include"):
        subscription["keys"] = keys.shapes(visit, row)
    return json(subscription)


def close_subscription(visit: Visit) -> Response:
    """POST /subscriptions/{subscription}/_close: 204, also when it was over already."""
    row = _own(visit)
    application = applications.get(visit.store, row["application"])
    with visit.store.transaction():
        subscriptions.close(visit.store, visit.clock, row, application)
    return no_content()


def update_subscription(visit: Visit) -> Response:
    """PUT /subscriptions/{subscription}: with a MANUAL plan the data owner decides anew.

    What a message consumer would configure is read and has no use in the lab.
    """
    row = _own(visit)
    visit.json({"configuration": CONFIGURATION}, "updateSubscription.arg1")
    with visit.store.transaction():
        subscriptions.ask_again(visit.store, visit.clock, row)
    return json(shape(subscriptions.get(visit.store, row["id"])))


def change_consumer_status(visit: Visit) -> Response:
    """POST /subscriptions/{subscription}/_changeConsumerStatus?status=STARTED|STOPPED.

    Only this answer tells `consumerStatus`: elsewhere the documents of 3.20 and 4.x name it with
    other values, and both let it be left out. `consumerPausedAt` says the same everywhere.
    """
    row = _own(visit)
    steps = {consuming.STARTED: consuming.start, consuming.STOPPED: consuming.stop}
    step = steps.get(visit.choice("status", (*steps, "FAILURE")))
    if step is None:
        raise bad_request("Query parameter 'status' must be STARTED or STOPPED")
    row = step(visit.store, visit.clock, row)
    return json(shape(row) | {"consumerStatus": consuming.status(row)})


def shape(row: Row) -> dict:
    return present(
        id=row["id"],
        api=row["api"],
        reference_id=row["api"],
        reference_type="API",
        application=row["application"],
        plan=row["plan"],
        status=row["status"],
        request=row["request"],
        reason=row["reason"],
        created_at=iso(row["created_at"]),
        updated_at=iso(row["updated_at"]),
        processed_at=iso(row["processed_at"]),
        start_at=iso(row["start_at"]),
        end_at=iso(row["end_at"]),
        paused_at=iso(row["paused_at"]),
        closed_at=iso(row["closed_at"]),
        consumerPausedAt=iso(row["consumer_paused_at"]),
        subscribed_by=row["subscribed_by"],
        origin="MANAGEMENT",
    )


def _own_application(visit: Visit, identity: str | None) -> Row | None:
    """The application that asks. Raises 403 for one that is not the user's, known or not."""
    row = visit.store.one("SELECT * FROM application WHERE id = ?", identity)
    if not visit.user.is_admin and (row is None or not applications.may_use(row, visit.user)):
        raise forbidden()
    return row


def _own(visit: Visit) -> Row:
    """A subscription of the user's application. Raises 404, 403."""
    row = subscriptions.get(visit.store, visit.path["subscription"])
    applications.accessible(visit.store, row["application"], visit.user)
    return row


def _readable(visit: Visit) -> Row:
    """A subscription of the user's application, or to the user's API. Raises 404, 403."""
    row = subscriptions.get(visit.store, visit.path["subscription"])
    application = applications.get(visit.store, row["application"])
    api = visit.store.one("SELECT owner FROM api WHERE id = ?", row["api"])
    if not applications.may_use(application, visit.user) and api["owner"] != visit.user.id:
        raise forbidden()
    return row


def _of_caller(visit: Visit) -> list[Row]:
    """The subscriptions of the applications asked for, else of all that are the user's."""
    asked = _all(visit, "applicationId", "applicationIds")
    for identity in asked:
        _own_application(visit, identity)
    own = asked or [row["id"] for row in applications.of(visit.store, visit.user)]
    return visit.store.all(
        f"SELECT * FROM subscription WHERE application IN ({', '.join('?' * len(own))}) "
        "ORDER BY created_at DESC, rowid DESC",
        *own,
    )


def _narrowed(visit: Visit, rows: list[Row]) -> list[Row]:
    """What the query's statuses, APIs and words leave. The lab has no API products."""
    statuses = visit.choices("statuses", subscriptions.STATUSES)
    kinds = visit.choices("referenceTypes", ("API", "API_PRODUCT"))
    apis, products = _all(visit, "apiId", "apiIds"), _all(visit, "apiProductIds")
    if apis and products:
        raise bad_request("API and API Product filters cannot be used together")
    if products or kinds == ["API_PRODUCT"]:
        return []
    if words := visit.query.get("query"):
        named = {row["id"] for row in _apis(visit) if words.casefold() in row["name"].casefold()}
        rows = [row for row in rows if row["api"] in named]
    return [
        row
        for row in rows
        if (not statuses or row["status"] in statuses) and (not apis or row["api"] in apis)
    ]


def _names(visit: Visit, shown: Sequence[Row]) -> dict:
    """What the shown subscriptions mention, by id."""
    store, names = visit.store, {}
    apis = {row["id"]: row for row in _apis(visit)}
    for row in shown:
        api, plan = apis[row["api"]], store.one("SELECT name FROM plan WHERE id = ?", row["plan"])
        picture = visit.link("apis", api["id"], f"picture?{api['updated_at']}")
        names[api["id"]] = {"name": api["name"], "pictureUrl": picture}
        names[row["plan"]] = {"name": plan["name"]}
        application = applications.get(store, row["application"])
        names[application["id"]] = {"name": application["name"]}
        user = people.by_id(store, row["subscribed_by"])
        names[user.id] = {"name": user.display_name}
    return names


def _apis(visit: Visit) -> list[Row]:
    return visit.store.all("SELECT id, name, updated_at FROM api")


def _all(visit: Visit, *parameters: str) -> list[str]:
    return [value for name in parameters for value in visit.query.getlist(name)]
