"""The gateway's own answers, in the form that the client asked for."""

import orjson

from intark_lab.gateway.exchange import Answer, Headers

_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain")


class Refused(Exception):
    """The gateway ends the call here: a status, Gravitee's message, and its error key.

    Without a message the answer has no body, as when the backend cannot be reached.
    """

    def __init__(self, status: int, message: str, error_key: str, headers: Headers | None = None):
        super().__init__(message)
        self.status, self.message, self.error_key = status, message, error_key
        self.headers = headers or []


def unauthorized(error_key: str, headers: Headers | None = None) -> Refused:
    return Refused(401, "Unauthorized", error_key, headers)


def no_context_path() -> Answer:
    """The one answer that is text for everybody."""
    return Answer(404, [_TEXT], b"No context-path matches the request URI.")


def refusal(refused: Refused, accept: bytes | None) -> Answer:
    """JSON for clients that accept it or anything, the bare message for all others."""
    status, headers = refused.status, refused.headers
    if not refused.message:
        return Answer(status, headers, b"")
    if accept is not None and (b"application/json" in accept or b"*/*" in accept):
        body = orjson.dumps({"message": refused.message, "http_status_code": status})
        return Answer(status, [*headers, _JSON], body)
    return Answer(status, [*headers, _TEXT], refused.message.encode())
