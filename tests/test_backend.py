"""Real backends behind the gateway: proxied over sockets, and each way not to get through."""

import json

import pytest

from intark_lab import journal
from intark_lab.deployment import Backend, Definition, DeployedPlan
from intark_lab.fetching import on_this_machine
from intark_lab.gateway.backend import end_to_end
from tests.backends import backend, break_off, hang_up, say, silence, unreachable

PATH = "/gateway/mine/v1"


@pytest.fixture
def deploy(listening):
    """Deploy an API at /mine/v1 with a backend: `deploy(target, flows=…, **backend fields)`."""
    institution, _ = listening

    def put(target, flows=(), plan=None, resources=(), **fields):
        plan = plan or DeployedPlan("mine-plan", "KEY_LESS", list(flows))
        definition = Definition(
            "mine", "mine", "/mine/v1", Backend(target, **fields), [plan], [], list(resources)
        )
        with institution.store.transaction():
            institution.store.insert("api", id="mine", slug="mine", state="STARTED")
            institution.store.insert(
                "deployment", api="mine", definition=definition.to_json(), deployed_at=0
            )

    return put


def test_an_answer_comes_through_as_it_was_sent(client, deploy, listening):
    headers = b"Content-Type: text/csv\r\nX-Mine: yes\r\nKeep-Alive: timeout=5\r\n"
    with backend(say(b"a;b\n", b"1;2\n", status=b"201 Created", headers=headers)) as (url, seen):
        deploy(url + "/base")
        response = client.post(
            PATH + "/rows%2Fx?q=1",
            content=b"posted",
            headers={"X-Own": "mine", "Connection": "x-own", "X-Kept": "kept"},
        )
    assert (response.status_code, response.text) == (201, "a;b\n1;2\n")
    assert response.headers["x-mine"] == "yes"
    assert "keep-alive" not in response.headers
    head = seen[0].decode().lower()
    assert head.startswith("post /base/rows%2fx?q=1 http/1.1")
    assert "x-kept: kept" in head
    assert "x-own" not in head
    assert f"x-gravitee-request-id: {response.headers['x-gravitee-request-id']}" in head
    call = journal.calls(listening[0].store)[-1]
    assert (call.status, call.response_length, call.request_length) == (201, 8, 6)


def test_a_large_body_is_streamed_both_ways(client, deploy):
    piece = b"x" * 65536
    with backend(say(*[piece] * 64)) as (url, seen):
        deploy(url)
        with client.stream("POST", PATH, content=iter([piece] * 3)) as response:
            length = sum(len(part) for part in response.iter_raw())
    assert length == 64 * 65536
    assert b"transfer-encoding: chunked" in seen[0].lower()


@pytest.mark.parametrize(("propagate", "seen_there"), [(True, True), (False, False), (None, False)])
def test_the_key_goes_on_only_where_the_plan_says_so(
    client, deploy, listening, propagate, seen_there
):
    institution, _ = listening
    key = institution.course_key()
    definition = {} if propagate is None else {"propagateApiKey": propagate}
    plan = DeployedPlan("mine-plan", "API_KEY", [], definition)
    with institution.store.transaction():
        institution.store.write("UPDATE subscription SET api = 'mine', plan = 'mine-plan'")
    with backend(say(b"")) as (url, seen):
        deploy(url, plan=plan)
        assert client.get(PATH, headers={"X-Gravitee-Api-Key": key}).status_code == 200
        assert client.get(PATH, params={"api-key": key, "q": "1"}).status_code == 200
    assert [key.encode() in head for head in seen] == [seen_there] * 2
    assert b"q=1" in seen[1]


def test_the_backend_password_and_headers_are_the_gateways(client, deploy):
    with backend(say(b"")) as (url, seen):
        own = {"Authorization": "Basic Z3c6c2VjcmV0", "X-Tenant": "nordvik"}
        deploy(url, headers=own)
        client.get(PATH, auth=("learner", "own"), headers={"X-Tenant": "mine"})
    head = seen[0].lower()
    assert b"authorization: basic z3c6c2vjcmv0" in head
    assert head.count(b"authorization") == 1
    assert head.count(b"x-tenant: nordvik") == 1


def test_the_backends_own_errors_pass_unchanged(client, deploy):
    headers = b'Content-Type: text/html\r\nWWW-Authenticate: Basic realm="db"\r\n'
    with backend(say(b"<h1>No</h1>", status=b"401 Nope", headers=headers)) as (url, _):
        deploy(url)
        response = client.get(PATH)
    assert (response.status_code, response.text) == (401, "<h1>No</h1>")
    assert response.headers["www-authenticate"] == 'Basic realm="db"'


def test_cookies_are_kept_by_callers_alone(client, deploy):
    with backend(say(b"", headers=b"Set-Cookie: session=ada\r\n")) as (url, seen):
        deploy(url)
        assert client.get(PATH).headers["set-cookie"] == "session=ada"
        client.cookies.clear()
        client.get(PATH)
        client.get(PATH, headers={"Cookie": "mine=1"})
    assert b"session=ada" not in seen[1] + seen[2]
    assert b"mine=1" in seen[2]


def test_a_backend_does_not_name_the_transaction(client, deploy):
    with backend(say(b"", headers=b"X-Gravitee-Transaction-Id: theirs\r\n")) as (url, _):
        deploy(url)
        response = client.get(PATH, headers={"X-Gravitee-Transaction-Id": "mine"})
    assert response.headers.get_list("x-gravitee-transaction-id") == ["mine"]


@pytest.mark.parametrize(
    ("answer", "status"), [(hang_up, 502), (silence, 504)], ids=["hangs up", "is silent"]
)
def test_a_backend_that_gives_no_answer(client, deploy, listening, answer, status):
    with backend(answer) as (url, _):
        deploy(url, read_timeout_ms=200)
        response = client.get(PATH)
    assert (response.status_code, response.content) == (status, b"")
    assert response.headers["x-gravitee-request-id"]
    assert response.headers["connection"] == "close"
    call = journal.calls(listening[0].store)[-1]
    assert call.error_key.startswith("GATEWAY_CLIENT_")


def test_a_backend_that_refuses(client, deploy):
    with backend(hang_up) as (url, _):
        pass
    deploy(url)
    response = client.get(PATH)
    assert (response.status_code, response.content) == (502, b"")


def test_a_backend_that_cannot_be_reached_in_time(client, deploy):
    with unreachable() as url:
        deploy(url, connect_timeout_ms=200)
        response = client.get(PATH)
    assert (response.status_code, response.content) == (504, b"")


def test_a_name_that_is_nowhere(client, deploy, listening):
    listening[0].backends.anywhere = True
    deploy("http://backend.intark.example")
    assert client.get(PATH).status_code == 502


def test_the_whole_calls_time_out_has_its_own_words(client, deploy, listening):
    listening[0].backends.request_timeout = 0.2
    with backend(silence) as (url, _):
        deploy(url)
        response = client.get(PATH)
    assert response.status_code == 504
    assert response.json()["message"] == "Request timeout"


def test_an_api_without_endpoint(client, deploy):
    deploy("")
    response = client.get(PATH)
    assert (response.status_code, response.content) == (503, b"")


def test_an_answer_that_breaks_off_is_not_made_whole(client, deploy, listening):
    import httpx

    with backend(break_off) as (url, _):
        deploy(url)
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(PATH)
    assert journal.calls(listening[0].store)[-1].error_key == "GATEWAY_CLIENT_CONNECTION_CLOSED"


def test_beyond_this_machine_nothing_is_called(client, deploy, listening):
    deploy("http://192.0.2.1/")
    response = client.get(PATH)
    assert (response.status_code, response.content) == (502, b"")


@pytest.mark.parametrize(
    ("target", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9/x", True),
        ("https://[::1]:8443", True),
        ("http://localhost", True),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
        ("http://127.0.0.1.nip.example", False),
        ("http://127.0.0.1@backend.example", False),
        ("http://", False),
    ],
)
def test_what_counts_as_this_machine(target, here):
    assert on_this_machine(target) is here


def test_hop_by_hop_headers_end_at_the_hop():
    headers = [
        (b"Connection", b"close, X-Secret"),
        (b"X-Secret", b"1"),
        (b"TE", b"trailers"),
        (b"Accept", b"*/*"),
    ]
    assert end_to_end(headers) == [(b"accept", b"*/*")]


def flow(policy, configuration, where="pre"):
    return {where: [{"policy": policy, "configuration": configuration}]}


def test_fields_are_taken_out_of_json_answers(client, deploy):
    remove = [{"operation": "remove", "spec": {"ansatt": {"*": {"fnr": ""}, "fnr": ""}}}]
    content = json.dumps({"ansatt": [{"id": 1, "fnr": "x"}, {"id": 2, "fnr": "y"}]}).encode()
    with backend(say(content, headers=b"Content-Type: application/json\r\n")) as (url, _):
        configuration = {"scope": "RESPONSE", "specification": json.dumps(remove)}
        deploy(url, [flow("json-to-json", configuration, "post")])
        response = client.get(PATH)
    assert response.json() == {"ansatt": [{"id": 1}, {"id": 2}]}


def test_an_answer_is_kept_as_long_as_the_cache_says(client, deploy, listening):
    cache = {"name": "mine", "type": "cache", "configuration": {"timeToLiveSeconds": 60}}
    settings = {"cacheName": "mine", "key": "{#request.params['q']}", "scope": "API"}
    with backend(say(b"fresh")) as (url, seen):
        deploy(url, [flow("cache", settings)], resources=[cache])

        def calls(query="q=1", **headers):
            assert client.get(PATH, params=query, headers=headers).text == "fresh"
            return len(seen)

        assert [calls(), calls(), calls("q=2"), calls("q=1&cache=BY_PASS")] == [1, 1, 2, 3]
        assert calls(**{"X-Gravitee-Cache": "BY_PASS"}) == 4
        listening[0].clock.advance(61)
        assert calls() == 5


LIMITS = {
    "quota": (
        {"quota": {"limit": 2, "periodTime": 1, "periodTimeUnit": "DAYS"}},
        "Quota exceeded! You reached the limit of 2 requests per 1 days",
        {"x-quota-limit": "2", "x-quota-remaining": "0"},
        86_400_000,
    ),
    "rate-limit": (
        {"rate": {"limit": 2, "periodTime": 1, "periodTimeUnit": "MINUTES"}},
        "Rate limit exceeded! You reached the limit of 2 requests per 1 minutes",
        {},
        60_000,
    ),
    "spike-arrest": (
        {
            "addHeaders": True,
            "spike": {"limit": 40, "periodTime": 2, "periodTimeUnit": "SECONDS"},
        },
        "Spike limit exceeded! You reached the limit of 2 requests per 100 ms.",
        {"x-spike-arrest-limit": "2", "x-spike-arrest-slice-period": "100ms"},
        100,
    ),
}


@pytest.mark.parametrize("policy", LIMITS)
def test_limits(client, deploy, listening, policy):
    configuration, message, headers, period = LIMITS[policy]
    institution, _ = listening
    frozen = institution.clock.ms()
    institution.clock.ms = lambda: frozen
    deploy("source:orgreg", [flow(policy, configuration)])
    answers = [client.get(PATH + "/units", params={"limit": 1}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["message"] == message
    named = {name: value for name, value in answers[2].headers.items() if "-reset" not in name}
    assert {name: named.get(name) for name in headers} == headers
    assert any("-reset" in name for name in answers[2].headers) == bool(headers)
    frozen += period
    assert client.get(PATH + "/units", params={"limit": 1}).status_code == 200


def statuses(client, *sent: str) -> list[int]:
    answers = [client.get(PATH + "/units?limit=1", headers={"X-Sent": one}) for one in sent]
    return [answer.status_code for answer in answers]


def test_a_limit_that_each_call_works_out(client, deploy):
    rate = {"limit": 0, "periodTime": 1, "periodTimeUnit": "MINUTES"}
    rate["dynamicLimit"] = "{#request.headers['X-Sent']}"
    deploy("source:orgreg", [flow("rate-limit", {"rate": rate, "addHeaders": True})])
    assert statuses(client, "2", "2", "2", "4", "no number") == [200, 200, 429, 200, 429]
    answer = client.get(PATH + "/units?limit=1", headers={"X-Sent": "9"})
    assert answer.headers["x-rate-limit-limit"] == "9"


@pytest.mark.parametrize("alone", [False, True])
def test_a_limit_with_a_key_of_its_own(client, deploy, alone):
    rate = {"limit": 1, "periodTime": 1, "periodTimeUnit": "MINUTES", "useKeyOnly": alone}
    rate["key"] = "{#request.headers['X-Sent']}"
    deploy("source:orgreg", [flow("rate-limit", {"rate": rate})])
    assert statuses(client, "a", "b", "a", "c") == [200, 200, 429, 200]
