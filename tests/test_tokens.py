"""JWT and OAuth2 plans at the gateway, with tokens of the lab's issuers and of others."""

import json

import httpx
import pytest
from backends import backend, say
from issuer_steps import Machine, jwks, key

from intark_lab import journal
from intark_lab.deployment import Backend, Definition, DeployedPlan

PATH = "/gateway/mine/v1/units?limit=1"
RULE = "{#context.attributes['jwt.claims']['scope'].contains('intark:emner.read')}"


@pytest.fixture
def issuers(listening):
    """A client of the lab's issuers over a socket."""
    with httpx.Client(base_url=listening[1] + "/issuers", trust_env=False) as made:
        yield made


@pytest.fixture
def deploy(listening):
    """Deploy an API with one plan of `security`, and let an application with `client_id` in."""
    institution, _ = listening

    def put(
        security, definition, client_id, rule=None, resources=(), also=(), target="source:orgreg"
    ):
        plans = [DeployedPlan("mine-plan", security, [], definition, rule), *also]
        api = Definition("mine", "mine", "/mine/v1", Backend(target), plans, [], list(resources))
        store = institution.store
        with store.transaction():
            store.insert("api", id="mine", slug="mine", state="STARTED")
            store.insert("deployment", api="mine", definition=api.to_json(), deployed_at=0)
            store.insert("application", id="app", name="App", client_id=client_id)
            store.insert(
                "subscription",
                id="sub",
                api="mine",
                plan="mine-plan",
                application="app",
                status="ACCEPTED",
            )

    return put


def call(client, token, **headers):
    return client.get(PATH, headers={"Authorization": f"Bearer {token}", **headers})


@pytest.fixture
def machine(issuers, listening):
    return Machine(issuers, listening[0])


@pytest.fixture
def token(machine, listening):
    """Fetch a token for `machine`, with claims of its assertion changed."""
    audience = listening[1] + "/issuers/maskinporten/"
    return lambda **claims: machine.token(aud=audience, **claims)


def jwks_plan(base):
    return {
        "signature": "RSA_RS256",
        "publicKeyResolver": "JWKS_URL",
        "resolverParameter": base + "/issuers/maskinporten/jwk",
    }


def test_a_token_of_maskinporten_opens_a_jwt_plan(client, deploy, listening, machine, token):
    institution, base = listening
    deploy("JWT", jwks_plan(base), machine.id, RULE)
    held = token()
    assert call(client, held).status_code == 200
    seen = journal.calls(institution.store)[-1]
    assert (seen.application, seen.subscription, seen.plan) == ("app", "sub", "mine-plan")
    institution.clock.advance(300)
    expired = call(client, held)
    assert expired.status_code == 401
    assert expired.json()["message"] == "Unauthorized"


def test_a_token_with_an_audience_is_matched_on_that(client, deploy, listening, machine, token):
    deploy("JWT", jwks_plan(listening[1]), machine.id)
    held = token(resource=["https://gw-nordvik.intark.example"])
    assert call(client, held).status_code == 401


def test_the_selection_rule_wants_its_scope(client, deploy, listening, machine, token):
    deploy("JWT", jwks_plan(listening[1]), machine.id, RULE.replace("emner.read", "other"))
    assert call(client, token()).status_code == 401


@pytest.mark.parametrize("sent", ["x", "a.b.c", "å", "a.b.c.d.e", "."])
def test_what_is_no_token_gets_the_one_401(client, deploy, listening, machine, sent):
    deploy("JWT", jwks_plan(listening[1]), machine.id)
    sent = {"Authorization": b"Bearer " + sent.encode()}
    refused = client.get(PATH, headers=sent)
    assert refused.status_code == 401
    assert refused.json() == {"message": "Unauthorized", "http_status_code": 401}


def test_no_token_says_how_to_send_one(client, deploy, listening, machine):
    deploy("JWT", jwks_plan(listening[1]), machine.id)
    assert client.get(PATH).headers["www-authenticate"] == "Bearer"


def test_keys_from_elsewhere_are_fetched_and_a_set_that_is_gone_is_500(client, deploy, listening):
    now = int(listening[0].clock.now())
    token = signed({"client_id": "c", "exp": now + 60})
    content = json.dumps(jwks()).encode()
    with backend(say(content, headers=b"Content-Type: application/json\r\n")) as (url, seen):
        deploy("JWT", {"publicKeyResolver": "JWKS_URL", "resolverParameter": url}, "c")
        assert [call(client, token).status_code for _ in range(2)] == [200, 200]
        assert len(seen) == 1


def test_a_key_set_that_cannot_be_had_is_the_gateways_fault(client, deploy):
    with backend(say(b"")) as (url, _):
        pass
    deploy("JWT", {"publicKeyResolver": "JWKS_URL", "resolverParameter": url}, "c")
    broken = call(client, signed({"client_id": "c"}))
    assert (broken.status_code, broken.json()["message"]) == (500, "Internal Server Error")


def test_a_token_in_the_query_is_one_too_and_no_log_keeps_it(
    client, deploy, listening, token, machine
):
    institution, base = listening
    deploy("JWT", jwks_plan(base), machine.id)
    held = token()
    assert client.get(f"{PATH}&access_token={held}").status_code == 200
    seen = journal.calls(institution.store)[-1]
    assert (seen.application, seen.query) == ("app", "limit=1")


def test_a_backend_gets_the_token_where_the_caller_put_it(
    client, deploy, listening, token, machine
):
    held = token()
    with backend(say(b"")) as (url, seen):
        deploy("JWT", jwks_plan(listening[1]), machine.id, target=url)
        client.get(f"{PATH}&access_token={held}")
    assert f"limit=1&access_token={held}".encode() in seen[0]


def test_a_shared_secret_signs_for_a_jwt_plan(client, deploy):
    from joserfc import jws
    from joserfc.jwk import OctKey

    secret = "forty characters, and nobody knows which"
    deploy("JWT", {"signature": "HMAC_HS256", "resolverParameter": secret}, "c")
    claims = json.dumps({"client_id": "c"}).encode()
    token = jws.serialize_compact({"alg": "HS256"}, claims, OctKey.import_key(secret))
    assert call(client, token).status_code == 200
    assert call(client, signed({"client_id": "c"})).status_code == 401


def test_the_gateway_s_own_keys(client, deploy, machine, token):
    deploy("JWT", {"publicKeyResolver": "GATEWAY_KEYS"}, machine.id)
    assert call(client, token()).status_code == 200


def test_a_token_of_no_plan_leaves_the_key_to_be_tried(client, deploy, listening):
    """A bearer token may be the backend's."""
    institution, base = listening
    deploy("JWT", jwks_plan(base), "c", also=[DeployedPlan("by-key", "API_KEY", [])])
    store = institution.store
    with store.transaction():
        store.insert(
            "subscription",
            id="keyed",
            api="mine",
            plan="by-key",
            application="app",
            status="ACCEPTED",
        )
        store.insert("api_key", id="k", key="its-key", subscription="keyed")
    statuses = [
        call(client, "theirs", **{"X-Gravitee-Api-Key": sent}).status_code
        for sent in ("its-key", "another")
    ]
    assert statuses == [200, 401]


OAUTH2 = {"oauthResource": "feide", "requiredScopes": ["emner"], "checkRequiredScopes": True}
ANSWERS = {
    "live": ({"active": True, "client_id": "c", "scope": "emner x"}, 200),
    "not live": ({"active": False}, 401),
    "another client": ({"active": True, "client_id": "d", "scope": "emner"}, 401),
    "too narrow a scope": ({"active": True, "client_id": "c", "scope": "x"}, 401),
}


@pytest.mark.parametrize(("answer", "status"), ANSWERS.values(), ids=ANSWERS)
def test_an_oauth2_plan_asks_its_server(client, deploy, answer, status):
    content = json.dumps(answer).encode()
    with backend(say(content, headers=b"Content-Type: application/json\r\n")) as (url, seen):
        settings = {"introspectionEndpoint": url, "clientId": "gw", "clientSecret": "s"}
        deploy("OAUTH2", OAUTH2, "c", resources=[{"name": "feide", "configuration": settings}])
        response = call(client, "opaque")
    assert response.status_code == status
    assert b"authorization: basic" in seen[0].lower()
    if status == 401:
        assert response.json()["message"] == "Unauthorized"


def test_an_oauth2_server_that_is_down_is_said(client, deploy):
    with backend(say(b"")) as (url, _):
        pass
    settings = {"introspectionEndpoint": url}
    deploy("OAUTH2", OAUTH2, "c", resources=[{"name": "feide", "configuration": settings}])
    response = call(client, "opaque")
    assert (response.status_code, response.json()["message"]) == (503, "temporarily_unavailable")
    assert response.headers["www-authenticate"] == 'Bearer realm="gravitee.io"'


def signed(claims: dict) -> str:
    from joserfc import jws

    header = {"alg": "RS256", "kid": "key-0"}
    return jws.serialize_compact(header, json.dumps(claims).encode(), key(0))
