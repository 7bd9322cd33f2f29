"""The self-service portal's interface, case by case, held against its OpenAPI document."""

import json

import httpx
import pytest
from brom_document import DOCUMENT, hold
from brom_steps import DOCUMENTATION, TP, WHY, answer, ask, connection, provide, register
from openapi_spec_validator import validate

from intark_lab import owner

SCREENS = "system-test-screens"


@pytest.fixture
def brom_as(client_as):
    """Makes clients of the portal whose answers are held against the document."""

    def made(username: str | None) -> httpx.Client:
        client = client_as("brom", username)
        client.event_hooks = {"response": [hold]}
        return client

    return made


@pytest.fixture
def brom(brom_as):
    """The portal as the learner meets it."""
    return brom_as("developer")


def test_the_document_is_openapi_and_says_whose_it_is_and_which_clicks_do_the_same():
    validate(DOCUMENT)
    assert "the course's own" in DOCUMENT["info"]["description"]
    operations = [op for path in DOCUMENT["paths"].values() for op in path.values()]
    assert len(operations) == 17
    for operation in operations:
        assert "In the real page: " in operation["description"]


def test_anyone_may_read_the_document(brom_as):
    assert brom_as(None).get("/openapi.json").json() == DOCUMENT


@pytest.mark.parametrize("environment", ["production", "test", "development"])
def test_a_name_gets_its_environments_prefix(brom, institution, environment):
    name = register(brom, "screens", environment)
    assert name == f"system-{environment}-screens"
    details = connection(brom, name)
    assert details["vhost"] == details["username"] == f"{name}-{institution.id}"
    assert details["exchange"] == f"outgoing_{details['vhost']}"


def test_what_is_registered_again_keeps_its_password(brom):
    form = {"environment": "test", "name": "screens", "description": "First."}
    first = brom.post("/applications", json=form)
    password = connection(brom, SCREENS)["password"]
    second = brom.post("/applications", json={**form, "description": "Second."})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["description"] == "Second."
    assert connection(brom, SCREENS)["password"] == password
    assert [one["name"] for one in brom.get("/applications").json()["items"]] == [SCREENS]


WRONG = {
    "no JSON": b"{",
    "no object": b"[]",
    "a stranger among the members": {"colour": "red"},
    "no environment": {"environment": None},
    "another environment": {"environment": "prod"},
    "a capital": {"name": "Screens"},
    "a dot": {"name": "room.screens"},
    "too long": {"name": "a" * 41},
    "a number": {"name": 7},
    "no description": {"description": " "},
    "a long description": {"description": "x" * 4001},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_a_wrong_registration_is_refused_and_says_why(brom, given):
    form = {"environment": "test", "name": "screens", "description": "d"}
    content = given if isinstance(given, bytes) else json.dumps(form | given)
    refused = brom.post("/applications", content=content)
    assert (refused.status_code, refused.json()["status"]) == (400, 400)
    assert brom.get("/applications").json() == {"items": []}


def test_a_body_has_a_limit(brom):
    assert brom.post("/applications", content=b" " * 300_000).status_code == 413


DOCUMENTED_WRONG = {
    "no keys": {"routing_keys": []},
    "a key without meaning": {"routing_keys": [{"key": "a.b"}]},
    "a key with a space": {"routing_keys": [{"key": "a b", "meaning": "m"}]},
    "another format": {"format": "xml"},
    "a schema in words": {"schema": "an object"},
    "no description": {"description": None},
}


@pytest.mark.parametrize("given", DOCUMENTED_WRONG.values(), ids=DOCUMENTED_WRONG)
def test_wrong_documentation_makes_no_provider(brom, given):
    path = f"/applications/{register(brom, 'screens')}/notifications"
    assert brom.put(path, json=DOCUMENTATION | given).status_code == 400
    assert brom.get(f"/providers/{SCREENS}").status_code == 404


def test_a_provider_is_found_by_words_with_its_documentation(brom):
    names = [one["name"] for one in brom.get("/providers").json()["items"]]
    assert names == [f"system-production-{one}" for one in ("dfo", "fs", "rombooking", "tp")]
    (found,) = brom.get("/providers", params={"q": "TIMETABLE teaching"}).json()["items"]
    assert found == brom.get(f"/providers/{TP}").json()
    assert found["notifications"]["format"] == "student-system"
    assert brom.get("/providers", params={"p": "x"}).status_code == 400


def test_providers_come_and_go(brom):
    provide(brom, "screens")
    assert brom.get("/providers", params={"q": "screens"}).json()["items"]
    brom.delete(f"/applications/{SCREENS}/notifications")
    assert brom.get("/providers", params={"q": "screens"}).json()["items"] == []


def test_the_data_owner_answers_a_minute_later(brom, institution):
    register(brom, "screens")
    assert ask(brom, SCREENS, TP)["status"] == "PENDING"
    institution.advance(59)
    path = f"/applications/{SCREENS}/access/{TP}"
    assert brom.get(path).json()["status"] == "PENDING"
    institution.advance(1)
    assert brom.get(path).json()["status"] == "APPROVED"
    assert brom.get(f"/applications/{SCREENS}/access").json()["items"] == [brom.get(path).json()]


def test_a_refused_request_says_what_is_missing_and_may_be_sent_again(brom, institution):
    register(brom, "screens")
    ask(brom, SCREENS, TP, "Please.")
    institution.advance(60)
    refused = brom.get(f"/applications/{SCREENS}/access/{TP}").json()
    assert refused["status"] == "REFUSED"
    assert "contact" in refused["reason"]
    again = brom.put(f"/applications/{SCREENS}/access/{TP}", json={"comment": WHY})
    assert (again.status_code, again.json()["status"]) == (201, "PENDING")


def test_a_request_may_be_worded_anew_and_an_approved_one_stays(brom, institution):
    register(brom, "screens")
    ask(brom, SCREENS, TP, "Please.")
    path = f"/applications/{SCREENS}/access/{TP}"
    assert brom.put(path, json={"comment": WHY}).status_code == 200
    institution.advance(60)
    same = brom.put(path, json={"comment": "Another."})
    assert (same.status_code, same.json()["comment"]) == (200, WHY)
    assert brom.put(path, json={"comment": ""}).status_code == 400


def test_a_person_answers_for_their_own_provider(brom, institution):
    consumer, provider = register(brom, "screens"), provide(brom, "rooms")
    ask(brom, consumer, provider)
    institution.advance(3600)
    (waiting,) = brom.get(f"/applications/{provider}/consumers").json()["items"]
    assert (waiting["consumer"], waiting["status"]) == (consumer, "PENDING")
    path = f"/applications/{provider}/consumers/{consumer}/answer"
    for wrong in ({"approved": False}, {"approved": "yes"}, {}):
        assert brom.post(path, json=wrong).status_code == 400
    assert answer(brom, provider, consumer, False)["status"] == "REFUSED"
    assert brom.post(path, json={"approved": True}).status_code == 409


def test_a_person_may_play_the_owner_of_all(brom, brom_as, institution):
    owner.let_answer(institution.store, "person")
    register(brom, "screens")
    ask(brom, SCREENS, TP)
    institution.advance(3600)
    assert brom.get(f"/applications/{SCREENS}/access/{TP}").json()["status"] == "PENDING"
    assert answer(brom_as("admin"), TP, SCREENS)["status"] == "APPROVED"


def test_nobody_asks_itself(brom):
    name = provide(brom, "screens")
    path = f"/applications/{name}/access/{name}"
    assert brom.put(path, json={"comment": WHY}).status_code == 409


NOT_YOURS = {
    "connection": ("GET", f"/applications/{TP}/connection", 404),
    "application": ("DELETE", f"/applications/{TP}", 404),
    "notifications": ("DELETE", f"/applications/{TP}/notifications", 404),
    "consumers": ("GET", f"/applications/{TP}/consumers", 404),
    "no such application": ("GET", "/applications/system-test-nothing", 404),
    "no such provider": ("GET", "/providers/system-test-nothing", 404),
    "no such page": ("GET", "/nothing", 404),
    "no such use": ("DELETE", "/providers", 405),
}


@pytest.mark.parametrize(("method", "path", "status"), NOT_YOURS.values(), ids=NOT_YOURS)
def test_what_is_not_there_or_not_yours(brom, method, path, status):
    refused = brom.request(method, path)
    assert refused.status_code == status
    assert refused.json()["detail"]


def test_a_name_belongs_to_who_took_it_first(brom, brom_as):
    register(brom_as("admin"), "screens")
    form = {"environment": "test", "name": "screens", "description": "d"}
    assert brom.post("/applications", json=form).status_code == 409


@pytest.mark.parametrize("header", [None, "Bearer x", "Basic !", "Basic ZGV2ZWxvcGVyOngK"])
def test_strangers_are_asked_to_log_in(brom_as, header):
    headers = {"authorization": header} if header else {}
    refused = brom_as(None).get("/applications", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")


def test_a_reset_forgets_all_but_the_institutions_own(brom, institution):
    register(brom, "screens")
    institution.reset()
    assert brom.get("/applications").json() == {"items": []}
    assert len(brom.get("/providers").json()["items"]) == 4
