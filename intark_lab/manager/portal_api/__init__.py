"""The Portal REST API of the API manager: the consumer's side.

Paths, fields, statuses and words are those of Gravitee APIM 4.x, in what 3.20 shares with it.
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from intark_lab.institution import Institution
from intark_lab.manager.errors import UNEXPECTED, ManagerError, unauthorized
from intark_lab.manager.portal_api import (
    about,
    analytics,
    apis,
    applications,
    auth,
    categories,
    keys,
    logs,
    pages,
    pictures,
    plans,
    subscribers,
    subscriptions,
    user,
)
from intark_lab.manager.portal_api.answers import EXCEPTION_HANDLERS, refused
from intark_lab.manager.portal_api.visit import Visit
from intark_lab.manager.visiting import Place


class Door(NamedTuple):
    method: str
    path: str
    handler: Callable[[Visit], Response | Awaitable[Response]]
    anonymous: bool = False


ANONYMOUS = True

DOORS = (
    Door("GET", "/apis", apis.list_apis, ANONYMOUS),
    Door("POST", "/apis/_search", apis.search_apis, ANONYMOUS),
    Door("GET", "/apis/categories", categories.list_categories_of_apis, ANONYMOUS),
    Door("GET", "/apis/{api}", apis.get_api, ANONYMOUS),
    Door("GET", "/apis/{api}/metrics", subscribers.get_metrics, ANONYMOUS),
    Door("GET", "/apis/{api}/pages", pages.list_pages, ANONYMOUS),
    Door("GET", "/apis/{api}/pages/{page}", pages.get_page, ANONYMOUS),
    Door("GET", "/apis/{api}/pages/{page}/content", pages.get_content, ANONYMOUS),
    Door("GET", "/apis/{api}/plans", plans.list_plans, ANONYMOUS),
    Door("GET", "/apis/{api}/picture", pictures.get_api_picture, ANONYMOUS),
    Door("GET", "/apis/{api}/background", pictures.get_api_background, ANONYMOUS),
    Door("GET", "/apis/{api}/subscribers", subscribers.list_subscribers),
    Door("GET", "/applications", applications.list_applications),
    Door("POST", "/applications", applications.create_application),
    Door("GET", "/applications/{application}", applications.get_application),
    Door("PUT", "/applications/{application}", applications.update_application),
    Door("DELETE", "/applications/{application}", applications.delete_application),
    Door("GET", "/applications/{application}/analytics", analytics.get_analytics),
    Door("GET", "/applications/{application}/logs", logs.list_logs),
    Door("POST", "/applications/{application}/logs/_search", logs.search_logs),
    Door("POST", "/applications/{application}/logs/_export", logs.export_logs),
    Door("GET", "/applications/{application}/logs/{log}", logs.get_log),
    Door("GET", "/applications/{application}/picture", pictures.get_of_application),
    Door("GET", "/applications/{application}/background", pictures.get_of_application),
    Door("GET", "/applications/{application}/subscribers", subscribers.list_subscribed),
    Door("POST", "/applications/{application}/keys/_renew", keys.renew_shared_key),
    Door("POST", "/applications/{application}/keys/{key}/_revoke", keys.revoke_shared_key),
    Door("GET", "/subscriptions", subscriptions.list_subscriptions),
    Door("POST", "/subscriptions", subscriptions.subscribe),
    Door("GET", "/subscriptions/{subscription}", subscriptions.get_subscription),
    Door("PUT", "/subscriptions/{subscription}", subscriptions.update_subscription),
    Door("POST", "/subscriptions/{subscription}/_close", subscriptions.close_subscription),
    Door(
        "POST",
        "/subscriptions/{subscription}/_changeConsumerStatus",
        subscriptions.change_consumer_status,
    ),
    Door("POST", "/subscriptions/{subscription}/keys/_renew", keys.renew_key),
    Door("POST", "/subscriptions/{subscription}/keys/{key}/_revoke", keys.revoke_key),
    Door("GET", "/user", user.get_user),
    Door("PUT", "/user", user.update_user),
    Door("GET", "/user/avatar", pictures.get_avatar),
    Door("POST", "/auth/login", auth.login),
    Door("POST", "/auth/logout", auth.logout),
    Door("GET", "/categories", categories.list_categories, ANONYMOUS),
    Door("GET", "/categories/{category}", categories.get_category, ANONYMOUS),
    Door("GET", "/configuration", about.get_configuration, ANONYMOUS),
    Door("GET", "/info", about.get_info, ANONYMOUS),
)


_OPEN = re.compile("/(apis|pages|categories|configuration|info|media|theme)(/|$)")
"""What Gravitee lets strangers read, whether it is there or not."""


def portal(institution: Institution) -> Starlette:
    """The portal of one institution, as an ASGI application. Mounted below its `root_path`."""
    handlers = EXCEPTION_HANDLERS | {HTTPException: _not_served}
    app = Starlette(routes=_routes(), exception_handlers=handlers)
    app.router.redirect_slashes = False
    app.state.institution = institution
    return app


async def _not_served(request: Request, error: HTTPException) -> Response:
    """A path or method that the portal does not have; strangers are told so where they may go."""
    refusal = ManagerError(
        error.status_code, UNEXPECTED, f"HTTP {error.status_code} {error.detail}"
    )
    try:
        stranger = auth.caller(request, request.app.state.institution) is None
        path = request.scope["path"].removeprefix(request.scope["root_path"])
        if stranger and not (request.method == "GET" and _OPEN.match(path)):
            refusal = unauthorized()
    except ManagerError as wrong:
        refusal = wrong
    answer = await refused(request, refusal)
    if error.headers and refusal.status == 405:
        answer.headers["allow"] = ", ".join(sorted(error.headers["Allow"].split(", ")))
    return answer


def _routes() -> list[Place]:
    by_path: dict[str, dict[str, Door]] = defaultdict(dict)
    for door in DOORS:
        by_path[door.path][door.method] = door
    return [Place(path, _endpoint(doors), list(doors)) for path, doors in by_path.items()]


def _endpoint(doors: dict[str, Door]) -> Callable:
    async def endpoint(request: Request) -> Response:
        door = doors["GET" if request.method == "HEAD" else request.method]
        user = auth.caller(request, request.app.state.institution)
        if user is None and not door.anonymous:
            raise unauthorized()
        answer = door.handler(await Visit.of(request, user))
        return await answer if isawaitable(answer) else answer

    return endpoint
