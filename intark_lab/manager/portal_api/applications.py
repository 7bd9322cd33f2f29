"""A consumer's applications."""

from sqlite3 import Row

from starlette.responses import Response

from intark_lab.manager import applications
from intark_lab.manager.errors import bad_request
from intark_lab.manager.portal_api import pictures
from intark_lab.manager.portal_api.answers import Invalid, iso, json, no_content, present
from intark_lab.manager.portal_api.bodies import ANY, FLAG, TEXT, one_of
from intark_lab.manager.portal_api.envelope import listing
from intark_lab.manager.portal_api.user import owner
from intark_lab.manager.portal_api.visit import Visit

KEY_MODE = one_of("SHARED", "EXCLUSIVE", "UNSPECIFIED")

_OAUTH = {
    "client_secret": TEXT,
    "client_id": TEXT,
    "redirect_uris": [TEXT],
    "client_uri": TEXT,
    "logo_uri": TEXT,
    "response_types": [TEXT],
    "grant_types": [TEXT],
    "application_type": TEXT,
    "renew_client_secret_supported": FLAG,
    "additional_client_metadata": ANY,
}
SETTINGS = {
    "app": {"type": TEXT, "client_id": TEXT},
    "oauth": _OAUTH,
    "tls": {"client_certificate": TEXT},
}
INPUT = {
    "name": TEXT,
    "description": TEXT,
    "domain": TEXT,
    "picture": TEXT,
    "background": TEXT,
    "groups": [TEXT],
    "settings": SETTINGS,
    "api_key_mode": KEY_MODE,
}
"""Of a POST."""
APPLICATION = INPUT | {
    "id": TEXT,
    "applicationType": TEXT,
    "origin": TEXT,
    "hasClientId": FLAG,
    "owner": ANY,
    "created_at": TEXT,
    "updated_at": TEXT,
    "groups": ANY,
    "_links": ANY,
}
"""Of a PUT: the whole application, as GET gives it."""


def list_applications(visit: Visit) -> Response:
    """GET /applications. A user may subscribe with all of their own: `forSubscription` hides none.

    `order` is `name`, `-name`, `nbSubscriptions` or `-nbSubscriptions`.
    """
    rows, order = applications.of(visit.store, visit.user), visit.query.get("order", "name")
    if "nbSubscriptions" in order:
        counts = applications.subscription_counts(visit.store)
        rows = sorted(rows, key=lambda row: counts[row["id"]])
    if order.startswith("-"):
        rows = rows[::-1]
    return listing(visit, rows, lambda row: shape(visit, row))


def create_application(visit: Visit) -> Response:
    """POST /applications: 201 with its address."""
    wanted = visit.json(INPUT, "createApplication.arg0")
    _check_name(wanted, "createApplication.arg0.name")
    pictures.check(wanted)
    identity = applications.create(visit.store, visit.clock, visit.user, wanted)
    created = shape(visit, applications.get(visit.store, identity))
    return json(created, 201, {"Location": visit.link("applications", identity)})


def get_application(visit: Visit) -> Response:
    """GET /applications/{application}."""
    return json(shape(visit, _application(visit)))


def update_application(visit: Visit) -> Response:
    """PUT /applications/{application}: what is left out is emptied; the id must be in the body."""
    row = _application(visit)
    wanted = visit.json(APPLICATION, "updateApplicationByApplicationId.arg1")
    if wanted.get("id", "").lower() != row["id"].lower():
        raise bad_request("'applicationId' is not the same that the application in payload")
    _check_name(wanted, "updateApplicationByApplicationId.arg1.name")
    pictures.check(wanted)
    applications.update(visit.store, visit.clock, row, wanted)
    updated = applications.get(visit.store, row["id"])
    return json(shape(visit, updated), headers={"ETag": f'"{updated["updated_at"]}"'})


def delete_application(visit: Visit) -> Response:
    """DELETE /applications/{application}: archived, its subscriptions closed."""
    applications.archive(visit.store, visit.clock, _application(visit))
    return no_content()


def shape(visit: Visit, row: Row) -> dict:
    self = visit.link("applications", row["id"])
    return present(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        domain=row["domain"],
        applicationType=row["type"],
        hasClientId=bool(row["client_id"]),
        owner=owner(visit.store, row["owner"]),
        created_at=iso(row["created_at"]),
        updated_at=iso(row["updated_at"]),
        groups=[],
        api_key_mode=row["api_key_mode"],
        settings={"app": present(type=row["app_type"], client_id=row["client_id"])},
        _links={
            "self": self,
            "members": f"{self}/members",
            "notifications": f"{self}/notifications",
            "picture": f"{self}/picture?{row['updated_at']}",
            "background": f"{self}/background?{row['updated_at']}",
        },
    )


def _application(visit: Visit) -> Row:
    return applications.accessible(visit.store, visit.path["application"], visit.user)


def _check_name(wanted: dict, place: str) -> None:
    if not wanted.get("name"):
        raise Invalid(place, "Application's name must not be empty")
