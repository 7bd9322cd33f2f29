"""The Portal REST API of the API manager: the consumer's side.

Paths, fields, statuses and words are those of Gravitee APIM 4.x, in what 3.20 shares with it.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intark_lab.institution import Institution
from intark_lab.manager.errors import unauthorized
from intark_lab.manager.portal_api import (
    apis,
    applications,
    keys,
    pages,
    plans,
    subscriptions,
    user,
)
from intark_lab.manager.portal_api.answers import EXCEPTION_HANDLERS
from intark_lab.manager.portal_api.visit import Visit


class Door(NamedTuple):
    method: str
    path: str
    handler: Callable[[Visit], Response]
    anonymous: bool = False


ANONYMOUS = True

DOORS = (
    Door("GET", "/apis", apis.list_apis, ANONYMOUS),
    Door("POST", "/apis/_search", apis.search_apis, ANONYMOUS),
    Door("GET", "/apis/{api}", apis.get_api, ANONYMOUS),
    Door("GET", "/apis/{api}/pages", pages.list_pages, ANONYMOUS),
    Door("GET", "/apis/{api}/pages/{page}", pages.get_page, ANONYMOUS),
    Door("GET", "/apis/{api}/pages/{page}/content", pages.get_content, ANONYMOUS),
    Door("GET", "/apis/{api}/plans", plans.list_plans, ANONYMOUS),
    Door("GET", "/applications", applications.list_applications),
    Door("POST", "/applications", applications.create_application),
    Door("GET", "/applications/{application}", applications.get_application),
    Door("PUT", "/applications/{application}", applications.update_application),
    Door("DELETE", "/applications/{application}", applications.delete_application),
    Door("POST", "/applications/{application}/keys/_renew", keys.renew_shared_key),
    Door("POST", "/applications/{application}/keys/{key}/_revoke", keys.revoke_shared_key),
    Door("GET", "/subscriptions", subscriptions.list_subscriptions),
    Door("POST", "/subscriptions", subscriptions.subscribe),
    Door("GET", "/subscriptions/{subscription}", subscriptions.get_subscription),
    Door("POST", "/subscriptions/{subscription}/_close", subscriptions.close_subscription),
    Door("POST", "/subscriptions/{subscription}/keys/_renew", keys.renew_key),
    Door("POST", "/subscriptions/{subscription}/keys/{key}/_revoke", keys.revoke_key),
    Door("GET", "/user", user.get_user),
)


def portal(institution: Institution) -> Starlette:
    """The portal of one institution, as an ASGI application. Mounted below its `root_path`."""
    app = Starlette(routes=_routes(), exception_handlers=EXCEPTION_HANDLERS)
    app.state.institution = institution
    return app


def _routes() -> list[Route]:
    by_path: dict[str, dict[str, Door]] = defaultdict(dict)
    for door in DOORS:
        by_path[door.path][door.method] = door
    return [Route(path, _endpoint(doors), methods=list(doors)) for path, doors in by_path.items()]


def _endpoint(doors: dict[str, Door]) -> Callable:
    async def endpoint(request: Request) -> Response:
        visit = await Visit.of(request)
        door = doors["GET" if request.method == "HEAD" else request.method]
        if visit.user is None and not door.anonymous:
            raise unauthorized()
        return door.handler(visit)

    return endpoint
