"""The way of one call through the gateway, in order."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from intark_lab.clock import Clock
from intark_lab.gateway import errors
from intark_lab.gateway.admission import admit, admit_by_token
from intark_lab.gateway.call import Call
from intark_lab.gateway.endpoints import Endpoints
from intark_lab.gateway.exchange import Answer, Request
from intark_lab.gateway.memory import Memory
from intark_lab.gateway.snapshot import Snapshot
from intark_lab.gateway.tokens import Tokens
from intark_lab.store import Store

if TYPE_CHECKING:
    from intark_lab.direct import Reply


class Gateway:
    """An ASGI application that takes the calls of one lab.

    `sync_delay` is how many seconds of lab time pass before a change in the manager is known
    here: a real gateway asks every five.
    """

    def __init__(self, store: Store, clock: Clock, endpoints: Endpoints, tokens: Tokens):
        self._store, self._clock = store, clock
        self._endpoints, self._tokens = endpoints, tokens
        self._memory = Memory()
        self._snapshot: Snapshot | None = None
        self._stale_since: int | None = None
        self.sync_delay = 0.0

    async def __call__(self, scope: dict, receive, send) -> None:
        """Answer an HTTP scope. `root_path` is the gateway's own place in the address."""
        call = self._call(scope, receive)
        answer = self._answer(call) if _waits_for_nothing(call) else await self._awaited(call)
        start = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": call.headers_of(answer),
        }
        if type(answer.body) is bytes:
            await self._store.usage(call.row(answer, len(answer.body)))
            await send(start)
            await send({"type": "http.response.body", "body": answer.body})
        else:
            await send(start)
            await self._stream(call, answer, send)

    def at_once(self, scope: dict, reply: "Reply") -> bool:
        """Answer a call that waits for nothing but its commit; False leaves it to `__call__`."""
        call = self._call(scope, None)
        if not _waits_for_nothing(call):
            return False
        answer = self._answer(call)
        reply.hold(answer.status, call.headers_of(answer), answer.body)
        self._store.record(call.row(answer, len(answer.body)), reply.release)
        return True

    def notice(self, now: int) -> None:
        """The manager may have changed at `now`, lab ms: begin to wait, if so."""
        snapshot = self._snapshot
        if snapshot and snapshot.generation != self._store.generation and not self._stale_since:
            self._stale_since = now

    def forget(self) -> None:
        """Begin every limit anew, and keep no answer of before."""
        self._memory.clear()

    def _call(self, scope: dict, receive) -> Call:
        request = Request(scope, receive, len(scope["root_path"]))
        now = self._clock.ms()
        route = self._current(now).routing.route(request.method, request.path)
        return Call(request, route, now, self._memory)

    def _answer(self, call: Call) -> Answer:
        """Where a call waits for nothing."""
        if call.route is None:
            return errors.no_context_path()
        try:
            admit(call, self._snapshot)
            steps = call.route.steps[call.plan.id]
            answer = steps.request(call)
            if answer is None:
                answer = steps.response(call, self._endpoints.at_once(call))
            return answer
        except errors.Refused as refused:
            return _refusal(call, refused)

    async def _awaited(self, call: Call) -> Answer:
        """The same where it waits for a token's issuer or a real backend."""
        try:
            await admit_by_token(call, self._snapshot, self._tokens)
            steps = call.route.steps[call.plan.id]
            answer = steps.request(call)
            if answer is None:
                answer = await self._endpoints.respond(call)
                if any(step.meets(call) for step in steps.after):
                    answer = steps.response(call, await _whole(answer))
            return answer
        except errors.Refused as refused:
            return _refusal(call, refused)

    def _current(self, now: int) -> Snapshot:
        if self._snapshot is None:
            self._snapshot = Snapshot(self._store, None)
        elif self._snapshot.generation != self._store.generation:
            self.notice(now)
            if now >= self._stale_since + self.sync_delay * 1000:
                self._snapshot = Snapshot(self._store, self._snapshot)
                self._stale_since = None
        return self._snapshot

    async def _stream(self, call: Call, answer: Answer, send: Callable) -> None:
        """Send the pieces on as they come; the last waits until the usage row is kept."""
        length, last = 0, b""
        try:
            async for piece in answer.body:
                if last:
                    await send({"type": "http.response.body", "body": last, "more_body": True})
                length, last = length + len(piece), piece
        except Exception:
            call.error_key = "GATEWAY_CLIENT_CONNECTION_CLOSED"
            await self._store.usage(call.row(answer, length))
            return  # without an end: the client sees that the answer is cut short
        await self._store.usage(call.row(answer, length))
        await send({"type": "http.response.body", "body": last})


def _waits_for_nothing(call: Call) -> bool:
    return call.route is None or call.route.api.at_once


def _refusal(call: Call, refused: errors.Refused) -> Answer:
    call.error_key = refused.error_key
    accept = call.request.headers.get(b"accept")
    return errors.refusal(refused, accept, call.api.response_templates)


async def _whole(answer: Answer) -> Answer:
    if isinstance(answer.body, AsyncIterator):
        body = b"".join([piece async for piece in answer.body])
        headers = [(n, v) for n, v in answer.headers if n != b"content-length"]
        return Answer(answer.status, headers, body)
    return answer
