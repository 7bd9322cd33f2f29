"""The control side: who gets in, what it refuses, and what it does to a lab."""

import pytest


@pytest.fixture
def control(client, listening):
    """The control side with its token: (method, path, body) to (status, answer)."""
    institution, _ = listening

    def ask(method, path, body=None):
        headers = {"Authorization": f"Bearer {institution.token}"}
        response = client.request(method, f"/control{path}", json=body, headers=headers)
        return response.status_code, response.json()

    return ask


@pytest.mark.parametrize("token", [b"", b"Bearer wrong", "Bearer ærlig".encode()])
def test_nobody_gets_in_without_the_token(client, token):
    response = client.get("/control/state", headers={b"Authorization": token})
    assert (response.status_code, list(response.json())) == (401, ["message"])


@pytest.mark.parametrize(
    ("method", "path", "body", "names"),
    [
        ("POST", "/tasks/9.9/open", None, "9.9"),
        ("POST", "/tasks/9.9/judge", {}, "2.1"),
        ("POST", "/advance", {"seconds": -1}, "-1"),
        ("POST", "/advance", {"seconds": "soon"}, "soon"),
        ("POST", "/fault", {"api": "fs"}, "fs-emner"),
        ("POST", "/fault", {"api": "fs-emner", "status": 404}, "500"),
        ("POST", "/fault", {"api": "fs-emner", "times": 0}, "times"),
        ("POST", "/fault", {"api": "fs-emner", "colour": 1}, "kind"),
        ("POST", "/advance", ["no", "object"], "JSON"),
        ("POST", "/fault", {"api": "fs-emner", "times": 1.5}, "times"),
        ("POST", "/fault", {"api": "fs-emner", "path": 5}, "path"),
        ("GET", "/journal?after=x", None, "after"),
        ("GET", f"/journal?after={10**30}", None, "after"),
    ],
)
def test_a_refusal_names_what_is_wrong(control, method, path, body, names):
    status, answer = control(method, path, body)
    assert status in (400, 404)
    assert names in answer["message"]


def test_a_body_has_an_end(control):
    status, answer = control("POST", "/advance", {"seconds": "x" * 17 * 2**20})
    assert (status, answer["message"]) == (413, "HTTP 413 Request Entity Too Large")


def test_the_state_has_addresses_as_the_caller_reaches_them(control, listening):
    _, answer = control("GET", "/state")
    assert answer["gateway"] == listening[1] + "/gateway"
    assert answer["seed"] == 1


def test_the_journal_after_a_row(control, client):
    for _ in range(3):
        client.get("/gateway/orgreg/v3/units?limit=1")
    _, answer = control("GET", "/journal")
    paths = [call["path"] for call in answer["calls"]]
    assert paths == ["/orgreg/v3/units"] * 3
    _, later = control("GET", f"/journal?after={answer['calls'][1]['id']}")
    assert later["calls"] == answer["calls"][2:]


def test_time_moves(control):
    before = control("GET", "/state")[1]["now"]
    assert control("POST", "/advance", {"seconds": 3600})[1]["now"] >= before + 3_600_000


def test_a_fault_and_its_end(control, client):
    control("POST", "/fault", {"api": "orgreg", "status": 503, "times": 1})
    statuses = [client.get("/gateway/orgreg/v3/units?limit=1").status_code for _ in range(2)]
    assert statuses == [503, 200]


def test_an_api_may_be_named_by_its_id(control, client, listening):
    institution, _ = listening
    with institution.store.transaction():
        institution.store.write("UPDATE api SET slug = NULL WHERE slug = 'rombooking'")
    identity = institution.store.one("SELECT id FROM api WHERE slug = 'orgreg'")["id"]
    assert control("POST", "/fault", {"api": "fs"})[0] == 400
    assert control("POST", "/fault", {"api": identity}) == (200, {})
    statuses = [client.get("/gateway/orgreg/v3/units?limit=1").status_code for _ in range(2)]
    assert statuses == [503, 200]


def test_reset_ends_what_was_begun_and_keeps_what_was_reached(control):
    control("POST", "/tasks/2.1/hint")
    control("POST", "/tasks/2.2/start")
    before = control("GET", "/progress")
    assert control("POST", "/reset")[0] == 200
    assert control("GET", "/progress") == before
    assert control("POST", "/tasks/2.2/start")[0] == 200
