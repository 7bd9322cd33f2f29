"""The gateway's behaviour as a table of named cases, with httpx over real sockets."""

import uuid

import pytest

from intark_lab import journal
from intark_lab.birth import identity
from intark_lab.faults import Fault

COURSES = "/gateway/fs/emner/v1/emner"
TEACHING = "/gateway/fs/emner/v1/undervisningsaktiviteter"
UNITS = "/gateway/orgreg/v3/units"


@pytest.fixture
def key(listening):
    return {"X-Gravitee-Api-Key": listening[0].course_key()}


CASES = {
    "keyless API": ("GET", UNITS, {}, 200),
    "wrong key where a keyless plan exists": ("GET", UNITS, {"X-Gravitee-Api-Key": "no"}, 401),
    "no key": ("GET", COURSES, {}, 401),
    "wrong key": ("GET", COURSES, {"X-Gravitee-Api-Key": "no"}, 401),
    "a key nobody can write": ("GET", COURSES, {"X-Gravitee-Api-Key": b"\xe5\xff"}, 401),
    "a header that is not read": ("GET", COURSES, {"X-API-Key": "KEY"}, 401),
    "the key as bearer token": ("GET", COURSES, {"Authorization": "Bearer KEY"}, 401),
    "the key": ("GET", COURSES, {"X-Gravitee-Api-Key": "KEY"}, 200),
    "the key, header in other letters": ("GET", COURSES, {"x-GRAVITEE-api-KEY": "KEY"}, 200),
    "a header goes before a query": (
        "GET",
        COURSES + "?api-key=no",
        {"X-Gravitee-Api-Key": "KEY"},
        200,
    ),
    "an empty header leaves the query": (
        "GET",
        COURSES + "?api-key=KEY",
        {"X-Gravitee-Api-Key": ""},
        200,
    ),
    "an empty key is none": ("GET", UNITS + "?api-key=", {"X-Gravitee-Api-Key": ""}, 200),
    "the key of another API": (
        "GET",
        "/gateway/tp/timeplan/v1/aktiviteter",
        {"X-Gravitee-Api-Key": "KEY"},
        401,
    ),
    "a path outside the plan": (
        "GET",
        "/gateway/fs/emner/v1/emnepameldinger",
        {"X-Gravitee-Api-Key": "KEY"},
        403,
    ),
    "a method outside the plan": ("POST", COURSES, {"X-Gravitee-Api-Key": "KEY"}, 405),
    "a course that is not there": (
        "GET",
        COURSES + "/NOPE0000-1",
        {"X-Gravitee-Api-Key": "KEY"},
        404,
    ),
    "a wrong parameter": ("GET", COURSES + "?limit=many", {"X-Gravitee-Api-Key": "KEY"}, 400),
    "no context path": ("GET", "/gateway/nothing", {}, 404),
    "half a context path": ("GET", "/gateway/fs/emner", {}, 404),
    "more than a context path": ("GET", "/gateway/orgreg/v33/units", {}, 404),
}


@pytest.mark.parametrize(("method", "path", "headers", "status"), CASES.values(), ids=CASES)
def test_status(client, listening, method, path, headers, status):
    course_key = listening[0].course_key()
    sent = {
        name: value.replace("KEY", course_key) if isinstance(value, str) else value
        for name, value in headers.items()
    }
    answer = client.request(method, path.replace("KEY", course_key), headers=sent)
    assert answer.status_code == status


def test_the_key_may_come_in_the_query_and_goes_no_further(client, listening):
    institution, _ = listening
    response = client.get(COURSES, params={"api-key": institution.course_key(), "limit": 2})
    assert len(response.json()["items"]) == 2
    call = journal.calls(institution.store)[-1]
    assert (call.key_from, call.query) == ("query", "limit=2")


@pytest.mark.parametrize("state", ["revoked", "paused key", "expired", "closed", "not yet", "over"])
def test_every_access_that_is_not_live_gets_the_same_401(client, listening, key, state):
    institution, _ = listening
    store, now = institution.store, institution.clock.ms()
    change = {
        "revoked": ("UPDATE api_key SET revoked = 1",),
        "paused key": ("UPDATE api_key SET paused = 1",),
        "expired": ("UPDATE api_key SET expire_at = ?", now),
        "closed": ("UPDATE subscription SET status = 'CLOSED'",),
        "not yet": ("UPDATE subscription SET start_at = ?", now + 60_000),
        "over": ("UPDATE subscription SET end_at = ?", now),
    }[state]
    assert client.get(COURSES, headers=key).status_code == 200
    with store.transaction():
        store.write(*change)
    refused = client.get(COURSES, headers=key)
    assert refused.status_code == 401
    assert refused.json() == {"message": "Unauthorized", "http_status_code": 401}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html, application/json;q=0.5", "application/json"),
        ("text/html", "text/plain"),
        (None, "text/plain"),
    ],
)
def test_errors_come_in_the_form_that_was_asked_for(client, accept, kind):
    request = client.build_request("GET", COURSES)
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = client.send(request)
    assert response.headers["content-type"] == kind
    assert "Unauthorized" in response.text
    assert (kind == "text/plain") == (response.text == "Unauthorized")


def test_no_context_path_is_text_for_everybody_and_has_no_ids(client):
    response = client.get("/gateway/nothing", headers={"Accept": "application/json"})
    assert response.headers["content-type"] == "text/plain"
    assert response.text == "No context-path matches the request URI."
    assert "x-gravitee-transaction-id" not in response.headers


def test_a_transaction_id_is_kept_and_a_request_id_is_always_new(client):
    sent = {"X-Gravitee-Transaction-Id": "order-66", "X-Gravitee-Request-Id": "mine"}
    response = client.get(UNITS, headers=sent)
    assert response.headers["x-gravitee-transaction-id"] == "order-66"
    id_ = uuid.UUID(response.headers["x-gravitee-request-id"])
    assert (id_.variant, id_.version) == (uuid.RFC_4122, 4)
    alone = client.get(UNITS)
    ids = ("x-gravitee-transaction-id", "x-gravitee-request-id")
    assert len({alone.headers[name] for name in ids}) == 1


def test_the_sixth_call_within_a_second_is_refused_until_the_window_ends(client, listening, key):
    institution, _ = listening
    answers = [client.get(TEACHING, params={"limit": 1}, headers=key) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[5].json()["message"] == (
        "Rate limit exceeded! You reached the limit of 5 requests per 1 seconds"
    )
    first, last = answers[0].headers, answers[5].headers
    assert (first["x-rate-limit-limit"], first["x-rate-limit-remaining"]) == ("5", "4")
    assert last["x-rate-limit-remaining"] == "0"
    assert "retry-after" not in last
    assert 0 < int(last["x-rate-limit-reset"]) - institution.clock.ms() <= 1000
    assert client.get(COURSES, headers=key).status_code == 200
    institution.clock.advance(1)
    assert client.get(TEACHING, params={"limit": 1}, headers=key).status_code == 200


def test_every_call_leaves_one_row_before_its_answer(client, listening, key):
    institution, _ = listening
    client.get(COURSES, params={"limit": 3}, headers=key | {"User-Agent": "mine/1"})
    client.get(COURSES)
    client.get("/gateway/nothing")
    good, refused, lost = journal.calls(institution.store)
    api = identity(1, "api", "fs-emner")
    assert (good.api, good.status, good.method) == (api, 200, "GET")
    assert good.application == identity(1, "application", "course")
    assert (good.path, good.query) == ("/fs/emner/v1/emner", "limit=3")
    assert (good.user_agent, good.key_from) == ("mine/1", "header")
    assert (refused.api, refused.application, refused.plan) == (api, journal.UNKNOWN, None)
    assert refused.error_key == "GATEWAY_PLAN_UNRESOLVABLE"
    assert (lost.api, lost.status) == (journal.UNKNOWN, 404)


FAULTS = {
    "the backend's own error": ({"status": 503}, 503, True, 0),
    "slow": ({"kind": "latency", "seconds": 3}, 200, True, 3),
    "slower than the read time-out": ({"kind": "latency", "seconds": 11}, 504, False, 10),
    "no connection in time": ({"kind": "connect-timeout"}, 504, False, 5),
    "no answer in time": ({"kind": "read-timeout"}, 504, False, 10),
    "a dropped connection": ({"kind": "dropped"}, 502, False, 0),
    "backend down": ({"kind": "down"}, 502, False, 0),
    "wrong backend password": ({"kind": "wrong-password"}, 401, True, 0),
}


@pytest.mark.parametrize(("fault", "status", "has_body", "waited"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_met_as_often_as_asked(client, listening, key, fault, status, has_body, waited):
    institution, _ = listening
    institution.faults.add(Fault("fs-emner", path="/emner", times=2, **fault))
    offset = institution.clock.offset
    answers = [client.get(COURSES, headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert bool(answers[0].content) is has_body
    assert institution.clock.offset - offset == 2 * waited
    assert journal.calls(institution.store)[0].response_ms // 1000 == waited
    assert client.get(UNITS).status_code == 200


def test_a_fault_may_be_for_one_application_alone(client, listening, key):
    institution, _ = listening
    institution.faults.add(Fault("fs-emner", application="another"))
    assert client.get(COURSES, headers=key).status_code == 200
