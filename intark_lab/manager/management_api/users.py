"""The caller and their tokens; for administrators, everybody and their roles."""

from sqlite3 import Row
from urllib.parse import urlsplit

from starlette.responses import Response

from intark_lab.manager import people, sessions, tokens
from intark_lab.manager.errors import ManagerError, forbidden
from intark_lab.manager.management_api.answers import Invalid, Violation, paged
from intark_lab.manager.management_api.visit import ENVIRONMENT, Visit, require_fields
from intark_lab.manager.people import User
from intark_lab.manager.portal_api import auth
from intark_lab.manager.portal_api.answers import json, no_content, present
from intark_lab.manager.portal_api.bodies import ANY, TEXT

ROLES = ("ADMIN", "API_PUBLISHER", "USER")


def get_user(visit: Visit) -> Response:
    """GET /user: who calls."""
    return json(entity(visit.user))


def login(visit: Visit) -> Response:
    """POST /user/login: a token for the user that HTTP Basic names, in the body and as a cookie."""
    token = sessions.issue(visit.store, visit.clock, visit.user)
    cookie = f"{auth.COOKIE}=Bearer%20{token};Path={_root(visit)};HttpOnly"
    return json({"token_type": "BEARER", "token": token}, 200, {"Set-Cookie": cookie})


def logout(visit: Visit) -> Response:
    """POST /user/logout: the cookie is emptied; the token lives on, as it does in Gravitee."""
    return Response(headers={"set-cookie": auth.emptied(_root(visit))})


def list_tokens(visit: Visit) -> Response:
    """GET /user/tokens: oldest first, without their values."""
    return json([_token(row) for row in tokens.of(visit.store, visit.user)])


def create_token(visit: Visit) -> Response:
    """POST /user/tokens: the one time that the value is shown."""
    body = visit.json({"name": TEXT}, "createTokens")
    require_fields("createTokens", body, "name")
    if not 2 <= len(body["name"]) <= 64:
        violation = Violation("size must be between 2 and 64", "name", body["name"])
        raise Invalid("createTokens.arg0", violation)
    row, value = tokens.create(visit.store, visit.clock, visit.user, body["name"])
    return json(_token(row) | {"token": value})


def revoke_tokens(visit: Visit) -> Response:
    """DELETE /user/tokens: 204."""
    tokens.revoke_all(visit.store, visit.user)
    return no_content()


def revoke_token(visit: Visit) -> Response:
    """DELETE /user/tokens/{token}: 204."""
    tokens.revoke(visit.store, visit.user, visit.path["token"])
    return no_content()


def list_users(visit: Visit) -> Response:
    """GET /users?q=: for administrators."""
    _require_admin(visit)
    page, size = visit.page_and_size("getAllUsers")
    words = f"%{visit.query.get('q', '')}%"
    rows = visit.store.all(
        "SELECT id FROM user WHERE username LIKE ? OR display_name LIKE ? ORDER BY username",
        *(words, words),
    )
    shown = rows[(page - 1) * size : page * size]
    found = [entity(people.by_id(visit.store, row["id"])) for row in shown]
    return paged(found, page, size, len(rows))


def get_other_user(visit: Visit) -> Response:
    """GET /users/{user}: for administrators."""
    _require_admin(visit)
    return json(entity(_user(visit)))


def set_roles(visit: Visit) -> Response:
    """PUT /users/{user}/roles: what the user may do in the environment; 200 without a body."""
    _require_admin(visit)
    kind = {"user": TEXT, "referenceId": TEXT, "referenceType": TEXT, "roles": ANY}
    body = visit.json(kind, "updateUserRoles")
    require_fields("updateUserRoles", body, "roles")
    roles = body["roles"] if isinstance(body["roles"], list) else []
    if not roles or roles[0] not in ROLES:
        raise ManagerError(404, "role.notFound", f"Role {roles} cannot be found.")
    user = _user(visit)
    with visit.store.transaction():
        visit.store.write("UPDATE user SET role = ? WHERE id = ?", roles[0], user.id)
    return Response(status_code=200)


def entity(user: User) -> dict:
    return {
        "id": user.id,
        "source": "memory",
        "sourceId": user.username,
        "displayName": user.display_name,
        "email": user.email,
        "status": "ACTIVE",
        "roles": [{"id": user.role, "scope": "ENVIRONMENT", "name": user.role, "permissions": {}}],
    }


def _token(row: Row) -> dict:
    return present(
        id=row["id"],
        name=row["name"],
        created_at=row["created_at"],
        last_use_at=row["last_use_at"],
    )


def _require_admin(visit: Visit) -> None:
    if not visit.user.is_admin:
        raise forbidden()


def _user(visit: Visit) -> User:
    identity = visit.path["user"]
    user = people.by_id(visit.store, identity)
    if user is None:
        message = f"User [{identity}] cannot be found."
        raise ManagerError(404, "user.notFound", message, {"user": identity})
    return user


def _root(visit: Visit) -> str:
    return urlsplit(visit.management_url).path.removesuffix(ENVIRONMENT)
