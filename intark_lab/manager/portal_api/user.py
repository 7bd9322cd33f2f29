"""The user who asks, and how users appear as owners."""

from starlette.responses import Response

from intark_lab.manager import people
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.visit import Visit
from intark_lab.store import Store

PERMISSIONS = {"APPLICATION": ["C", "R", "U", "D"], "USER": ["R", "U", "D"]}


def get_user(visit: Visit) -> Response:
    """GET /user."""
    user, self = visit.user, visit.link("user")
    return json(
        {
            "id": user.id,
            "display_name": user.display_name,
            "email": user.email,
            "editable_profile": False,
            "permissions": PERMISSIONS,
            "_links": {
                "self": self,
                "avatar": f"{self}/avatar?",
                "notifications": f"{self}/notifications",
            },
        }
    )


def owner(store: Store, identity: str) -> dict:
    user = people.by_id(store, identity)
    return {"id": user.id, "display_name": user.display_name, "email": user.email}
