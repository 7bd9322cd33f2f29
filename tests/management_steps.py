"""Steps that the tests of the management API share: a provider's way to a served API."""

from intark_lab.birth import identity

ADMIN = identity(1, "user", "admin")
LEARNER = identity(1, "user", "developer")
PUBLISHER = identity(1, "user", "publisher")
COURSES = identity(1, "api", "fs-emner")
COURSE = identity(1, "application", "course")
NEW = {
    "name": "Rooms again",
    "version": "1.0.0",
    "description": "Rooms, once more.",
    "contextPath": "/rooms/v1",
    "endpoint": "source:rombooking",
}
PLAN = {"name": "Rooms", "description": "All of them.", "security": "API_KEY", "flows": []}
LIMIT = {
    "path-operator": {"path": "/", "operator": "STARTS_WITH"},
    "pre": [
        {
            "policy": "rate-limit",
            "configuration": {
                "addHeaders": True,
                "rate": {"limit": 2, "periodTime": 1, "periodTimeUnit": "SECONDS"},
            },
        }
    ],
}


def make_api(management, **fields) -> str:
    """The path of a new API."""
    answer = management.post("/apis", json=NEW | fields)
    assert answer.status_code == 201, answer.text
    return f"/apis/{answer.json()['id']}"


def make_plan(management, api: str, published: bool = True, **fields) -> str:
    """The path of a new plan of an API."""
    answer = management.post(f"{api}/plans", json=PLAN | fields)
    assert answer.status_code == 201, answer.text
    plan = f"{api}/plans/{answer.json()['id']}"
    if published:
        assert management.post(f"{plan}/_publish").status_code == 200
    return plan


def put(management, api: str, **fields):
    """PUT an API as it is but for `fields`, the way the console does: with what may be changed."""
    entity = management.get(api).json()
    kept = ("name", "version", "description", "proxy", "visibility", "lifecycle_state", "flows")
    return management.put(api, json={name: entity[name] for name in kept} | fields)


def target(entity: dict) -> str:
    """Where the calls of an API end."""
    return entity["proxy"]["groups"][0]["endpoints"][0]["target"]


def request_access(portal, plan: str, application: str = COURSE, **fields) -> dict:
    """A consumer's subscription to a plan (its path)."""
    body = {"application": application, "plan": plan.rpartition("/")[2]} | fields
    answer = portal.post("/subscriptions", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def error(answer) -> tuple[int, str | None]:
    """The status of a refusal and its technical code."""
    assert answer.json()["http_status"] == answer.status_code
    return answer.status_code, answer.json().get("technicalCode")
