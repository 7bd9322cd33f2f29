"""Members of an API and their roles."""

from starlette.responses import Response

from intark_lab.manager import members, people
from intark_lab.manager.management_api.answers import Plain
from intark_lab.manager.management_api.visit import Visit, require_fields
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.bodies import TEXT


def list_members(visit: Visit) -> Response:
    """GET /apis/{api}/members."""
    row = visit.api("MEMBER", "R")
    items = [
        {"id": user.id, "displayName": user.display_name, "role": role}
        for user, role in members.of(visit.store, row)
    ]
    return json(sorted(items, key=lambda item: item["id"]))


def put_member(visit: Visit) -> Response:
    """POST /apis/{api}/members: give a user a role; 201 without a body."""
    row = visit.api("MEMBER", "U")
    body = visit.json({"id": TEXT, "reference": TEXT, "role": TEXT}, "addOrUpdateApiMember")
    require_fields("addOrUpdateApiMember", body, "id", "role")
    members.put(visit.store, row, body["id"], body["role"])
    return Response(status_code=201)


def remove_member(visit: Visit) -> Response:
    """DELETE /apis/{api}/members?user=: 200 without a body."""
    row = visit.api("MEMBER", "D")
    user = visit.query.get("user", "")
    if people.by_id(visit.store, user) is None:
        raise Plain(f"User [{user}] cannot be found.")
    members.remove(visit.store, row, user)
    return Response(status_code=200)


def transfer_ownership(visit: Visit) -> Response:
    """POST /apis/{api}/members/transfer_ownership: 200; the owner before keeps `role`."""
    row = visit.api("MEMBER", "U")
    kind = {"id": TEXT, "reference": TEXT, "role": TEXT, "type": TEXT}
    body = visit.json(kind, "transferApiMemberOwnership")
    require_fields("transferApiMemberOwnership", body, "id")
    members.transfer(visit.store, row, body["id"], body.get("role", "USER"))
    return Response(status_code=200)


def list_permissions(visit: Visit) -> Response:
    """GET /apis/{api}/members/permissions: what the caller may do with the API."""
    row = visit.api("DEFINITION", "R")
    role = "PRIMARY_OWNER" if visit.user.is_admin else members.role(visit.store, row, visit.user)
    return json({noun: list(rights) for noun, rights in members.ROLES[role].items()})
