"""A client library that nobody here wrote, Authlib, meets the issuers over a socket."""

import re
import time
from urllib.parse import urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc8414 import get_well_known_url
from authlib.oidc.core import CodeIDToken
from issuer_steps import HOME, SCOPE, SCOPES, jwks, key
from joserfc import jwt
from joserfc.jwk import KeySet


@pytest.fixture
def issuers(listening):
    return f"{listening[1]}/issuers"


@pytest.fixture
def login(listening):
    return listening[0].credentials("developer")


def registered(issuers: str, issuer: str, login: tuple, **document) -> dict:
    answer = requests.post(f"{issuers}/{issuer}/clients", json=document, auth=login, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def machine(issuers, login):
    return registered(issuers, "maskinporten", login, client_name="x", scopes=[SCOPE], jwks=jwks(0))


def asking(issuers: str, machine: dict, **changes) -> AssertionSession:
    found = requests.get(
        f"{issuers}/maskinporten/.well-known/oauth-authorization-server", timeout=10
    ).json()
    good = {
        "token_endpoint": found["token_endpoint"],
        "issuer": machine["client_id"],
        "subject": None,
        "audience": found["issuer"],
        "claims": {"scope": SCOPE},
        "header": {"alg": "RS256", "kid": "key-0"},
        "key": key(0),
        "expires_in": 120,
    }
    return AssertionSession(**good | changes)


@pytest.mark.parametrize("issuer", ["maskinporten", "feide"])
def test_an_issuers_document_stands_also_where_rfc_8414_puts_it(issuers, issuer):
    """Before the path of the issuer's address, not behind it."""
    suffix = {"maskinporten": "oauth-authorization-server", "feide": "openid-configuration"}[issuer]
    behind = requests.get(f"{issuers}/{issuer}/.well-known/{suffix}", timeout=10).json()
    address = get_well_known_url(behind["issuer"], external=True, suffix=suffix)
    assert urlsplit(address).path.startswith(f"/.well-known/{suffix}/labs/")
    assert requests.get(address, timeout=10).json() == behind


def test_a_machine_gets_a_token_and_sends_it_along(issuers, machine):
    session = asking(issuers, machine)
    echoed = session.get(f"{issuers}/maskinporten/jwk").request.headers["Authorization"]
    held = jwt.decode(
        echoed.removeprefix("Bearer "),
        KeySet.import_key_set(requests.get(f"{issuers}/maskinporten/jwk", timeout=10).json()),
        algorithms=["RS256"],
    )
    assert held.claims["client_id"] == machine["client_id"]
    assert held.claims["consumer"]["ID"] == f"0192:{machine['client_orgno']}"


def test_the_library_s_habit_of_a_subject_is_refused_as_at_digdir(issuers, machine):
    with pytest.raises(OAuth2Error, match=r"invalid_request.*parameter value: sub"):
        asking(issuers, machine, subject=machine["client_id"]).refresh_token()


def test_the_library_s_usual_hour_is_too_long(issuers, machine):
    with pytest.raises(OAuth2Error, match=r"invalid_grant.*120 seconds"):
        asking(issuers, machine, expires_in=3600).refresh_token()


def logged_in(session: OAuth2Session, found: dict, **asked) -> str:
    """Where the browser ends after somebody was picked on the login page."""
    address, _ = session.create_authorization_url(found["authorization_endpoint"], **asked)
    page = requests.get(address, timeout=10)
    hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
    person = re.search(r'name="person" value="([^"]+)"', page.text)[1]
    form = {**hidden, "person": person}
    back = requests.post(address, data=form, timeout=10, allow_redirects=False)
    return back.headers["location"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_service_logs_somebody_in(issuers, login, method):
    service = registered(
        issuers, "feide", login, client_name="x", redirect_uris=[HOME], scopes=SCOPES
    )
    found = requests.get(f"{issuers}/feide/.well-known/openid-configuration", timeout=10).json()
    session = OAuth2Session(
        service["client_id"],
        service["client_secret"],
        scope=SCOPES,
        redirect_uri=HOME,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
    )
    session.state = generate_token()
    verifier, nonce = generate_token(48), generate_token()
    asked = {"state": session.state, "code_verifier": verifier, "nonce": nonce}
    arrived = logged_in(session, found, **asked)
    token = session.fetch_token(
        found["token_endpoint"], authorization_response=arrived, code_verifier=verifier
    )
    held = jwt.decode(
        token["id_token"],
        KeySet.import_key_set(requests.get(found["jwks_uri"], timeout=10).json()),
        algorithms=found["id_token_signing_alg_values_supported"],
    )
    claims = CodeIDToken(
        held.claims,
        held.header,
        {"iss": {"essential": True, "value": found["issuer"]}},
        {
            "nonce": nonce,
            "client_id": service["client_id"],
            "access_token": token["access_token"],
        },
    )
    claims.validate(now=int(time.time()), leeway=1)
    told = session.get(found["userinfo_endpoint"]).json()
    assert told["sub"] == claims["sub"]
    assert told["name"]
    asked = session.introspect_token(found["introspection_endpoint"], token=token["access_token"])
    assert asked.json()["client_id"] == service["client_id"]


def test_a_service_without_people(issuers, login):
    service = registered(issuers, "feide", login, client_name="x", scopes=["gk_timeplan"])
    session = OAuth2Session(service["client_id"], service["client_secret"], scope="gk_timeplan")
    token = session.fetch_token(f"{issuers}/feide/oauth/token", grant_type="client_credentials")
    assert token["scope"] == "gk_timeplan"


def test_a_wrong_secret_is_told(issuers, login):
    service = registered(issuers, "feide", login, client_name="x")
    session = OAuth2Session(service["client_id"], "wrong")
    with pytest.raises(OAuthError, match="invalid_client"):
        session.fetch_token(f"{issuers}/feide/oauth/token", grant_type="client_credentials")
