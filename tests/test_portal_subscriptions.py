"""Asking for access in the portal, plan by plan, and who may see what came of it."""

import uuid

import pytest
from portal_steps import (
    AUTO,
    COURSE,
    COURSE_SUBSCRIPTION,
    KEY_FIELDS,
    MANUAL,
    OPEN,
    OTHER_AUTO,
    change,
    error,
    make,
    subscribe,
)

from intark_lab.birth import identity

SUBSCRIPTION_FIELDS = (
    "id api application plan status created_at updated_at subscribed_by origin "
    "reference_id reference_type keys"
)


def test_an_auto_plan_accepts_and_gives_a_key(portal):
    application = make(portal)
    made = subscribe(portal, application, AUTO, request="To show study plans")
    assert set(made) == set(SUBSCRIPTION_FIELDS.split()) | {"request", "processed_at", "start_at"}
    assert (made["status"], made["request"]) == ("ACCEPTED", "To show study plans")
    (key,) = made["keys"]
    assert set(key) == set(KEY_FIELDS)
    assert str(uuid.UUID(key["key"])) == key["key"]
    assert set(key["application"]) == {"id", "name"}
    assert key["subscriptions"] == [{"api": made["api"], "application": application}]


def test_a_manual_plan_waits(portal):
    made = subscribe(portal, make(portal), MANUAL)
    assert set(made) == set(SUBSCRIPTION_FIELDS.split())
    assert (made["status"], made["keys"]) == ("PENDING", [])


def test_a_required_comment_is_not_enforced_by_the_server(portal):
    assert subscribe(portal, make(portal), MANUAL)["status"] == "PENDING"


def test_keys_come_with_include_only(portal):
    made = subscribe(portal, make(portal), AUTO)
    path = f"/subscriptions/{made['id']}"
    assert "keys" not in portal.get(path).json()
    assert portal.get(path, params={"include": "keys"}).json() == made


PLANS = {
    "unknown plan": ("", "x", 404, "plan.notFound"),
    "keyless": ("", OPEN, 400, "plan.notSubscribable"),
    "deprecated": ("status = 'DEPRECATED'", AUTO, 400, "plan.notSubscribable"),
    "closed": ("status = 'CLOSED'", AUTO, 400, "plan.closed"),
    "staging": ("status = 'STAGING'", AUTO, 400, "plan.notPublished"),
    "token plan, no client id": ("security = 'JWT'", AUTO, 400, "plan.notSubscribable"),
    "group shut out": ("excluded_groups = '[\"g\"]'", AUTO, 400, "plan.restricted"),
    "conditions not accepted": (
        "general_conditions = 'terms'",
        AUTO,
        400,
        "plan.general_conditions_accept",
    ),
}


@pytest.mark.parametrize("case", PLANS)
def test_plans_refused(portal, institution, case):
    columns, plan, status, code = PLANS[case]
    change(institution, "UPDATE user SET groups = '[\"g\"]'")
    if columns:
        change(institution, f"UPDATE plan SET {columns} WHERE id = ?", plan)
    body = {"application": make(portal), "plan": plan}
    assert error(portal.post("/subscriptions", json=body)) == (status, code)


def test_conditions_are_accepted_in_their_newest_revision(portal, institution):
    page = identity(1, "page", "fs-emner/Guide")
    change(institution, "UPDATE plan SET general_conditions = ? WHERE id = ?", page, AUTO)
    body = {"application": make(portal), "plan": AUTO, "general_conditions_accepted": True}
    for revision, status in ((0, 400), (1, 200)):
        seen = {"pageId": page, "revision": revision}
        answer = portal.post(
            "/subscriptions", json=body | {"general_conditions_content_revision": seen}
        )
        assert answer.status_code == status
    refused = portal.post("/subscriptions", json=body)
    assert error(refused) == (400, "plan.general_conditions_accept")


def test_a_second_live_subscription_is_refused_a_later_one_is_not(portal):
    application = make(portal)
    body = {"application": application, "plan": MANUAL}
    first = subscribe(portal, application, MANUAL)
    assert error(portal.post("/subscriptions", json=body)) == (400, "plan.subscribed")
    assert portal.post(f"/subscriptions/{first['id']}/_close").status_code == 204
    assert subscribe(portal, application, MANUAL)["id"] != first["id"]


def test_one_token_plan_of_an_api_is_enough(portal, institution):
    change(institution, "UPDATE plan SET security = 'JWT' WHERE id IN (?, ?)", AUTO, MANUAL)
    application = make(portal, settings={"app": {"client_id": "mine"}})
    subscribe(portal, application, AUTO)
    answer = portal.post("/subscriptions", json={"application": application, "plan": MANUAL})
    assert error(answer) == (400, "plan.otherOAuth2OrJWTSubscribed")


def test_an_archived_application_asks_for_nothing(portal, portal_as):
    application = make(portal)
    portal.delete(f"/applications/{application}")
    body = {"application": application, "plan": AUTO}
    assert error(portal.post("/subscriptions", json=body)) == (403, "forbidden")
    answer = portal_as("admin").post("/subscriptions", json=body)
    assert error(answer) == (400, "application.archived")


SOMEBODY_ELSES = {
    "application": ("GET", "/applications/{application}", 403),
    "update": ("PUT", "/applications/{application}", 403),
    "delete": ("DELETE", "/applications/{application}", 403),
    "subscription": ("GET", "/subscriptions/{subscription}", 403),
    "close": ("POST", "/subscriptions/{subscription}/_close", 403),
    "renew": ("POST", "/subscriptions/{subscription}/keys/_renew", 403),
    "revoke": ("POST", "/subscriptions/{subscription}/keys/x/_revoke", 403),
    "shared renew": ("POST", "/applications/{application}/keys/_renew", 403),
    "shared revoke": ("POST", "/applications/{application}/keys/x/_revoke", 403),
    "list of its subscriptions": ("GET", "/subscriptions?applicationId={application}", 403),
    "unknown application": ("GET", "/applications/x", 404),
    "unknown subscription": ("GET", "/subscriptions/x", 404),
    "close of an unknown subscription": ("POST", "/subscriptions/x/_close", 404),
    "renew of an unknown subscription": ("POST", "/subscriptions/x/keys/_renew", 404),
}


@pytest.mark.parametrize("case", SOMEBODY_ELSES)
def test_what_is_somebody_elses(portal, portal_as, case):
    method, path, status = SOMEBODY_ELSES[case]
    admin = portal_as("admin")
    application = make(admin)
    subscription = subscribe(admin, application, MANUAL)["id"]
    names = {"application": application, "subscription": subscription}
    assert portal.request(method, path.format(**names)).status_code == status


def test_asking_with_somebody_elses_application(portal, portal_as):
    for application in (make(portal_as("admin")), "x"):
        answer = portal.post("/subscriptions", json={"application": application, "plan": AUTO})
        assert error(answer) == (403, "forbidden")


def test_an_administrator_is_told_that_an_application_is_not_there(portal_as):
    answer = portal_as("admin").post("/subscriptions", json={"application": "x", "plan": AUTO})
    assert error(answer) == (404, "application.notFound")


CONSUMER_CHANGES = {
    "of an AUTO plan": (AUTO, "", 200, "ACCEPTED"),
    "of a MANUAL plan": (MANUAL, "status = 'ACCEPTED'", 200, "PENDING"),
    "of one that is over": (MANUAL, "status = 'CLOSED'", 400, "CLOSED"),
}


@pytest.mark.parametrize("case", CONSUMER_CHANGES)
def test_changes_by_the_consumer_are_decided_anew(portal, institution, case):
    plan, columns, status, after = CONSUMER_CHANGES[case]
    made = subscribe(portal, make(portal), plan)
    if columns:
        change(institution, f"UPDATE subscription SET {columns} WHERE id = ?", made["id"])
    path = f"/subscriptions/{made['id']}"
    assert portal.put(path, json={"configuration": {}}).status_code == status
    assert portal.get(path).json()["status"] == after


CONSUMER_STATUS = f"/subscriptions/{COURSE_SUBSCRIPTION}/_changeConsumerStatus"


def turn(portal, status: str):
    return portal.post(CONSUMER_STATUS, params={"status": status})


def test_a_consumer_stops_and_starts_its_own_subscription(portal, client_as, institution):
    gateway = client_as("gateway", None)
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    stopped = turn(portal, "STOPPED").json()
    assert (stopped["consumerStatus"], stopped["status"]) == ("STOPPED", "ACCEPTED")
    path = f"/subscriptions/{COURSE_SUBSCRIPTION}"
    assert portal.get(path).json()["consumerPausedAt"] == stopped["consumerPausedAt"]
    assert gateway.get("/fs/emner/v1/emner", headers=key).status_code == 401
    assert turn(portal, "STARTED").json()["consumerStatus"] == "STARTED"
    assert gateway.get("/fs/emner/v1/emner", headers=key).status_code == 200
    assert "consumerPausedAt" not in portal.get(path).json()


def test_a_consumer_status_refused(portal):
    assert error(turn(portal, "STARTED")) == (400, "subscription.notPaused")
    turn(portal, "STOPPED")
    assert error(turn(portal, "STOPPED")) == (400, "subscription.notPausable")
    for status in ("FAILURE", "SOME", ""):
        assert turn(portal, status).status_code == 400


def test_an_administrator_reaches_everything(portal_as):
    admin = portal_as("admin")
    assert admin.get(f"/applications/{COURSE}").status_code == 200
    assert COURSE in {row["id"] for row in admin.get("/applications").json()["data"]}
    assert admin.get(f"/subscriptions/{COURSE_SUBSCRIPTION}").status_code == 200


LISTS = {
    "all": ("", 3),
    "of an application": ("?applicationId={mine}", 2),
    "of two applications": (f"?applicationIds={{mine}}&applicationIds={COURSE}", 3),
    "of a status": ("?statuses=PENDING", 1),
    "of two statuses": ("?statuses=PENDING&statuses=ACCEPTED", 3),
    "of an API": ("?apiId={api}", 2),
    "of two APIs": ("?apiIds={api}&apiIds=x", 2),
    "of API products: there are none": ("?apiProductIds=x", 0),
    "of APIs": ("?referenceTypes=API", 3),
    "by the API's name": ("?query=timetable", 1),
}


@pytest.mark.parametrize("case", LISTS)
def test_lists_of_subscriptions(portal, case):
    query, count = LISTS[case]
    mine = make(portal)
    pending = subscribe(portal, mine, MANUAL)
    subscribe(portal, mine, OTHER_AUTO)
    answer = portal.get("/subscriptions" + query.format(mine=mine, api=pending["api"]))
    assert answer.status_code == 200
    assert len(answer.json()["data"]) == count


def test_lists_of_subscriptions_refused(portal):
    assert error(portal.get("/subscriptions?statuses=OPEN")) == (400, "queryParam")
    assert error(portal.get("/subscriptions?apiId=x&apiProductIds=y")) == (400, "unexpected")


def test_a_list_of_subscriptions_names_what_it_mentions(portal):
    (row,) = (answer := portal.get("/subscriptions").json())["data"]
    names = {row[noun]: answer["metadata"][row[noun]]["name"] for noun in ("api", "plan")}
    assert list(names.values()) == ["FS Emner: courses and teaching", "Open study data"]
    assert answer["metadata"][row["application"]]["name"] == "Course application"
    assert answer["metadata"][row["subscribed_by"]]["name"] == "Course developer"
