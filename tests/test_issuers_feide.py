"""Feide's tokens as a service and a gateway meet them: codes, claims, introspection."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from issuer_steps import BASE, START, VERIFIER, Service, caller, pkce, still_institution

from intark_lab.issuers import introspect, signatures

PKCE = pkce(VERIFIER)
PRINCIPAL_NAME = "https://n.feide.no/claims/eduPersonPrincipalName"


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
def service(client, institution):
    return Service(client, institution)


@pytest.fixture
def person(institution):
    return institution.world.people[7]


@pytest.fixture
def tokens(service, person):
    return service.redeem(service.log_in(person.email)["code"]).json()


def id_token(client, tokens) -> dict:
    keys = {jwk["kid"]: jwk for jwk in client.get("/feide/openid/jwks").json()["keys"]}
    header, _ = signatures.read(tokens["id_token"])
    return signatures.verify(tokens["id_token"], signatures.import_jwk(keys[header["kid"]]))


def test_an_id_token_tells_who_logged_in(client, service, person, tokens):
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "openid profile email userid-feide"
    claims = id_token(client, tokens)
    assert claims.pop("jti")
    half = sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims.pop("at_hash") == urlsafe_b64encode(half).rstrip(b"=").decode()
    assert re.fullmatch(r"[0-9a-f-]{36}", claims.pop("sub"))
    assert claims == {
        "iss": f"{BASE}/feide",
        "aud": service.id,
        "iat": int(START),
        "exp": int(START) + 3600,
        "auth_time": int(START),
        "nonce": "n-1",
        "name": f"{person.given} {person.family}",
        "email": person.email,
        "email_verified": False,
        PRINCIPAL_NAME: person.email,
        "https://n.feide.no/claims/userid_sec": [f"feide:{person.email}"],
        "dataporten-userid_sec": [f"feide:{person.email}"],
    }


def test_userinfo_tells_the_same(client, tokens):
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    told = client.get("/feide/openid/userinfo", headers=bearer).json()
    assert told.items() <= id_token(client, tokens).items()
    assert told["email"]


def test_scopes_open_claims(client, institution, person):
    service = Service(client, institution, scopes=["openid", "profile"])
    back = service.log_in(person.email, scope="openid profile email userid-feide")
    tokens = service.redeem(back["code"]).json()
    assert tokens["scope"] == "openid profile"
    claims = id_token(client, tokens)
    assert claims["name"]
    assert "email" not in claims
    assert PRINCIPAL_NAME not in claims
    assert claims["https://n.feide.no/claims/userid_sec"] == []


def test_without_openid_there_is_no_id_token(client, service, person):
    back = service.log_in(person.email, scope="profile")
    tokens = service.redeem(back["code"]).json()
    assert "id_token" not in tokens
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/feide/openid/userinfo", headers=bearer).status_code == 403


def test_every_service_knows_a_person_by_the_same_subject(client, institution, person):
    services = [Service(client, institution) for _ in range(2)]
    tokens = [each.redeem(each.log_in(person.email)["code"]).json() for each in services]
    first, second = (id_token(client, each)["sub"] for each in tokens)
    assert first == second


def test_pkce_holds(service, person):
    back = service.log_in(person.email, **PKCE)
    assert service.redeem(back["code"], code_verifier=VERIFIER).status_code == 200


BAD_CODES = {
    "an unknown code": ({}, {"code": "x"}),
    "another redirect URI": ({}, {"redirect_uri": "https://other.example"}),
    "no redirect URI": ({}, {"redirect_uri": None}),
    "no verifier": (PKCE, {}),
    "another verifier": (PKCE, {"code_verifier": "w" * 43}),
    "a verifier that is too short": (pkce("v" * 42), {"code_verifier": "v" * 42}),
    "a verifier with a space": (pkce(" " * 43), {"code_verifier": " " * 43}),
    "a verifier that is not ASCII": (PKCE, {"code_verifier": "å" * 43}),
    "a verifier where no challenge was": ({}, {"code_verifier": VERIFIER}),
}


@pytest.mark.parametrize(("asked", "sent"), BAD_CODES.values(), ids=BAD_CODES)
def test_a_code_is_refused(service, person, asked, sent):
    back = service.log_in(person.email, **asked)
    answer = service.redeem(**{"code": back["code"]} | sent)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_for_one_service_and_ten_minutes(client, institution, service, person):
    other = Service(client, institution)
    code = service.log_in(person.email)["code"]
    assert other.redeem(code).json()["error"] == "invalid_grant"
    institution.advance(600)
    assert service.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_used_twice_ends_its_tokens(client, institution, service, person):
    code = service.log_in(person.email)["code"]
    token = service.redeem(code).json()["access_token"]
    assert introspect(institution.store, token, START)["active"]
    assert service.redeem(code).json()["error"] == "invalid_grant"
    assert introspect(institution.store, token, START) == {"active": False}


WRONG = {
    "a wrong secret": {"auth": ("ID", "wrong")},
    "no secret": {"auth": ("ID", "")},
    "an unknown client": {"auth": ("nobody", "SECRET")},
    "a secret in the form that is wrong": {"data": {"client_id": "ID", "client_secret": "x"}},
    "another client_id in the form": {"auth": ("ID", "SECRET"), "data": {"client_id": "x"}},
    "nothing": {},
}


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("path", ["token", "introspect"])
def test_a_client_that_is_not_known_by_its_secret(client, service, path, sent):
    real = {"ID": service.id, "SECRET": service.secret}
    auth = tuple(real.get(part, part) for part in sent.get("auth", ())) or None
    data = {name: real.get(value, value) for name, value in sent.get("data", {}).items()}
    form = {"grant_type": "client_credentials", "token": "x"} | data
    answer = client.post(f"/feide/oauth/{path}", data=form, auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_secret_may_come_in_the_form_but_not_twice(client, service):
    form = {
        "grant_type": "client_credentials",
        "client_id": service.id,
        "client_secret": service.secret,
    }
    assert client.post("/feide/oauth/token", data=form).status_code == 200
    twice = client.post("/feide/oauth/token", data=form, auth=(service.id, service.secret))
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


def test_a_service_gets_a_token_of_its_own(client, institution):
    service = Service(client, institution, scopes=["gk_timeplan", "gk_rom"])
    auth = (service.id, service.secret)
    form = {"grant_type": "client_credentials", "scope": "gk_timeplan gk_other"}
    answer = client.post("/feide/oauth/token", data=form, auth=auth).json()
    assert (answer["scope"], answer["expires_in"]) == ("gk_timeplan", 28_799)
    assert "id_token" not in answer
    bearer = {"authorization": f"Bearer {answer['access_token']}"}
    assert client.get("/feide/openid/userinfo", headers=bearer).status_code == 403


@pytest.mark.parametrize("grant", ["password", "implicit", "refresh_token"])
def test_other_grants_are_refused(client, service, grant):
    form = {"grant_type": grant}
    answer = client.post("/feide/oauth/token", data=form, auth=(service.id, service.secret))
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Bearer"}]
)
def test_userinfo_wants_a_token(client, headers):
    answer = client.get("/feide/openid/userinfo", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_introspection_tells_what_a_gateway_asks(client, institution, service, tokens):
    form = {"token": tokens["access_token"]}
    asked = client.post("/feide/oauth/introspect", data=form, auth=(service.id, service.secret))
    told = asked.json()
    assert told == introspect(institution.store, tokens["access_token"], START)
    assert told.pop("sub") == id_token(client, tokens)["sub"]
    assert told == {
        "active": True,
        "client_id": service.id,
        "scope": "openid profile email userid-feide",
        "token_type": "Bearer",
        "iat": int(START),
        "exp": int(START) + 28_800,
    }


def test_a_token_ends_after_eight_hours(institution, tokens):
    token = tokens["access_token"]
    assert introspect(institution.store, token, START + 28_799)["active"]
    assert introspect(institution.store, token, START + 28_800) == {"active": False}


def test_a_token_ends_with_its_client(client, institution, service, tokens):
    auth = institution.credentials("developer")
    assert client.delete(f"/feide/clients/{service.id}", auth=auth).status_code == 204
    assert introspect(institution.store, tokens["access_token"], START) == {"active": False}


def test_neither_codes_nor_tokens_nor_secrets_are_kept_readable(institution, service, person):
    code = service.log_in(person.email)["code"]
    token = service.redeem(code).json()["access_token"]
    image = institution.store.image()
    for secret in (code, token, service.secret):
        assert secret.encode() not in image
