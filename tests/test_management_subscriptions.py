"""Requests for access as their provider meets them: listed, answered, paused, closed."""

import pytest
from management_steps import COURSE, LEARNER, PUBLISHER, error, make_api, make_plan, request_access

PROCESSED_FIELDS = (
    "id api plan application status consumerStatus request reason starting_at processed_at "
    "processed_by subscribed_by created_at updated_at"
)
HOUR = 3_600_000
"""ms"""


@pytest.fixture
def api(management):
    return make_api(management)


@pytest.fixture
def plan(management, api):
    return make_plan(management, api)


@pytest.fixture
def waiting(management, portal, api, plan):
    """The path of a request that waits for its answer."""
    return f"{api}/subscriptions/{request_access(portal, plan, request='To show rooms')['id']}"


def keys(management, subscription) -> list[dict]:
    return management.get(f"{subscription}/apikeys").json()


def test_a_request_is_accepted_with_a_reason(management, portal, waiting):
    assert keys(management, waiting) == []
    answer = management.post(f"{waiting}/_process", json={"accepted": True, "reason": "Welcome."})
    accepted = answer.json()
    assert answer.status_code == 200
    assert set(accepted) == set(PROCESSED_FIELDS.split())
    assert (accepted["status"], accepted["reason"]) == ("ACCEPTED", "Welcome.")
    assert accepted["processed_by"] == PUBLISHER
    assert accepted["subscribed_by"] == {"id": LEARNER, "displayName": "Course developer"}
    assert set(accepted["plan"]) == {"id", "name", "security"}
    assert accepted["application"]["apiKeyMode"] == "EXCLUSIVE"
    (key,) = keys(management, waiting)
    seen = portal.get(f"/subscriptions/{accepted['id']}", params={"include": "keys"}).json()
    assert [held["key"] for held in seen["keys"]] == [key["key"]]
    assert seen["reason"] == "Welcome."


def test_a_request_is_rejected_with_a_reason(management, portal, waiting):
    rejected = management.post(f"{waiting}/_process", json={"accepted": False, "reason": "No."})
    assert rejected.json()["status"] == "REJECTED"
    assert rejected.json()["closed_at"] == rejected.json()["processed_at"]
    assert keys(management, waiting) == []
    seen = portal.get(f"/subscriptions/{rejected.json()['id']}").json()
    assert (seen["status"], seen["reason"]) == ("REJECTED", "No.")


def test_dates_bound_the_access_and_its_key(management, institution, waiting):
    now = institution.clock.ms()
    dates = {"starting_at": now + HOUR, "ending_at": now + 2 * HOUR}
    accepted = management.post(f"{waiting}/_process", json={"accepted": True, **dates}).json()
    assert {name: accepted[name] for name in dates} == dates
    assert keys(management, waiting)[0]["expire_at"] == now + 2 * HOUR
    later = {"starting_at": now, "ending_at": now + 3 * HOUR}
    assert management.put(waiting, json=later).json()["ending_at"] == now + 3 * HOUR
    assert keys(management, waiting)[0]["expire_at"] == now + 3 * HOUR


def test_dates_may_be_texts(management, waiting):
    body = {"accepted": True, "ending_at": "2030-01-02T03:04:05.000Z"}
    accepted = management.post(f"{waiting}/_process", json=body).json()
    assert accepted["ending_at"] == 1_893_553_445_000


MADE_UP = {"accepted": True, "customApiKey": "rooms-for-everybody"}


def test_a_provider_may_make_the_key_up(management, waiting):
    management.post(f"{waiting}/_process", json=MADE_UP)
    assert [key["key"] for key in keys(management, waiting)] == ["rooms-for-everybody"]


TAKEN = {
    "another application's": (True, False, 400),
    "another application's, for another API": (True, True, 400),
    "its own, for another plan": (False, False, 400),
    "its own, for another API": (False, True, 200),
}


@pytest.mark.parametrize(("new_application", "new_api", "status"), TAKEN.values(), ids=TAKEN)
def test_a_made_up_key_may_be_taken(
    management, portal, api, waiting, new_application, new_api, status
):
    management.post(f"{waiting}/_process", json=MADE_UP)
    application = COURSE
    if new_application:
        body = {"name": "Another", "settings": {"app": {}}}
        application = portal.post("/applications", json=body).json()["id"]
    if new_api:
        api = make_api(management, contextPath="/halls")
    plan = make_plan(management, api, name="More")
    second = f"{api}/subscriptions/{request_access(portal, plan, application)['id']}"
    answer = management.post(f"{second}/_process", json=MADE_UP)
    assert answer.status_code == status
    if status == 400:
        assert error(answer) == (400, "apiKey.existing")
        assert management.get(second).json()["status"] == "PENDING"


@pytest.mark.parametrize("key", ["short", "with a space", "hash#tag#hash", "x" * 65])
def test_a_made_up_key_has_a_form(management, waiting, key):
    body = {"accepted": True, "customApiKey": key}
    answer = management.post(f"{waiting}/_process", json=body)
    assert answer.status_code == 400
    assert answer.json()["path"] == "processApiSubscription.arg1.customApiKey"


def test_a_second_answer_is_refused_as_3_20_does(management, waiting):
    management.post(f"{waiting}/_process", json={"accepted": True})
    refused = management.post(f"{waiting}/_process", json={"accepted": False})
    assert error(refused) == (400, "subscription.processed")
    assert refused.json()["message"] == "This subscription has already been processed."


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/_process", {"id": "another", "accepted": True}, "process"),
        ("", {"id": "another"}, "update"),
    ],
)
def test_the_id_in_the_body_is_that_of_the_path(management, waiting, path, body, said):
    send = management.post if path else management.put
    answer = send(f"{waiting}{path}", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == (
        f"'subscription' parameter does not correspond to the subscription to {said}"
    )


def test_a_closed_plan_takes_no_answers(management, institution, plan, waiting):
    with institution.store.transaction():
        institution.store.write("UPDATE plan SET status = 'CLOSED' WHERE name = 'Rooms'")
    answer = management.post(f"{waiting}/_process", json={"accepted": True})
    assert error(answer) == (400, "plan.closed")


STATUSES = {
    "paused while it waits": ("PENDING", "PAUSED", (400, "subscription.notPausable")),
    "paused": ("ACCEPTED", "PAUSED", "PAUSED"),
    "paused twice": ("PAUSED", "PAUSED", (400, "subscription.notPausable")),
    "resumed": ("PAUSED", "RESUMED", "ACCEPTED"),
    "resumed without a pause": ("ACCEPTED", "RESUMED", (400, "subscription.notPaused")),
    "closed": ("ACCEPTED", "CLOSED", "CLOSED"),
    "closed in a pause": ("PAUSED", "CLOSED", "CLOSED"),
    "closed while it waits": ("PENDING", "CLOSED", "REJECTED"),
    "closed twice": ("CLOSED", "CLOSED", "CLOSED"),
    "resumed when closed": ("CLOSED", "RESUMED", (400, "subscription.notPaused")),
}


@pytest.mark.parametrize(("before", "asked", "then"), STATUSES.values(), ids=STATUSES)
def test_status(management, waiting, before, asked, then):
    if before != "PENDING":
        management.post(f"{waiting}/_process", json={"accepted": True})
    if before in ("PAUSED", "CLOSED"):
        management.post(f"{waiting}/status", params={"status": before})
    answer = management.post(f"{waiting}/status", params={"status": asked})
    if isinstance(then, str):
        assert answer.json()["status"] == then
    else:
        assert error(answer) == then


def test_a_pause_pauses_the_key(management, waiting):
    management.post(f"{waiting}/_process", json={"accepted": True})
    paused = management.post(f"{waiting}/status", params={"status": "PAUSED"}).json()
    assert "paused_at" in paused
    assert keys(management, waiting)[0]["paused"] is True
    resumed = management.post(f"{waiting}/status", params={"status": "RESUMED"}).json()
    assert "paused_at" not in resumed
    assert keys(management, waiting)[0]["paused"] is False


def test_the_provider_sees_that_the_consumer_stopped(management, portal, waiting):
    management.post(f"{waiting}/_process", json={"accepted": True})
    stop = f"/subscriptions/{waiting.rpartition('/')[2]}/_changeConsumerStatus"
    assert portal.post(stop, params={"status": "STOPPED"}).status_code == 200
    seen = management.get(waiting).json()
    assert (seen["consumerStatus"], seen["status"]) == ("STOPPED", "ACCEPTED")


def test_a_status_that_is_none(management, waiting):
    assert management.post(f"{waiting}/status", params={"status": "GONE"}).status_code == 400


def test_the_dates_of_what_is_over_stay(management, waiting):
    management.post(f"{waiting}/_process", json={"accepted": False})
    assert error(management.put(waiting, json={})) == (400, "subscription.notUpdatable")


def test_lists_show_live_subscriptions_with_names_and_paging(management, portal, api, waiting):
    plan = management.get(waiting).json()["plan"]["id"]
    listed = management.get(f"{api}/subscriptions").json()
    (item,) = listed["data"]
    assert (item["plan"], item["application"], item["status"]) == (plan, COURSE, "PENDING")
    assert listed["metadata"][COURSE] == {"name": "Course application"}
    assert listed["metadata"][plan] == {"name": "Rooms", "securityType": "API_KEY"}
    assert listed["page"] == {
        "current": 1,
        "per_page": 20,
        "size": 1,
        "total_pages": 1,
        "total_elements": 1,
    }
    for query, found in (
        ({"status": "PENDING"}, 1),
        ({"status": "accepted,rejected"}, 0),
        ({"plan": "another"}, 0),
        ({"application": COURSE}, 1),
        ({"page": 2}, 0),
    ):
        assert len(management.get(f"{api}/subscriptions", params=query).json()["data"]) == found


def test_a_list_holds_keys_when_asked(management, api, waiting):
    management.post(f"{waiting}/_process", json={"accepted": True})
    (item,) = management.get(f"{api}/subscriptions", params={"expand": "keys"}).json()["data"]
    assert item["keys"] == [keys(management, waiting)[0]["key"]]
    by_key = {"api_key": item["keys"][0]}
    assert len(management.get(f"{api}/subscriptions", params=by_key).json()["data"]) == 1
    assert management.get(f"{api}/subscriptions", params={"api_key": "x"}).json()["data"] == []


def test_a_provider_may_subscribe_an_application(management, plan, api):
    query = {"application": COURSE, "plan": plan.rpartition("/")[2]}
    answer = management.post(f"{api}/subscriptions", params=query)
    assert (answer.status_code, answer.json()["status"]) == (201, "ACCEPTED")
    assert answer.headers["location"].endswith(answer.json()["id"])
    again = management.post(f"{api}/subscriptions", params=query)
    assert error(again) == (400, "plan.subscribed")
    missing = management.post(f"{api}/subscriptions", params={"plan": query["plan"]})
    assert missing.json()["details"][0]["location"] == "application"


def test_a_subscription_moves_to_another_plan_of_its_kind(management, api, waiting):
    target = make_plan(management, api, name="More")
    keyless = make_plan(management, api, name="Open", security="KEY_LESS")
    moved = management.post(f"{waiting}/_transfer", json={"plan": target.rpartition("/")[2]})
    assert moved.json()["plan"]["name"] == "More"
    refused = management.post(f"{waiting}/_transfer", json={"plan": keyless.rpartition("/")[2]})
    assert error(refused) == (400, "plan.transferNotAllowed")


def test_a_renewed_key_leaves_the_old_one_two_hours(management, institution, waiting):
    management.post(f"{waiting}/_process", json={"accepted": True})
    (old,) = keys(management, waiting)
    renewed = management.post(f"{waiting}/apikeys/_renew")
    assert renewed.status_code == 201
    new, before = keys(management, waiting)
    assert (new["id"], before["id"]) == (renewed.json()["id"], old["id"])
    assert before["expire_at"] == new["created_at"] + 2 * HOUR
    assert management.delete(f"{waiting}/apikeys/{before['id']}").status_code == 204
    assert keys(management, waiting)[1]["revoked"] is True
    assert error(management.delete(f"{waiting}/apikeys/nope")) == (404, "apiKey.notFound")


def test_the_subscription_of_another_api_is_not_this_ones(management, waiting):
    other = make_api(management, contextPath="/other")
    path = f"{other}/subscriptions/{waiting.rpartition('/')[2]}"
    assert error(management.get(path)) == (404, "subscription.notFound")
