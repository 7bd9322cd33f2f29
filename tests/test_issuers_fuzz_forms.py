"""Whatever form, header, query or registration is sent, the answer is never a 5xx."""

from base64 import urlsafe_b64encode
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from issuer_fuzz import FUZZ, VALUES, WORDS, fine
from issuer_steps import BASE, JWT_BEARER, caller, key, still_institution

pytestmark = pytest.mark.slow

HOME = "https://x.example"
FIELDS = (
    "grant_type",
    "assertion",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "scope",
    "token",
)
ASKED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "person",
)


@pytest.fixture(scope="module")
def lab():
    """One lab for all examples: (client, the learner's login, Feide's client)."""
    institution = still_institution()
    with caller(institution) as client:
        login = institution.credentials("developer")
        document = {"client_name": "x", "redirect_uris": [HOME], "scopes": ["openid"]}
        made = client.post("/feide/clients", json=document, auth=login).json()
        yield client, login, (made["client_id"], made["client_secret"])
    institution.close()


@FUZZ
@given(form=st.dictionaries(st.sampled_from(FIELDS), WORDS, max_size=6))
@pytest.mark.parametrize(
    "path", ["maskinporten/token", "feide/oauth/token", "feide/oauth/introspect"]
)
def test_forms(lab, path, form):
    client, _, auth = lab
    fine(client.post(f"/{path}", data=form))
    fine(client.post(f"/{path}", data=form, auth=auth))
    for grant in (JWT_BEARER, "authorization_code", "client_credentials"):
        fine(client.post(f"/{path}", data=form | {"grant_type": grant}, auth=auth))


@FUZZ
@given(body=st.binary(max_size=300))
@pytest.mark.parametrize(
    "path", ["maskinporten/token", "feide/oauth/token", "feide/oauth/authorization"]
)
def test_bodies(lab, path, body):
    client, _, auth = lab
    form = {"content-type": "application/x-www-form-urlencoded"}
    fine(client.post(f"/{path}", content=body, headers=form, auth=auth))


@FUZZ
@given(credentials=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
@pytest.mark.parametrize("scheme", ["Basic", "Bearer", ""])
def test_authorization_headers(lab, scheme, credentials):
    client, _, _ = lab
    for sent in (credentials, urlsafe_b64encode(credentials)):
        if any(byte < 32 or byte == 127 for byte in sent):
            continue  # no server hands such a header on
        headers = {"authorization": f"{scheme} ".encode() + sent}
        fine(client.get("/feide/openid/userinfo", headers=headers))
        fine(client.post("/feide/clients", headers=headers))
        form = {"grant_type": "client_credentials"}
        fine(client.post("/feide/oauth/token", data=form, headers=headers))


@FUZZ
@given(changes=st.dictionaries(st.sampled_from(ASKED), WORDS, max_size=5))
def test_authorization_requests(lab, changes):
    client, _, (client_id, _) = lab
    good = {
        "client_id": client_id,
        "redirect_uri": HOME,
        "response_type": "code",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    for answer in (
        fine(client.get("/feide/oauth/authorization", params=good | changes)),
        fine(client.post("/feide/oauth/authorization", data=good | changes)),
    ):
        if "location" in answer.headers:
            assert answer.headers["location"].startswith(f"{HOME}?")


@FUZZ
@given(query=st.binary(max_size=200))
def test_queries(lab, query):
    client, _, _ = lab
    fine(client.get(f"{BASE}/feide/oauth/authorization?{quote(query, safe='&=+;[]')}"))


@FUZZ
@given(
    document=st.dictionaries(
        st.sampled_from(
            [
                "client_name",
                "scopes",
                "jwks",
                "public_key",
                "client_orgno",
                "access_token_lifetime",
                "client_id",
                "redirect_uris",
            ]
        ),
        VALUES,
        max_size=6,
    ),
    jwk=st.dictionaries(
        st.sampled_from(["kty", "n", "e", "kid", "use", "alg"]), VALUES, max_size=4
    ),
)
@pytest.mark.parametrize("issuer", ["maskinporten", "feide"])
def test_registrations(lab, issuer, document, jwk):
    client, login, _ = lab
    good = {"client_name": "x", "scopes": ["a"]}
    set_of_one = {"jwks": {"keys": [key(0).as_dict(private=False) | jwk]}}
    for sent in (document, good | document, good | set_of_one):
        body = orjson.dumps(sent)
        made = fine(client.post(f"/{issuer}/clients", content=body, auth=login))
        if made.status_code == 201:
            path = f"/{issuer}/clients/{made.json()['client_id']}"
            assert client.delete(path, auth=login).status_code == 204
