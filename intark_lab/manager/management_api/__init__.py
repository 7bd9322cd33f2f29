"""The Management API, version 1, of the API manager: the provider's side.

Paths, fields, statuses and words are those of Gravitee APIM's v1 with V2 API definitions, in what
3.20 and 4.x share: a second answer to a request is 3.20's 400, texts are those of 4.x.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from intark_lab.institution import Institution
from intark_lab.manager.management_api import (
    analytics,
    apis,
    imports,
    keys,
    listing,
    logs,
    members,
    pages,
    plans,
    subscriptions,
    users,
)
from intark_lab.manager.management_api.answers import EXCEPTION_HANDLERS
from intark_lab.manager.management_api.visit import ENVIRONMENT, ORGANIZATION, Visit
from intark_lab.manager.visiting import Place


class Door(NamedTuple):
    method: str
    path: str
    handler: Callable[[Visit], Response | Awaitable[Response]]


API, PLAN, PAGE = "/apis/{api}", "/apis/{api}/plans/{plan}", "/apis/{api}/pages/{page}"
SUBSCRIPTIONS, SUBSCRIPTION = f"{API}/subscriptions", f"{API}/subscriptions/{{subscription}}"

DOORS = (
    Door("GET", "/apis", listing.list_apis),
    Door("GET", "/apis/_paged", listing.list_apis_paged),
    Door("POST", "/apis/_search", listing.search_apis),
    Door("POST", "/apis/_search/_paged", listing.search_apis_paged),
    Door("POST", "/apis", apis.create_api),
    Door("POST", "/apis/verify", apis.verify_path),
    Door("POST", "/apis/import", imports.import_definition),
    Door("POST", "/apis/import/swagger", imports.import_swagger),
    Door("GET", API, apis.get_api),
    Door("PUT", API, apis.update_api),
    Door("DELETE", API, apis.delete_api),
    Door("POST", API, apis.act),
    Door("POST", f"{API}/deploy", apis.deploy_api),
    Door("GET", f"{API}/state", apis.get_state),
    Door("GET", f"{API}/export", imports.export_definition),
    Door("PUT", f"{API}/import", imports.update_definition),
    Door("PUT", f"{API}/import/swagger", imports.update_from_swagger),
    Door("POST", f"{API}/import/swagger", imports.update_from_swagger),
    Door("GET", f"{API}/plans", plans.list_plans),
    Door("POST", f"{API}/plans", plans.create_plan),
    Door("GET", PLAN, plans.get_plan),
    Door("PUT", PLAN, plans.update_plan),
    Door("DELETE", PLAN, plans.delete_plan),
    Door("POST", f"{PLAN}/_publish", plans.publish_plan),
    Door("POST", f"{PLAN}/_deprecate", plans.deprecate_plan),
    Door("POST", f"{PLAN}/_close", plans.close_plan),
    Door("GET", SUBSCRIPTIONS, subscriptions.list_subscriptions),
    Door("POST", SUBSCRIPTIONS, subscriptions.create_subscription),
    Door("GET", SUBSCRIPTION, subscriptions.get_subscription),
    Door("PUT", SUBSCRIPTION, subscriptions.update_subscription),
    Door("POST", f"{SUBSCRIPTION}/_process", subscriptions.process),
    Door("POST", f"{SUBSCRIPTION}/_transfer", subscriptions.transfer),
    Door("POST", f"{SUBSCRIPTION}/status", subscriptions.change_status),
    Door("GET", f"{SUBSCRIPTION}/apikeys", keys.list_keys),
    Door("POST", f"{SUBSCRIPTION}/apikeys/_renew", keys.renew_key),
    Door("DELETE", f"{SUBSCRIPTION}/apikeys/{{key}}", keys.revoke_key),
    Door("GET", f"{API}/pages", pages.list_pages),
    Door("POST", f"{API}/pages", pages.create_page),
    Door("GET", PAGE, pages.get_page),
    Door("PUT", PAGE, pages.update_page),
    Door("PATCH", PAGE, pages.patch_page),
    Door("DELETE", PAGE, pages.delete_page),
    Door("GET", f"{PAGE}/content", pages.get_content),
    Door("PUT", f"{PAGE}/content", pages.put_content),
    Door("GET", f"{API}/analytics", analytics.get_analytics),
    Door("GET", f"{API}/logs", logs.list_logs),
    Door("GET", f"{API}/logs/export", logs.export_logs),
    Door("GET", f"{API}/logs/{{log}}", logs.get_log),
    Door("GET", f"{API}/members", members.list_members),
    Door("POST", f"{API}/members", members.put_member),
    Door("DELETE", f"{API}/members", members.remove_member),
    Door("GET", f"{API}/members/permissions", members.list_permissions),
    Door("POST", f"{API}/members/transfer_ownership", members.transfer_ownership),
)
"""Below the environment."""

USER_DOORS = (
    Door("GET", "/user", users.get_user),
    Door("POST", "/user/login", users.login),
    Door("POST", "/user/logout", users.logout),
    Door("GET", "/user/tokens", users.list_tokens),
    Door("POST", "/user/tokens", users.create_token),
    Door("DELETE", "/user/tokens", users.revoke_tokens),
    Door("DELETE", "/user/tokens/{token}", users.revoke_token),
    Door("GET", "/users", users.list_users),
    Door("GET", "/users/{user}", users.get_other_user),
    Door("PUT", "/users/{user}/roles", users.set_roles),
)
"""Below the organization, and below the environment as well."""


def management(institution: Institution) -> Starlette:
    """The management API of one institution, as an ASGI application. Mounted below its
    `root_path`.
    """
    app = Starlette(routes=_routes(), exception_handlers=EXCEPTION_HANDLERS)
    app.router.redirect_slashes = False
    app.state.institution = institution
    return app


def _routes() -> list[Place]:
    by_path: dict[str, dict[str, Door]] = defaultdict(dict)
    for below, doors in ((ENVIRONMENT, DOORS + USER_DOORS), (ORGANIZATION, USER_DOORS)):
        for door in doors:
            by_path[below + door.path][door.method] = door
    return [Place(path, _endpoint(doors), list(doors)) for path, doors in by_path.items()]


def _endpoint(doors: dict[str, Door]) -> Callable:
    async def endpoint(request: Request) -> Response:
        door = doors["GET" if request.method == "HEAD" else request.method]
        answer = door.handler(await Visit.of(request))
        return await answer if isawaitable(answer) else answer

    return endpoint
