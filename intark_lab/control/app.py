"""The routes of the control side."""

import hmac
import inspect
import json
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intark_lab import events, journal, owner
from intark_lab.control import awkward
from intark_lab.control.desk import Desk
from intark_lab.control.occasions import Occasions
from intark_lab.control.probe import NoAccess
from intark_lab.faults import KINDS, Fault
from intark_lab.institution import Institution
from intark_lab.journal import Call, Handling
from intark_lab.manager.errors import ManagerError
from intark_lab.manager.visiting import read_body
from intark_lab.messages import door as messages
from intark_lab.messages.brom.refusal import Refusal
from intark_lab.store import Store
from intark_lab.tasks import TASKS
from intark_lab.tasks.code import WrongCode, decode
from intark_lab.tasks.task import Task
from intark_lab.texts import text

Action = Callable[[Request, dict], dict | Awaitable[dict]]

MOST_BODY = 16 * 2**20
"""Bytes. The largest answer to a task is far below."""
MOST_DIGITS = 18


class Refused(Exception):
    """The control side does not do it; `message` is for the learner."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message


def app(institution: Institution) -> Starlette:
    """The control side of one lab. Every route wants the lab's bearer token."""
    occasions = Occasions(institution)
    desk = Desk(institution, occasions)
    controls = Controls(institution, desk, occasions)
    doors: list[tuple[str, str, Action]] = [
        ("GET", "/state", controls.state),
        ("GET", "/journal", controls.journal),
        ("GET", "/story", controls.story),
        ("POST", "/advance", controls.advance),
        ("GET", "/happens", controls.kinds),
        ("POST", "/happens", controls.happens),
        ("POST", "/fault", controls.fault),
        ("POST", "/reset", controls.reset),
        ("POST", "/owner", controls.owner),
        ("GET", "/progress", lambda _request, _body: desk.progress()),
        ("POST", "/progress", controls.bring_progress),
        ("POST", "/tasks/{task}/open", controls.open_task),
        ("POST", "/tasks/{task}/start", controls.start_check),
        ("POST", "/tasks/{task}/judge", lambda request, body: desk.judge(_task(request), body)),
        ("POST", "/tasks/{task}/hint", lambda request, _body: desk.hint(_task(request))),
        ("GET", "/tasks/{task}/solution", lambda request, _body: desk.solution(_task(request))),
    ]
    return Starlette(
        routes=[
            Route(path, _door(institution.token, action), methods=[method])
            for method, path, action in doors
        ]
    )


class Controls:
    """What learners and instructors ask of a lab; the judging is the desk's."""

    def __init__(self, institution: Institution, desk: Desk, occasions: Occasions):
        self._institution, self._desk, self._occasions = institution, desk, occasions

    def state(self, request: Request, _body: dict) -> dict:
        """The lab's card, with addresses as this caller reaches it, its birth and its clock."""
        card = self._institution.card(_origin(request))
        clock = {"born": self._institution.born, "now": self._institution.clock.ms()}
        return {**card, **clock}

    def journal(self, request: Request, _body: dict) -> dict:
        """The calls after the usage row `after`, and what was handled after `after_handling`."""
        calls, handled = _seen(self._institution.store, request)
        return {
            "calls": [call._asdict() for call in calls],
            "messages": [_readable(handling) for handling in handled],
        }

    def story(self, request: Request, _body: dict) -> dict:
        """The same as one list, in the order in which it happened."""
        story = journal.in_order(*_seen(self._institution.store, request))
        return {
            "story": [
                {"what": "call", **one._asdict()} if isinstance(one, Call) else _readable(one)
                for one in story
            ]
        }

    async def advance(self, request: Request, body: dict) -> dict:
        """Move lab time, and let happen what was due in it."""
        seconds = body.get("seconds")
        if not isinstance(seconds, int | float) or not 0 <= seconds < float("inf"):
            raise Refused(400, text("control.not-forward", seconds=seconds))
        self._institution.advance(seconds)
        happened = await self._occasions.catch_up(_origin(request))
        return {"now": self._institution.clock.ms(), "happened": happened}

    def kinds(self, _request: Request, _body: dict) -> dict:
        """What can happen, and in which awkward ways it can be told."""
        return {"kinds": {name: awkward.ways(kind) for name, kind in events.KINDS.items()}}

    async def happens(self, request: Request, body: dict) -> dict:
        """Let one thing happen: its `kind`, an `awkward` way or null, `about` an id or null."""
        kind, how, about = (body.get(name) for name in ("kind", "awkward", "about"))
        if not isinstance(kind, str) or kind not in events.KINDS:
            known = ", ".join(events.KINDS)
            raise Refused(400, text("control.no-such-kind", kind=kind, known=known))
        chosen = events.KINDS[kind]
        if how is not None and how not in awkward.ways(chosen):
            known = ", ".join(awkward.ways(chosen))
            raise Refused(400, text("control.no-such-way", kind=kind, how=how, known=known))
        if about is not None and not self._is_there(chosen, about, how):
            raise Refused(400, text("control.nobody", kind=kind, about=about))
        return await self._occasions.happen(chosen, _origin(request), how, about)

    async def open_task(self, request: Request, _body: dict) -> dict:
        return await self._desk.open(_task(request), _origin(request))

    async def start_check(self, request: Request, _body: dict) -> dict:
        return await self._desk.start(_task(request), _origin(request))

    def bring_progress(self, _request: Request, body: dict) -> dict:
        """Count the points that a `code` of another lab holds."""
        try:
            self._desk.bring(decode(str(body.get("code"))))
        except WrongCode as error:
            raise Refused(400, str(error)) from None
        return self._desk.progress()

    def _is_there(self, kind: events.Kind, about, how: str | None) -> bool:
        """Whether a kind of thing can happen to the record of that id."""
        if kind.collection is None or how == "unknown" or not isinstance(about, int | str):
            return False
        return self._institution.sources.record(*kind.collection, about) is not None

    def fault(self, _request: Request, body: dict) -> dict:
        """The next calls to an API, named by slug or id, meet what `body` says: see Fault."""
        rows = self._institution.store.all("SELECT coalesce(slug, id) AS name, id FROM api")
        if body.get("api") not in {name for row in rows for name in row}:
            known = ", ".join(sorted(row["name"] for row in rows))
            raise Refused(400, text("control.no-such-api", api=body.get("api"), known=known))
        try:
            self._institution.faults.add(Fault(**body))
        except (TypeError, ValueError):
            raise Refused(400, text("control.no-such-fault", kinds=", ".join(KINDS))) from None
        return {}

    async def reset(self, _request: Request, _body: dict) -> dict:
        if self._institution.brom.opened() is not None:
            await self._institution.door.clear()
        self._institution.reset()
        self._desk.forget()
        return {}

    def owner(self, _request: Request, body: dict) -> dict:
        """Who answers requests for access from now on: `{"player": "made-up" or "person"}`."""
        try:
            owner.let_answer(self._institution.store, body.get("player"))
        except ValueError:
            known = ", ".join(owner.PLAYERS)
            raise Refused(400, text("control.no-such-player", known=known)) from None
        return {}


def _whole(request: Request, name: str) -> int:
    value = request.query_params.get(name, "0")
    if not value.isdecimal() or len(value) > MOST_DIGITS:
        raise Refused(400, text("control.not-a-number", name=name, value=value))
    return int(value)


def _seen(store: Store, request: Request) -> tuple[list[Call], list[Handling]]:
    return (
        journal.calls(store, _whole(request, "after")),
        journal.handlings(store, _whole(request, "after_handling")),
    )


def _readable(handling: Handling) -> dict:
    return {**handling._asdict(), "body": handling.body.decode(errors="replace")}


def _task(request: Request) -> Task:
    task = TASKS.get(request.path_params["task"])
    if task is None:
        known = ", ".join(TASKS)
        raise Refused(
            404, text("control.no-such-task", task=request.path_params["task"], known=known)
        )
    return task


def _origin(request: Request) -> str:
    """The address by which the caller reaches the lab."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _door(token: str, action: Action) -> Callable:
    """An endpoint that lets the token's holder in, and answers refusals as JSON."""
    wanted = f"Bearer {token}".encode()

    async def endpoint(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, wanted):
            return _message(401, text("control.no-token"))
        try:
            answer = action(request, _object(await read_body(request, MOST_BODY)))
            return JSONResponse(await answer if inspect.isawaitable(answer) else answer)
        except NoAccess as error:
            return _message(409, str(error))
        except (Refused, ManagerError) as refused:
            return _message(refused.status, refused.message)
        except (Refusal, messages.Refused) as refused:
            return _message(502, text("control.no-queue", said=refused))
        except Exception as error:
            return _message(500, text("control.failed", error=repr(error), place=_place(error)))

    return endpoint


def _place(error: Exception) -> str:
    """Where the course's own code failed, for the report of it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _object(body: bytes) -> dict:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Refused(400, text("control.no-object"))
    return content


def _message(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status)
