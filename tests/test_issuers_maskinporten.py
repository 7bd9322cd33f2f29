"""Maskinporten as a machine meets it: documents, grants taken and refused, tokens, keys."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from issuer_steps import (
    BASE,
    MASKINPORTEN,
    SCOPE,
    START,
    Machine,
    caller,
    decoded,
    key,
    still_institution,
)


@pytest.fixture
def institution():
    made = still_institution()
    yield made
    made.close()


@pytest.fixture
def client(institution):
    with caller(institution) as made:
        yield made


@pytest.fixture
def machine(client, institution):
    return Machine(client, institution)


def claims_of(token: str) -> dict:
    return json.loads(decoded(token.split(".")[1]))


def test_metadata_leads_to_the_other_endpoints(client):
    found = client.get("/maskinporten/.well-known/oauth-authorization-server").json()
    assert found["issuer"] == MASKINPORTEN
    assert found["token_endpoint"] == f"{BASE}/maskinporten/token"
    assert found["jwks_uri"] == f"{BASE}/maskinporten/jwk"
    assert client.get(found["jwks_uri"]).status_code == 200


def test_the_identifier_follows_the_address_that_was_asked(client):
    found = client.get(
        "/maskinporten/.well-known/oauth-authorization-server", headers={"host": "127.0.0.1:8123"}
    )
    assert found.json()["issuer"] == "http://127.0.0.1:8123/labs/lab/issuers/maskinporten/"


def test_a_host_that_is_none_is_not_repeated(client):
    found = client.get(
        "/maskinporten/.well-known/oauth-authorization-server", headers={"host": 'x"><script>'}
    )
    assert "script" not in found.text


def test_a_token_says_who_may_what_and_how_long(machine):
    answer = machine.ask()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 119, SCOPE)
    claims = claims_of(body["access_token"])
    assert claims.pop("jti")
    assert claims == {
        "iss": MASKINPORTEN,
        "client_amr": "private_key_jwt",
        "token_type": "Bearer",
        "client_id": machine.id,
        "scope": SCOPE,
        "iat": int(START),
        "exp": int(START) + 120,
        "consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{machine.organisation}"},
    }


def test_the_signature_holds_by_the_published_key(client, machine):
    """Without a JWT library: RFC 7515 by hand."""
    head, payload, signature = machine.token().split(".")
    header = json.loads(decoded(head))
    (jwk,) = [
        k for k in client.get("/maskinporten/jwk").json()["keys"] if k["kid"] == header["kid"]
    ]
    e, n = (int.from_bytes(decoded(jwk[name])) for name in ("e", "n"))
    public = RSAPublicNumbers(e, n).public_key()
    assert header == {"alg": "RS256", "kid": jwk["kid"]}
    public.verify(decoded(signature), f"{head}.{payload}".encode(), PKCS1v15(), SHA256())


def test_no_private_number_is_published(client):
    for jwk in client.get("/maskinporten/jwk").json()["keys"]:
        assert set(jwk) == {"kty", "n", "e", "kid", "use", "alg"}


@pytest.mark.parametrize(
    ("resource", "audience"),
    [(["https://api.example"], "https://api.example"), (["a", "b"], ["a", "b"]), ([], None)],
)
def test_a_token_has_an_audience_only_when_one_was_asked_for(machine, resource, audience):
    assert claims_of(machine.token(resource=resource)).get("aud") == audience


def test_several_scopes_and_a_lifetime_of_its_own(client, institution):
    scopes = [SCOPE, "intark:rom.read"]
    machine = Machine(client, institution, scopes=scopes, access_token_lifetime=600)
    answer = machine.ask(scope=" ".join(reversed(scopes))).json()
    assert (answer["scope"], answer["expires_in"]) == ("intark:rom.read intark:emner.read", 599)


NOW = int(START)
REFUSED = {
    "aud is the token endpoint": ({"aud": f"{BASE}/maskinporten/token"}, "MP-110"),
    "aud without its slash": ({"aud": MASKINPORTEN.rstrip("/")}, "MP-110"),
    "aud of two": ({"aud": [MASKINPORTEN, "https://other.example"]}, "MP-110"),
    "no aud": ({"aud": None}, "MP-110"),
    "an unknown client": ({"iss": "nobody"}, "MP-100"),
    "iss is a number": ({"iss": 7}, "MP-100"),
    "expired": ({"iat": NOW - 121, "exp": NOW - 1}, "MP-130"),
    "just expired": ({"iat": NOW - 60, "exp": NOW}, "MP-130"),
    "over 120 seconds": ({"exp": NOW + 121}, None),
    "iat far ahead": ({"iat": NOW + 12, "exp": NOW + 120}, None),
    "no iat": ({"iat": None}, None),
    "no exp": ({"exp": None}, None),
    "exp is a text": ({"exp": str(NOW + 60)}, None),
    "iat is true": ({"iat": True}, None),
    "jti is a number": ({"jti": 7}, None),
    "a claim too many": ({"sub": "me"}, "MP-011"),
    "resource is no list": ({"resource": "https://api.example"}, "MP-011"),
    "a key nobody registered": ({"header": {"kid": "other"}}, None),
    "no kid": ({"header": {"kid": None}}, None),
    "another key's signature": ({"signer": key(1)}, "MP-124"),
    "a scope it does not have": ({"scope": f"{SCOPE} intark:lonn.read"}, "MP-200"),
    "no scope": ({"scope": None}, "MP-200"),
    "an empty scope": ({"scope": " "}, "MP-200"),
    "scope is a list": ({"scope": [SCOPE]}, "MP-200"),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=REFUSED)
def test_a_grant_is_refused(machine, changes, code):
    answer = machine.ask(**changes)
    body = answer.json()
    assert answer.status_code == 400
    expected = {"MP-011": "invalid_request", "MP-200": "invalid_scope"}.get(code, "invalid_grant")
    assert body["error"] == expected
    assert "trace_id" in body["error_description"]
    assert body.get("error_uri") == (f"{MASKINPORTEN}errors/{code}" if code else None)
    if code:
        assert machine.client.get(body["error_uri"]).status_code == 200


@pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
def test_stronger_hashes_are_taken(machine, algorithm):
    assert machine.ask(header={"alg": algorithm}).status_code == 200


def test_iat_may_be_a_little_ahead(machine):
    assert machine.ask(iat=NOW + 10, exp=NOW + 120).status_code == 200


FORMS = {
    "nothing": ({}, "invalid_request"),
    "no assertion": ({"grant_type": "JWT"}, "invalid_request"),
    "an assertion that is none": ({"grant_type": "JWT", "assertion": "a.b.c"}, "invalid_request"),
    "another grant": ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
}


@pytest.mark.parametrize(("form", "error"), FORMS.values(), ids=FORMS)
def test_a_form_is_refused(client, form, error):
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    sent = json.loads(json.dumps(form).replace("JWT", grant))
    answer = client.post("/maskinporten/token", data=sent)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_repeated_parameter_is_refused(client, machine):
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    form = {"grant_type": [grant, grant], "assertion": machine.assertion()}
    assert client.post("/maskinporten/token", data=form).json()["error"] == "invalid_request"


def test_the_body_must_be_a_form_and_small(client):
    assert client.post("/maskinporten/token", json={}).json()["error"] == "invalid_request"
    large = client.post("/maskinporten/token", data={"assertion": "x" * 70_000})
    assert (large.status_code, large.json()["error"]) == (413, "invalid_request")


def test_an_error_page_says_what_to_look_at(client):
    assert (
        "/.well-known/oauth-authorization-server" in client.get("/maskinporten/errors/MP-110").text
    )
    assert client.get("/maskinporten/errors/MP-999").status_code == 404
