"""The self-service portal over HTTP: JSON, HTTP Basic as at the API portal, RFC 9457 problems."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intark_lab import paths
from intark_lab.messages.brom import forms, views
from intark_lab.messages.brom.portal import Brom
from intark_lab.messages.brom.refusal import Refusal
from intark_lab.messages.brom.visit import Visit
from intark_lab.texts import text

_CHALLENGE = {"www-authenticate": 'Basic realm="BROM", charset="UTF-8"'}


def site(brom: Brom, settle: Callable[[], Awaitable[None]]) -> Starlette:
    """The portal of one lab. `settle()` lets the data owner answer what is due, before each call.

    Mounted below its `root_path`.
    """
    by_path: dict[str, dict[str, Callable]] = defaultdict(dict)
    for method, path, handler in _DOORS:
        by_path[path][method] = handler
    routes = [Route("/openapi.json", _document)]
    for path, handlers in by_path.items():
        routes.append(Route(path, _endpoint(brom, settle, handlers), methods=list(handlers)))
    handlers = {Refusal: _refused, HTTPException: _not_served}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return app


def _endpoint(brom: Brom, settle: Callable, handlers: dict[str, Callable]) -> Callable:
    async def endpoint(request: Request) -> Response:
        visit = await Visit.of(request, brom)
        await brom.open()
        await settle()
        method = "GET" if request.method == "HEAD" else request.method
        status, answer = await handlers[method](visit)
        return Response(status_code=204) if answer is None else _json(answer, status)

    return endpoint


async def _register(visit: Visit) -> tuple[int, dict]:
    form = forms.registration(visit.body)
    made, new = await visit.brom.enrol(visit.user["id"], contact=visit.user["email"] or "", **form)
    return 201 if new else 200, views.application(made)


async def _list_applications(visit: Visit) -> tuple[int, dict]:
    own = visit.brom.register.applications(visit.user["id"])
    return 200, {"items": [views.application(one) for one in own]}


async def _show_application(visit: Visit) -> tuple[int, dict]:
    return 200, views.application(visit.application())


async def _remove_application(visit: Visit) -> tuple[int, None]:
    await visit.brom.withdraw(visit.application())
    return 204, None


async def _show_connection(visit: Visit) -> tuple[int, dict]:
    application = visit.application()
    accesses = visit.brom.register.accesses(application.name)
    return 200, views.connection(application, accesses, visit.brom.door)


async def _document_notifications(visit: Visit) -> tuple[int, dict]:
    documentation = forms.notifications(visit.body)
    made = visit.brom.document(visit.application(), documentation)
    return 200, views.application(made)


async def _forget_notifications(visit: Visit) -> tuple[int, dict]:
    return 200, views.application(visit.brom.document(visit.application(), None))


async def _list_providers(visit: Visit) -> tuple[int, dict]:
    if unknown := visit.query.keys() - {"q"}:
        raise Refusal(400, "wrong.member", name=min(unknown)[:50], known="q")
    found = visit.brom.providers(visit.query.get("q", ""))
    return 200, {"items": [views.provider(one) for one in found]}


async def _show_provider(visit: Visit) -> tuple[int, dict]:
    return 200, views.provider(visit.brom.provider(visit.path["provider"]))


async def _list_access(visit: Visit) -> tuple[int, dict]:
    own = visit.application().name
    accesses = visit.brom.register.accesses(own)
    return 200, {"items": [views.access(each) for each in accesses if each.consumer == own]}


async def _ask(visit: Visit) -> tuple[int, dict]:
    consumer, comment = visit.application(), forms.request(visit.body)
    made, new = await visit.brom.ask(consumer, visit.path["provider"], comment)
    return 201 if new else 200, views.access(made)


async def _show_access(visit: Visit) -> tuple[int, dict]:
    return 200, views.access(visit.own_access())


async def _give_up(visit: Visit) -> tuple[int, dict]:
    return 200, views.access(await visit.brom.remove(visit.own_access()))


async def _list_consumers(visit: Visit) -> tuple[int, dict]:
    own = visit.application().name
    accesses = visit.brom.register.accesses(own)
    return 200, {"items": [views.access(each) for each in accesses if each.provider == own]}


async def _answer(visit: Visit) -> tuple[int, dict]:
    access, (approved, reason) = visit.asked_access(), forms.answer(visit.body)
    return 200, views.access(await visit.brom.answer(access, approved, reason))


async def _take_back(visit: Visit) -> tuple[int, dict]:
    return 200, views.access(await visit.brom.remove(visit.asked_access()))


_DOORS = (
    ("GET", "/applications", _list_applications),
    ("POST", "/applications", _register),
    ("GET", "/applications/{application}", _show_application),
    ("DELETE", "/applications/{application}", _remove_application),
    ("GET", "/applications/{application}/connection", _show_connection),
    ("PUT", "/applications/{application}/notifications", _document_notifications),
    ("DELETE", "/applications/{application}/notifications", _forget_notifications),
    ("GET", "/applications/{application}/access", _list_access),
    ("PUT", "/applications/{application}/access/{provider}", _ask),
    ("GET", "/applications/{application}/access/{provider}", _show_access),
    ("DELETE", "/applications/{application}/access/{provider}", _give_up),
    ("GET", "/applications/{application}/consumers", _list_consumers),
    ("POST", "/applications/{application}/consumers/{consumer}/answer", _answer),
    ("DELETE", "/applications/{application}/consumers/{consumer}", _take_back),
    ("GET", "/providers", _list_providers),
    ("GET", "/providers/{provider}", _show_provider),
)


async def _document(_request: Request) -> Response:
    return Response(_openapi(), media_type="application/json")


@cache
def _openapi() -> bytes:
    return (paths.data() / "brom" / "openapi.json").read_bytes()


def _json(value: dict, status: int) -> Response:
    return Response(orjson.dumps(value), status, {"cache-control": "no-store"}, "application/json")


def _refused(_request: Request, refusal: Refusal) -> Response:
    detail = text(f"brom.{refusal.message}", **refusal.fields)
    return _problem(refusal.status, detail, _CHALLENGE if refusal.status == 401 else None)


def _not_served(_request: Request, error: HTTPException) -> Response:
    name = "no-such.method" if error.status_code == 405 else "no-such.page"
    return _problem(error.status_code, text(f"brom.{name}"), error.headers)


def _problem(status: int, detail: str, headers: dict | None) -> Response:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(orjson.dumps(body), status, headers, "application/problem+json")
