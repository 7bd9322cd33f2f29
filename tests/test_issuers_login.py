"""Feide's login as browser and service meet it: the page, the way back, no way elsewhere."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from issuer_steps import BASE, HOME, VERIFIER, Service, arrived, caller, pkce, still_institution

PKCE = pkce(VERIFIER)


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


def test_the_page_offers_people_of_the_institution(client, service, institution):
    page = client.get("/feide/oauth/authorization", params=service.asks())
    assert page.status_code == 200
    assert "Study plan" in page.text
    offered = re.findall(r'name="person" value="([^"]+)"', page.text)
    known = {each.email for each in institution.world.people}
    assert len(offered) == 12
    assert set(offered) <= known
    assert all(name.endswith(".example") for name in offered)


def test_pressing_a_button_of_the_page_leads_back_with_code_and_state(client, service):
    page = client.get("/feide/oauth/authorization", params=service.asks()).text
    hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)
    form = {unescape(name): unescape(value) for name, value in hidden}
    form["person"] = re.search(r'name="person" value="([^"]+)"', page)[1]
    back = arrived(client.post("/feide/oauth/authorization", data=form))
    assert back["state"] == "a state&more"
    assert service.redeem(back["code"]).status_code == 200


def test_the_page_repeats_nothing_unescaped_and_stays_out_of_frames(client, service):
    evil = '"><script>alert(1)</script>'
    page = client.get("/feide/oauth/authorization", params=service.asks(state=evil, nonce=evil))
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "set-cookie" not in page.headers


def test_a_name_nobody_has_gives_the_page_again(client, service):
    form = service.asks() | {"person": "<nobody>@x.example"}
    page = client.post("/feide/oauth/authorization", data=form)
    assert page.status_code == 400
    assert "&lt;nobody&gt;@x.example" in page.text


def test_a_link_alone_logs_nobody_in(client, service, person):
    asked = service.asks() | {"person": person.email}
    assert client.get("/feide/oauth/authorization", params=asked).status_code == 200


@pytest.mark.parametrize("more", ["&state=%FF", "&state=1&state=2"])
def test_a_request_that_cannot_be_read(client, service, more):
    query = urlencode(service.asks(state=None))
    assert client.get(f"/feide/oauth/authorization?{query}").status_code == 200
    assert client.get(f"/feide/oauth/authorization?{query}{more}").status_code == 400


NOWHERE = {
    "no client": {"client_id": None},
    "an unknown client": {"client_id": "x"},
    "no redirect URI": {"redirect_uri": None},
    "another redirect URI": {"redirect_uri": "https://evil.example/callback"},
    "a longer redirect URI": {"redirect_uri": f"{HOME}/more"},
    "a redirect URI with a query": {"redirect_uri": f"{HOME}?a=b"},
}


@pytest.mark.parametrize("changes", NOWHERE.values(), ids=NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(service, person, method, changes):
    asked = service.asks(**changes) | {"person": person.email}
    how = {"params": asked} if method == "GET" else {"data": asked}
    answer = service.client.request(method, "/feide/oauth/authorization", **how)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "location" not in answer.headers


SENT_BACK = {
    "implicit flow": ({"response_type": "id_token token"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "unsupported_response_type"),
    "another response mode": ({"response_mode": "fragment"}, "invalid_request"),
    "no page wanted": ({"prompt": "none"}, "login_required"),
    "a request object": ({"request": "e30.e30."}, "request_not_supported"),
    "plain PKCE": ({"code_challenge": VERIFIER}, "invalid_request"),
    "PKCE by another name": (PKCE | {"code_challenge_method": "plain"}, "invalid_request"),
    "a method without challenge": ({"code_challenge_method": "S256"}, "invalid_request"),
    "a short challenge": (PKCE | {"code_challenge": "abc"}, "invalid_request"),
}


@pytest.mark.parametrize(("changes", "error"), SENT_BACK.values(), ids=SENT_BACK)
def test_what_feide_does_not_do_is_told_to_the_service(service, person, changes, error):
    back = service.log_in(person.email, **changes)
    assert back["error"] == error
    assert back["state"] == "a state&more"
    assert "code" not in back


def test_metadata_leads_to_the_other_endpoints(client):
    found = client.get("/feide/.well-known/openid-configuration").json()
    assert found["issuer"] == f"{BASE}/feide"
    for name in ("authorization", "token", "userinfo", "introspection"):
        assert client.get(found[f"{name}_endpoint"]).status_code != 404
    assert client.get(found["jwks_uri"]).json()["keys"]
