"""Steps that the tests of the portal share: a consumer's way to a key."""

from intark_lab.birth import identity

AUTO = identity(1, "plan", "fs-emner/open-study-data")
MANUAL = identity(1, "plan", "fs-emner/internal-study-data")
OTHER_AUTO = identity(1, "plan", "tp-timeplan/timetable")
OPEN = identity(1, "plan", "orgreg/open")
COURSE = identity(1, "application", "course")
COURSE_SUBSCRIPTION = identity(1, "subscription", "course")
KEY_FIELDS = (
    "id",
    "key",
    "application",
    "subscriptions",
    "paused",
    "revoked",
    "expired",
    "created_at",
    "hash",
)
PORTAL = "/portal/environments/DEFAULT"
HOUR = 60 * 60 * 1000
"""ms"""


def make(portal, **fields) -> str:
    """The id of a new application."""
    body = {"name": "Study plan viewer", "settings": {"app": {}}} | fields
    answer = portal.post("/applications", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def subscribe(portal, application: str, plan: str, **fields) -> dict:
    answer = portal.post("/subscriptions", json={"application": application, "plan": plan} | fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def error(answer) -> tuple[int, str]:
    """The status of a refusal, and its code without `errors.`."""
    return answer.status_code, answer.json()["errors"][0]["code"].removeprefix("errors.")


def change(institution, sql: str, *values) -> None:
    with institution.store.transaction():
        institution.store.write(sql, *values)
