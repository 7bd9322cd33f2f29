"""Who may enter the portal, and how: anonymous, by password, by the token of a login."""

import base64

import pytest

from intark_lab.birth import identity

EMNER = identity(1, "api", "fs-emner")
GUIDE = identity(1, "page", "fs-emner/Guide")

ANONYMOUS = {
    "GET /apis": 200,
    "POST /apis/_search": 200,
    "GET /apis/categories": 200,
    f"GET /apis/{EMNER}": 200,
    f"GET /apis/{EMNER}/metrics": 200,
    f"GET /apis/{EMNER}/pages": 200,
    f"GET /apis/{EMNER}/pages/{GUIDE}": 200,
    f"GET /apis/{EMNER}/pages/{GUIDE}/content": 200,
    f"GET /apis/{EMNER}/plans": 200,
    f"GET /apis/{EMNER}/subscribers": 401,
    "GET /categories": 200,
    "GET /categories/studies": 200,
    "GET /configuration": 200,
    "GET /info": 200,
    "GET /user": 401,
    "PUT /user": 401,
    "GET /applications": 401,
    "POST /applications": 401,
    "GET /applications/x": 401,
    "PUT /applications/x": 401,
    "DELETE /applications/x": 401,
    "GET /applications/x/analytics": 401,
    "GET /applications/x/logs": 401,
    "GET /applications/x/logs/y": 401,
    "POST /applications/x/logs/_search": 401,
    "POST /applications/x/logs/_export": 401,
    "GET /applications/x/subscribers": 401,
    "POST /applications/x/keys/_renew": 401,
    "POST /applications/x/keys/y/_revoke": 401,
    "GET /subscriptions": 401,
    "POST /subscriptions": 401,
    "GET /subscriptions/x": 401,
    "PUT /subscriptions/x": 401,
    "POST /subscriptions/x/_close": 401,
    "POST /subscriptions/x/_changeConsumerStatus": 401,
    "POST /subscriptions/x/keys/_renew": 401,
    "POST /subscriptions/x/keys/y/_revoke": 401,
    "POST /auth/login": 401,
    "POST /auth/logout": 401,
    "GET /nothing": 401,
    "GET /theme": 404,
    "GET /pages/nothing": 404,
    "POST /pages/nothing": 401,
}


@pytest.mark.parametrize("door", ANONYMOUS)
def test_what_is_open_to_everybody(portal_as, door):
    answer = portal_as(None).request(*door.split())
    assert answer.status_code == ANONYMOUS[door]


def test_the_challenge(portal_as):
    answer = portal_as(None).get("/user")
    assert answer.headers["www-authenticate"] == 'Basic realm="Gravitee.io Portal API"'
    assert answer.json() == {
        "errors": [
            {
                "status": "401",
                "message": "You must be authenticated to access this resource",
                "code": "errors.unauthorized",
            }
        ]
    }


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


CREDENTIALS = {
    "wrong password": basic("developer:wrong"),
    "unknown user": basic("nobody:"),
    "no password": basic("developer"),
    "not base64": "Basic ???",
    "not a text": "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    "no token": "Bearer ",
    "a token of another kind": "Bearer a.b.c",
}


@pytest.mark.parametrize("case", CREDENTIALS)
@pytest.mark.parametrize("path", ["/user", "/apis"])
def test_wrong_credentials_are_refused_everywhere(portal_as, case, path):
    answer = portal_as(None).get(path, headers={"Authorization": CREDENTIALS[case]})
    assert answer.status_code == 401


@pytest.mark.parametrize("scheme", ["basic", "BASIC"])
def test_the_scheme_is_read_in_any_letters(portal_as, institution, scheme):
    pair = basic(":".join(institution.credentials("developer")))
    headers = {"Authorization": pair.replace("Basic", scheme)}
    assert portal_as(None).get("/user", headers=headers).status_code == 200


def test_what_is_not_there(portal):
    missing, wrong = portal.get("/nothing"), portal.delete("/apis")
    assert missing.status_code == 404
    assert missing.json()["errors"][0]["code"] == "errors.unexpected"
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == "GET, HEAD"


def test_the_user(portal, institution):
    user = portal.get("/user").json()
    assert set(user) == {
        *("id", "display_name", "email", "editable_profile", "permissions", "_links"),
    }
    assert user["id"] == identity(1, "user", "developer")
    assert user["email"].endswith(".example")


def test_changing_ones_name(portal):
    user = portal.get("/user").json()["id"]
    body = {"id": user, "first_name": "Kari", "last_name": "Nordmann"}
    assert portal.put("/user", json=body).json()["display_name"] == "Kari Nordmann"
    assert portal.get("/user").json()["display_name"] == "Kari Nordmann"
    refused = portal.put("/user", json=body | {"id": "x"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "errors.forbidden")


def test_a_login_opens_the_portal_by_bearer_token_and_by_cookie(portal, portal_as):
    answer = portal.post("/auth/login")
    assert set(answer.json()) == {"token_type", "token"}
    token, anonymous = answer.json()["token"], portal_as(None)
    assert answer.json()["token_type"] == "BEARER"
    assert f"Auth-Graviteeio-APIM=Bearer%20{token};" in answer.headers["set-cookie"]
    for headers in (
        {"Authorization": f"Bearer {token}"},
        {"Cookie": f"Auth-Graviteeio-APIM=Bearer%20{token}"},
    ):
        assert anonymous.get("/user", headers=headers).json() == portal.get("/user").json()


def test_a_login_is_over_after_seven_days(portal, portal_as, institution):
    headers = {"Authorization": f"Bearer {portal.post('/auth/login').json()['token']}"}
    statuses = []
    for seconds in (7 * 24 * 60 * 60 - 60, 120):
        institution.clock.advance(seconds)
        statuses.append(portal_as(None).get("/user", headers=headers).status_code)
    assert statuses == [200, 401]


def test_a_token_is_worth_nothing_when_one_letter_is_another(portal, portal_as):
    header, claims, signature = portal.post("/auth/login").json()["token"].split(".")
    other = "A" if claims[10] != "A" else "B"
    forged = f"{header}.{claims[:10]}{other}{claims[11:]}.{signature}"
    answer = portal_as(None).get("/user", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401


def test_logging_out_empties_the_cookie(portal):
    answer = portal.post("/auth/logout")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["set-cookie"].startswith("Auth-Graviteeio-APIM=;")
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_what_the_portal_says_of_itself(portal):
    assert set(portal.get("/info").json()) == {"name", "version"}
    configuration = portal.get("/configuration").json()
    assert configuration["portal"]["apikeyHeader"] == "X-Gravitee-Api-Key"
    assert configuration["portal"]["entrypoint"] == "http://lab.example/labs/lab/gateway"
