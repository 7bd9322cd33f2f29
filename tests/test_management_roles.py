"""Who may do what: administrators, publishers, users; owners and members of an API."""

import base64

import pytest
from management_steps import (
    ADMIN,
    COURSES,
    LEARNER,
    NEW,
    PUBLISHER,
    error,
    make_api,
    make_plan,
    put,
)

FORBIDDEN = "You do not have sufficient rights to access this resource"


def test_nobody_is_let_in_without_a_name(management_as, institution):
    anonymous = management_as(None)
    answer = anonymous.get("/apis")
    assert error(answer) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == 'Basic realm="Gravitee.io Management API"'
    wrong = anonymous.get("/apis", auth=("admin", "wrong"))
    assert wrong.status_code == 401


@pytest.mark.parametrize(("user", "status"), [("developer", 403), ("admin", 201)])
def test_who_may_create_an_api(management_as, user, status):
    answer = management_as(user).post("/apis", json=NEW)
    assert answer.status_code == status
    if status == 403:
        assert error(answer) == (403, "forbidden")
        assert answer.json()["message"] == FORBIDDEN


def others(api: str) -> list[tuple[str, str, dict]]:
    return [
        ("PUT", api, {"json": {}}),
        ("DELETE", api, {}),
        ("POST", api, {"params": {"action": "START"}}),
        ("POST", f"{api}/deploy", {}),
        ("GET", f"{api}/state", {}),
        ("GET", f"{api}/export", {}),
        ("GET", f"{api}/plans", {}),
        ("POST", f"{api}/plans", {"json": {}}),
        ("GET", f"{api}/subscriptions", {}),
        ("GET", f"{api}/members", {}),
        ("POST", f"{api}/members", {"json": {}}),
        ("POST", f"{api}/pages", {"json": {}}),
    ]


def test_what_others_may_not(management, management_as):
    api = make_api(management)
    learner = management_as("developer")
    for method, path, body in others(api):
        answer = learner.request(method, path, **body)
        assert error(answer) == (403, "forbidden"), (method, path)
    assert error(learner.get(api)) == (403, "forbidden")


def test_others_see_of_a_public_api_what_the_catalogue_shows(management_as):
    seen = management_as("developer").get(f"/apis/{COURSES}").json()
    assert seen["proxy"] == {"virtual_hosts": [{"path": "/fs/emner/v1"}]}
    assert not {"flows", "plans", "resources", "properties"} & set(seen)
    full = management_as("admin").get(f"/apis/{COURSES}").json()
    assert {"flows", "plans", "resources", "properties"} <= set(full)


ROLES = {
    "OWNER": {"see": 200, "deploy": 200, "plan": 201, "subscriptions": 200, "delete": 403},
    "USER": {"see": 200, "deploy": 403, "plan": 403, "subscriptions": 200, "delete": 403},
    "REVIEWER": {"see": 200, "deploy": 403, "plan": 403, "subscriptions": 403, "delete": 403},
}


@pytest.mark.parametrize("role", ROLES)
def test_what_a_member_may(management, management_as, role):
    api = make_api(management)
    given = management.post(f"{api}/members", json={"id": LEARNER, "role": role})
    assert (given.status_code, given.content) == (201, b"")
    learner = management_as("developer")
    plan = {"name": "x", "description": ""}
    assert {
        "see": learner.get(api).status_code,
        "deploy": learner.post(f"{api}/deploy").status_code,
        "plan": learner.post(f"{api}/plans", json=plan).status_code,
        "subscriptions": learner.get(f"{api}/subscriptions").status_code,
        "delete": learner.delete(api).status_code,
    } == ROLES[role]


def test_an_owner_may_not_move_the_context_path(management, management_as):
    api = make_api(management)
    management.post(f"{api}/members", json={"id": LEARNER, "role": "OWNER"})
    proxy = management.get(api).json()["proxy"] | {"virtual_hosts": [{"path": "/halls"}]}
    changed = put(management_as("developer"), api, proxy=proxy, description="Other words.").json()
    assert (changed["context_path"], changed["description"]) == ("/rooms/v1", "Other words.")


def test_members_come_and_go(management, management_as):
    api = make_api(management)
    management.post(f"{api}/members", json={"id": LEARNER, "role": "USER"})
    roles = {member["id"]: member["role"] for member in management.get(f"{api}/members").json()}
    assert roles == {PUBLISHER: "PRIMARY_OWNER", LEARNER: "USER"}
    assert management.delete(f"{api}/members", params={"user": LEARNER}).status_code == 200
    assert management_as("developer").get(api).status_code == 403


MEMBERS = {
    "a second primary owner": (LEARNER, "PRIMARY_OWNER", 400, "apimembers.invalid"),
    "a role that is none": (LEARNER, "KING", 404, "role.notFound"),
    "a user that is none": ("nobody", "OWNER", 404, "user.notFound"),
}


@pytest.mark.parametrize(("user", "role", "status", "code"), MEMBERS.values(), ids=MEMBERS)
def test_a_member_that_cannot_be(management, user, role, status, code):
    api = make_api(management)
    answer = management.post(f"{api}/members", json={"id": user, "role": role})
    assert error(answer) == (status, code)


def test_an_api_changes_hands(management, management_as):
    api = make_api(management)
    body = {"id": LEARNER, "role": "USER"}
    assert management.post(f"{api}/members/transfer_ownership", json=body).status_code == 200
    assert management.get(api).json()["owner"]["id"] == LEARNER
    assert management.delete(api).status_code == 403
    assert management_as("developer").delete(api).status_code == 204


def test_an_administrator_makes_a_publisher(management_as):
    admin, learner = management_as("admin"), management_as("developer")
    body = {"referenceId": "DEFAULT", "referenceType": "ENVIRONMENT", "roles": ["API_PUBLISHER"]}
    assert error(learner.put(f"/users/{LEARNER}/roles", json=body)) == (403, "forbidden")
    assert admin.put(f"/users/{LEARNER}/roles", json=body).status_code == 200
    assert learner.get("/user").json()["roles"][0]["name"] == "API_PUBLISHER"
    assert learner.post("/apis", json=NEW).status_code == 201
    assert error(admin.put(f"/users/{LEARNER}/roles", json={"roles": ["KING"]}))[0] == 404
    found = admin.get("/users", params={"q": "developer"}).json()["data"]
    assert [user["id"] for user in found] == [LEARNER]
    assert error(learner.get("/users")) == (403, "forbidden")
    assert error(admin.get("/users/nobody")) == (404, "user.notFound")


def test_a_personal_token_stands_for_its_user(management_as, portal_as):
    learner, anonymous = management_as("developer"), management_as(None)
    made = learner.post("/user/tokens", json={"name": "ci"}).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert anonymous.get("/user", headers=bearer).json()["id"] == LEARNER
    assert portal_as(None).get("/user", headers=bearer).json()["id"] == LEARNER
    (listed,) = learner.get("/user/tokens").json()
    assert set(listed) == {"id", "name", "created_at", "last_use_at"}
    assert error(learner.post("/user/tokens", json={"name": "CI"})) == (400, "token.alreadyExists")
    assert management_as("admin").delete(f"/user/tokens/{made['id']}").status_code == 404
    assert learner.delete(f"/user/tokens/{made['id']}").status_code == 204
    assert error(anonymous.get("/user", headers=bearer)) == (401, "unauthorized")


def test_a_login_gives_a_token_and_a_cookie(management_as):
    learner, anonymous = management_as("developer"), management_as(None)
    answer = learner.post("/user/login")
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert anonymous.get("/user", headers=bearer).json()["id"] == LEARNER
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert anonymous.get("/user", headers={"Cookie": cookie}).json()["id"] == LEARNER
    assert error(anonymous.post("/user/login")) == (401, "unauthorized")
    assert learner.cookies
    assert learner.post("/user/logout").status_code == 200
    assert not learner.cookies


def test_all_tokens_go_at_once(management_as):
    learner = management_as("developer")
    for name in ("one", "two"):
        learner.post("/user/tokens", json={"name": name})
    assert learner.delete("/user/tokens").status_code == 204
    assert learner.get("/user/tokens").json() == []


def test_a_token_is_not_kept(institution, management_as):
    value = management_as("developer").post("/user/tokens", json={"name": "ci"}).json()["token"]
    assert value.encode() not in institution.store.image()


def test_the_user_is_below_the_organization_too(client_as):
    admin = client_as("management/organizations/DEFAULT", "admin")
    assert admin.get("/user").json()["id"] == ADMIN
    assert admin.get("/apis").status_code == 404


@pytest.mark.parametrize(
    "header", ["Basic x", "Basic " + base64.b64encode(b"x").decode(), "Bearer x"]
)
def test_credentials_that_are_none(management_as, header):
    answer = management_as(None).get("/user", headers={"Authorization": header})
    assert error(answer) == (401, "unauthorized")


def test_permissions_are_told(management, management_as):
    api = make_api(management)
    make_plan(management, api)
    told = management.get(f"{api}/members/permissions").json()
    assert told["PLAN"] == ["C", "R", "U", "D"]
    management.post(f"{api}/members", json={"id": LEARNER, "role": "USER"})
    assert management_as("developer").get(f"{api}/members/permissions").json()["PLAN"] == ["R"]
