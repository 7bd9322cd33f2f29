"""The gateway's own answers, in the form that the client asked for."""

import orjson

from intark_lab.gateway.exchange import Answer, Headers

_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain")
_CLOSE = (b"connection", b"close")
"""Said by both of Gravitee's engines where the fault is not the caller's."""


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


def refusal(refused: Refused, accept: bytes | None, templates: dict) -> Answer:
    """JSON for clients that accept it or anything, the bare message for all others.

    An API's own response template for the error key, or for DEFAULT, goes before.
    """
    status = refused.status
    headers = [*refused.headers, _CLOSE] if status >= 500 else refused.headers
    if (kind := _template(templates, refused.error_key, accept)) is not None:
        return _from_template(*kind, refused)
    if not refused.message:
        return Answer(status, headers, b"")
    if accept is not None and (b"application/json" in accept or b"*/*" in accept):
        body = orjson.dumps({"message": refused.message, "http_status_code": status})
        return Answer(status, [*headers, _JSON], body)
    return Answer(status, [*headers, _TEXT], refused.message.encode())


def _template(templates: dict, error_key: str, accept: bytes | None) -> tuple[str, dict] | None:
    """The content type and template for what the client accepts, `*/*` being for all."""
    for kinds in (templates.get(error_key), templates.get("DEFAULT")):
        for kind, template in (kinds or {}).items():
            if kind == "*/*" or kind.encode() in (accept or b""):
                return kind, template
    return None


def _from_template(kind: str, template: dict, refused: Refused) -> Answer:
    own = {
        name.lower().encode(): str(value).encode()
        for name, value in (template.get("headers") or {}).items()
    }
    if kind != "*/*":
        own.setdefault(b"content-type", kind.encode())
    body = (template.get("body") or "").encode()
    return Answer(int(template.get("status") or refused.status), list(own.items()), body)
