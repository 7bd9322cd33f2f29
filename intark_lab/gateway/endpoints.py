"""Where a call ends: a source system of the lab, or the fault that stands in for it."""

from http import HTTPStatus
from urllib.parse import unquote

import orjson

from intark_lab.deployment import Definition
from intark_lab.faults import Fault, Faults
from intark_lab.gateway.exchange import Answer, Request
from intark_lab.sources import Sources


class Endpoints:
    """Answers in place of the backends that the deployed APIs point at."""

    def __init__(self, sources: Sources, faults: Faults):
        self._sources, self._faults = sources, faults

    def answer(self, api: Definition, request: Request, path: str) -> tuple[Answer, str | None]:
        """The backend's answer to `path` (below the context path), and the gateway's error key."""
        if (fault := self._faults.take(api.slug, path)) is not None:
            return _faulty(fault)
        source = api.endpoint.removeprefix("source:")
        return Answer(
            *self._sources.respond(source, request.method, unquote(path), request.query)
        ), None


_GATEWAY_FAULTS = {
    502: "GATEWAY_CLIENT_CONNECTION_ERROR",
    504: "GATEWAY_CLIENT_CONNECTION_TIMEOUT",
}


def _faulty(fault: Fault) -> tuple[Answer, str | None]:
    """502 and 504 are the gateway's own and have no body; others are the backend's."""
    if fault.status in _GATEWAY_FAULTS:
        return Answer(fault.status, [], b""), _GATEWAY_FAULTS[fault.status]
    title = HTTPStatus(fault.status).phrase
    body = orjson.dumps({"type": "about:blank", "title": title, "status": fault.status})
    return Answer(fault.status, [(b"content-type", b"application/problem+json")], body), None
