"""What an API's definition may change at the gateway, and when the gateway knows of a change."""

import asyncio
from functools import partial
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import InProcess

from intark_lab import journal
from intark_lab.birth import identity
from intark_lab.deployment import Backend, Definition, DeployedPlan
from intark_lab.faults import Fault
from intark_lab.institution import PORTAL, Institution
from intark_lab.server import Labs

PATH = "/gateway/mine/v1/units?limit=1"
EMNER = "/gateway/fs/emner/v1/emner?limit=1"


@pytest.fixture
def deploy(listening):
    """Deploy an API at /mine/v1 that ends in Orgreg, with fields of its definition given."""
    institution, _ = listening

    return partial(put, institution.store)


def put(store, security="KEY_LESS", **fields):
    plans = [DeployedPlan("mine-plan", security)]
    definition = Definition("mine", "mine", "/mine/v1", Backend("source:orgreg"), plans)
    for name, value in fields.items():
        object.__setattr__(definition, name, value)
    with store.transaction():
        store.insert("api", id="mine", slug="mine", state="STARTED")
        store.insert("deployment", api="mine", definition=definition.to_json(), deployed_at=0)


def limit(**flow):
    rate = {"limit": 1, "periodTime": 1, "periodTimeUnit": "MINUTES"}
    return {"pre": [{"policy": "rate-limit", "configuration": {"rate": rate}}], **flow}


FLOWS = {
    "everywhere": ({}, True),
    "on this path": ({"path-operator": {"path": "/units", "operator": "EQUALS"}}, True),
    "on another": ({"path-operator": {"path": "/x", "operator": "STARTS_WITH"}}, False),
    "for this method": ({"methods": ["GET"]}, True),
    "for another": ({"methods": ["POST"]}, False),
    "under a condition that holds": ({"condition": "{#request.method == 'GET'}"}, True),
    "under one that does not": ({"condition": "{#request.params['limit'] == '2'}"}, False),
    "under one that nobody can read": ({"condition": "{#oops('"}, False),
    "turned off": ({"enabled": False}, False),
}


@pytest.mark.parametrize(("flow", "meets"), FLOWS.values(), ids=FLOWS)
def test_a_flow_meets_the_calls_it_is_for(client, deploy, flow, meets):
    deploy(flows=[limit(**flow)])
    answers = [client.get(PATH).status_code for _ in range(2)]
    assert answers == [200, 429 if meets else 200]


CACHE = {"pre": [{"policy": "cache", "configuration": {"cacheName": "c", "scope": "API"}}]}


def test_labs_share_what_they_deploy_but_neither_counts_nor_kept_answers():
    labs, made = Labs(), [Institution.fresh(seed=1, lab_id=name) for name in "ab"]
    for lab in made:
        labs.add(lab)
        put(lab.store, flows=[limit(), CACHE])
    with httpx.Client(transport=InProcess(labs), base_url="http://lab.example/labs") as client:
        here = [client.get(f"/a{PATH}").status_code for _ in range(2)]
        made[1].faults.add(Fault("mine", status=503))
        there = client.get(f"/b{PATH}").status_code
    assert (here, there) == ([200, 429], 503)
    one, other = (lab.gateway._current(0).routing.route("GET", "/mine/v1") for lab in made)
    assert one is other
    for lab in made:
        lab.close()


def test_an_api_may_word_its_refusals(client, deploy):
    own = {"status": 403, "headers": {"X-Why": "no key"}, "body": '{"feil": "ingen nøkkel"}'}
    templates = {"GATEWAY_PLAN_UNRESOLVABLE": {"application/json": own}}
    deploy(security="API_KEY", response_templates=templates)
    refused = client.get(PATH, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()) == (403, {"feil": "ingen nøkkel"})
    assert refused.headers["x-why"] == "no key"
    assert client.get(PATH, headers={"Accept": "text/html"}).status_code == 401


def test_a_definition_that_a_policy_cannot_use_takes_no_other_with_it(client, deploy):
    deploy(flows=[{"pre": [{"policy": "rate-limit", "configuration": {"rate": {"limit": "x"}}}]}])
    assert client.get(PATH).status_code == 404
    assert client.get("/gateway/orgreg/v3/units").status_code == 200


def test_a_call_is_told_by_the_mapping_its_path_fits(client, deploy, listening):
    deploy(path_mappings=["/units", "/units/:ou_id"])
    client.get("/gateway/mine/v1/units/1")
    client.get("/gateway/mine/v1/nothing")
    mapped = [call.mapped_path for call in journal.calls(listening[0].store)]
    assert mapped == ["/units/:ou_id", None]


def test_a_change_is_known_after_the_sync_delay(client, listening):
    institution, _ = listening
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    institution.gateway.sync_delay = 5
    assert client.get(EMNER, headers=key).status_code == 200
    with institution.store.transaction():
        institution.store.write(
            "UPDATE subscription SET status = 'CLOSED' WHERE id = ?",
            identity(1, "subscription", "course"),
        )
    assert client.get(EMNER, headers=key).status_code == 200
    institution.clock.advance(4)
    assert client.get(EMNER, headers=key).status_code == 200
    institution.clock.advance(2)
    assert client.get(EMNER, headers=key).status_code == 401


def test_the_delay_begins_with_the_change_and_not_with_a_call(client, listening):
    institution, _ = listening
    institution.gateway.sync_delay = 5
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    assert client.get(EMNER, headers=key).status_code == 200
    path = f"{PORTAL}/subscriptions/{identity(1, 'subscription', 'course')}/_close"
    learner = institution.credentials("developer")
    assert client.post(path, auth=learner).status_code == 204
    institution.clock.advance(6)
    assert client.get(EMNER, headers=key).status_code == 401


LETTERS = st.binary(max_size=24).map(lambda raw: bytes(33 + byte % 94 for byte in raw))
"""What a request line can carry: printable ASCII without a space."""


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    path=LETTERS,
    query=LETTERS,
    headers=st.dictionaries(
        st.sampled_from(
            [b"x-gravitee-api-key", b"accept", b"authorization", b"x-gravitee-transaction-id"]
        ),
        st.binary(max_size=30),
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"]),
)
@pytest.mark.parametrize("prefix", [b"", b"/fs/emner/v1/", b"/orgreg/v3/units/"])
def test_no_request_makes_the_gateway_stumble(labs, prefix, path, query, headers, method):
    raw_path = b"/labs/lab/gateway" + prefix + path
    scope = {
        "type": "http",
        "method": method,
        "raw_path": raw_path,
        "path": unquote(raw_path.decode()),
        "query_string": query,
        "headers": list(headers.items()),
        "client": ("127.0.0.1", 1),
    }
    sent = []

    async def call():
        async def send(event):
            sent.append(event)

        await labs(scope, None, send)

    asyncio.run(call())
    assert sent[0]["status"] < 500
    assert sent[-1]["type"] == "http.response.body"
