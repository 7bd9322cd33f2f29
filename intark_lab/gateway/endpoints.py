"""Where a call ends: a source system of the lab, a real backend, or the fault before either."""

from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from urllib.parse import unquote

import orjson

from intark_lab.faults import Fault, Faults
from intark_lab.gateway.backend import HttpBackends
from intark_lab.gateway.call import Call
from intark_lab.gateway.errors import Refused
from intark_lab.gateway.exchange import Answer
from intark_lab.sources import Sources

_PROBLEM = (b"content-type", b"application/problem+json")
_TITLES = {status.value: status.phrase for status in HTTPStatus}


class Endpoints:
    """The one way to whatever stands behind an API.

    `advance(seconds)` lets lab time pass, so that nobody waits for a slow backend.
    """

    def __init__(
        self,
        sources: Sources,
        faults: Faults,
        backends: HttpBackends,
        advance: Callable[[float], None],
    ):
        self._sources, self._faults = sources, faults
        self._backends, self._advance = backends, advance

    def at_once(self, call: Call) -> Answer | None:
        """What a fault or a source of the lab answers, None where a real backend is to be asked.

        Raises Refused, with 502, 503 or 504, for some faults, and where there is no backend.
        """
        started = perf_counter()
        try:
            return (self._faults.waiting and self._fault(call)) or self._from_source(call)
        finally:
            call.endpoint_ms = int((perf_counter() - started) * 1000) + call.waited_ms

    async def respond(self, call: Call) -> Answer:
        """The answer of whatever stands there. Raises Refused, as `at_once` and backends do."""
        if (answer := self.at_once(call)) is not None:
            return answer
        started = perf_counter()
        try:
            return await self._backends.respond(call)
        finally:
            call.endpoint_ms = int((perf_counter() - started) * 1000) + call.waited_ms

    def _from_source(self, call: Call) -> Answer | None:
        backend, request = call.api.backend, call.request
        if backend.source is None:
            if not backend.target:
                raise Refused(503, "", "NO_ENDPOINT_FOUND")
            return None
        path = unquote(call.path) if "%" in call.path else call.path
        return self._sources.respond(backend.source, request.method, path or "/", request.own_query)

    def _fault(self, call: Call) -> Answer | None:
        application = call.access.application if call.access else None
        names = (call.api.slug, call.api.api)
        fault = self._faults.take(names, application, call.path or "/")
        if fault is None:
            return None
        backend = call.api.backend
        too_slow = fault.kind == "latency" and fault.seconds * 1000 > backend.read_timeout_ms
        kind = "read-timeout" if too_slow else fault.kind
        patience = {
            "connect-timeout": backend.connect_timeout_ms / 1000,
            "read-timeout": backend.read_timeout_ms / 1000,
        }
        self._pass(call, patience.get(kind, fault.seconds))
        if kind in _REFUSED:
            raise Refused(*_REFUSED[kind])
        return _own_answer(fault)

    def _pass(self, call: Call, seconds: float) -> None:
        if seconds:
            self._advance(seconds)
            call.waited_ms += int(seconds * 1000)


_REFUSED = {
    "connect-timeout": (504, "", "GATEWAY_CLIENT_CONNECT_TIMEOUT"),
    "read-timeout": (504, "", "GATEWAY_CLIENT_READ_TIMEOUT"),
    "dropped": (502, "", "GATEWAY_CLIENT_CONNECTION_RESET"),
    "down": (502, "", "GATEWAY_CLIENT_CONNECTION_REFUSED"),
}


def _own_answer(fault: Fault) -> Answer | None:
    """What the backend itself would say; None where it answers as always, only late."""
    if fault.kind == "latency":
        return None
    headers = [_PROBLEM]
    status = fault.status
    if fault.kind == "wrong-password":
        status = 401
        headers = [_PROBLEM, (b"www-authenticate", b'Basic realm="backend"')]
    body = {"type": "about:blank", "title": _TITLES.get(status, "Server Error"), "status": status}
    return Answer(status, headers, orjson.dumps(body))
