"""The user who asks, and how users appear as owners."""

from starlette.responses import Response

from intark_lab.manager import people
from intark_lab.manager.errors import forbidden
from intark_lab.manager.people import User
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.bodies import ANY, TEXT
from intark_lab.manager.portal_api.visit import Visit
from intark_lab.store import Store

PERMISSIONS = {"APPLICATION": ["C", "R", "U", "D"], "USER": ["R", "U", "D"]}
INPUT = {
    "id": TEXT,
    "avatar": TEXT,
    "email": TEXT,
    "first_name": TEXT,
    "last_name": TEXT,
    "customFields": ANY,
}


def get_user(visit: Visit) -> Response:
    """GET /user."""
    return json(_shape(visit, visit.user))


def update_user(visit: Visit) -> Response:
    """PUT /user: a first and last name, which make the display name. Raises 403 for another id."""
    wanted = visit.json(INPUT, "updateCurrentUser.arg0")
    if wanted.get("id") != visit.user.id:
        raise forbidden()
    names = (wanted.get("first_name"), wanted.get("last_name"))
    if any(names):
        people.rename(visit.store, visit.user, " ".join(filter(None, names)))
    return json(_shape(visit, people.by_id(visit.store, visit.user.id)))


def owner(store: Store, identity: str) -> dict:
    user = people.by_id(store, identity)
    return {"id": user.id, "display_name": user.display_name, "email": user.email}


def _shape(visit: Visit, user: User) -> dict:
    self = visit.link("user")
    return {
        "id": user.id,
        "display_name": user.display_name,
        "email": user.email,
        "editable_profile": True,
        "permissions": PERMISSIONS,
        "_links": {
            "self": self,
            "avatar": f"{self}/avatar?",
            "notifications": f"{self}/notifications",
        },
    }
