"""Applications in the portal: made, changed, deleted, and what their bodies may hold."""

import pytest
from portal_steps import AUTO, COURSE, MANUAL, OTHER_AUTO, change, error, make, subscribe

APPLICATION_FIELDS = (
    "id name applicationType hasClientId owner created_at updated_at groups api_key_mode settings "
    "_links"
)


def test_a_new_application(portal):
    answer = portal.post("/applications", json={"name": "A", "settings": {"app": {}}})
    assert answer.status_code == 201
    assert set(answer.json()) == set(APPLICATION_FIELDS.split())
    assert answer.headers["location"] == answer.json()["_links"]["self"]
    assert portal.get(answer.headers["location"]).json() == answer.json()


def test_an_application_keeps_what_it_was_given(portal):
    settings = {"app": {"type": "web", "client_id": "viewer"}}
    identity = make(portal, description="D", domain="example", settings=settings)
    kept = portal.get(f"/applications/{identity}").json()
    assert (kept["description"], kept["domain"], kept["settings"]) == ("D", "example", settings)
    assert kept["hasClientId"] is True


APPLICATION_REFUSALS = {
    "no settings": ({"name": "A"}, 400, "application.invalid"),
    "two kinds": ({"name": "A", "settings": {"app": {}, "oauth": {}}}, 400, "application.invalid"),
    "needs client registration": ({"name": "A", "settings": {"oauth": {}}}, 400, "unexpected"),
    "taken client id": (
        {"name": "A", "settings": {"app": {"client_id": "taken"}}},
        400,
        "application.clientId",
    ),
    "unknown group": (
        {"name": "A", "settings": {"app": {}}, "groups": ["g"]},
        404,
        "group.notFound",
    ),
    "no name": ({"settings": {"app": {}}}, 400, "createApplication.arg0.name"),
    "no picture": (
        {"name": "A", "settings": {"app": {}}, "picture": "<svg/>"},
        400,
        "upload.unauthorized",
    ),
}


@pytest.mark.parametrize("case", APPLICATION_REFUSALS)
def test_applications_refused(portal, case):
    make(portal, settings={"app": {"client_id": "taken"}})
    body, status, code = APPLICATION_REFUSALS[case]
    assert error(portal.post("/applications", json=body)) == (status, code)


BODIES = {
    "unknown property": (b'{"nam": "A"}', "unrecognizedProperty"),
    "unknown property deep down": (b'{"settings": {"app": {"id": 1}}}', "unrecognizedProperty"),
    "no JSON": (b"{", None),
    "a list": (b"[]", None),
    "an object where a text belongs": (b'{"name": {}}', None),
    "an unknown choice": (b'{"api_key_mode": "SOME"}', None),
}


@pytest.mark.parametrize("case", BODIES)
def test_bodies_that_cannot_be_read_get_a_bare_error(portal, case):
    body, code = BODIES[case]
    answer = portal.post(
        "/applications", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert (answer.json()["status"], answer.json().get("code")) == ("400", code)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/applications", "createApplication.arg0"), ("/subscriptions", "createSubscription.arg0")],
)
def test_no_body(portal, path, code):
    answer = portal.post(path)
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"message": "Input must not be null.", "code": code}]}


def test_another_content_type_and_too_much(portal):
    form = portal.post("/applications", data={"name": "A"})
    assert error(form) == (415, "unexpected")
    assert error(portal.post("/applications", content=b" " * (2**20 + 1))) == (413, "unexpected")


def test_updating_an_application(portal, institution):
    application = make(portal, description="old")
    before = portal.get(f"/applications/{application}").json()
    institution.clock.advance(5)
    answer = portal.put(f"/applications/{application}", json=before | {"description": "new"})
    assert answer.status_code == 200
    assert answer.json()["description"] == "new"
    assert answer.json()["updated_at"] > before["updated_at"]
    assert portal.get(f"/applications/{application}").json() == answer.json()


UPDATES = {
    "another id": ({"id": "x"}, "unexpected"),
    "no settings": ({"settings": None}, "application.invalid"),
    "an empty name": ({"name": ""}, "updateApplicationByApplicationId.arg1.name"),
    "a settled key mode": ({"api_key_mode": "SHARED"}, "application.apiKeyMode.invalid"),
}


@pytest.mark.parametrize("case", UPDATES)
def test_updates_refused(portal, case):
    fields, code = UPDATES[case]
    body = portal.get(f"/applications/{COURSE}").json() | fields
    assert error(portal.put(f"/applications/{COURSE}", json=body)) == (400, code)


def test_a_client_id_in_use_by_a_token_plan_stays(portal, institution):
    change(institution, "UPDATE plan SET security = 'JWT' WHERE id = ?", OTHER_AUTO)
    application = make(portal, settings={"app": {"client_id": "mine"}})
    subscribe(portal, application, OTHER_AUTO)
    body = portal.get(f"/applications/{application}").json() | {"settings": {"app": {}}}
    answer = portal.put(f"/applications/{application}", json=body)
    assert error(answer) == (400, "application.clientId")


def test_deleting_an_application_ends_its_access(portal, portal_as):
    application = make(portal)
    auto, manual = (subscribe(portal, application, plan) for plan in (AUTO, MANUAL))
    assert portal.delete(f"/applications/{application}").status_code == 204
    admin = portal_as("admin")
    ended = admin.get(f"/subscriptions/{auto['id']}?include=keys").json()
    assert (ended["status"], ended["keys"][0]["revoked"]) == ("CLOSED", True)
    assert admin.get(f"/subscriptions/{manual['id']}").json()["status"] == "REJECTED"
    assert error(portal.get(f"/applications/{application}")) == (403, "forbidden")
    assert application not in {a["id"] for a in portal.get("/applications").json()["data"]}
