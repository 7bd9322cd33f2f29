"""What callers send to the self-service portal, read from JSON and checked."""

import re

import orjson

from intark_lab.messages.brom.names import ENVIRONMENTS
from intark_lab.messages.brom.refusal import Refusal

FORMATS = ("cloudevents", "scim", "student-system", "other")
LONGEST = 4000
MOST_KEYS = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{1,39}")
_ROUTING_KEY = re.compile(r"[\w*#-]+(\.[\w*#-]+)*")


def registration(body: bytes) -> dict[str, str]:
    """`environment`, `name`, `description` of an application. Refusal 400."""
    form = _object(body, ("environment", "name", "description"))
    environment, name = form.get("environment"), form.get("name")
    if environment not in ENVIRONMENTS:
        raise _wrong("environment", known=", ".join(ENVIRONMENTS))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _wrong("name")
    return {"environment": environment, "name": name, "description": _text(form, "description")}


def notifications(body: bytes) -> dict:
    """The documentation of what a provider sends. Refusal 400."""
    form = _object(body, ("description", "format", "routing_keys", "schema"))
    if form.get("format") not in FORMATS:
        raise _wrong("format", known=", ".join(FORMATS))
    if not isinstance(form.get("schema", {}), dict):
        raise _wrong("schema")
    return {
        "description": _text(form, "description"),
        "format": form["format"],
        "routing_keys": _routing_keys(form.get("routing_keys")),
        "schema": form.get("schema", {}),
    }


def request(body: bytes) -> str:
    """The comment of a request for access. Refusal 400."""
    return _text(_object(body, ("comment",)), "comment")


def answer(body: bytes) -> tuple[bool, str | None]:
    """Whether a request is approved, and why or why not. Refusal 400."""
    form = _object(body, ("approved", "reason"))
    if not isinstance(form.get("approved"), bool):
        raise _wrong("approved")
    reason = _text(form, "reason") if form.get("reason") is not None else None
    if not form["approved"] and reason is None:
        raise _wrong("reason")
    return form["approved"], reason


def _object(body: bytes, members: tuple[str, ...]) -> dict:
    try:
        form = orjson.loads(body)
    except orjson.JSONDecodeError:
        form = None
    if not isinstance(form, dict):
        raise _wrong("body")
    for name in form:
        if name not in members:
            raise _wrong("member", name=name[:50], known=", ".join(members))
    return form


def _text(form: dict, name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST:
        raise _wrong("text", name=name, longest=LONGEST)
    return value.strip()


def _routing_keys(given) -> list[dict]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_KEYS:
        raise _wrong("routing-keys")
    for one in given:
        if not isinstance(one, dict) or set(one) != {"key", "meaning"}:
            raise _wrong("routing-keys")
        if not isinstance(one["key"], str) or not _ROUTING_KEY.fullmatch(one["key"]):
            raise _wrong("routing-keys")
        _text(one, "meaning")
    return given


def _wrong(what: str, **fields) -> Refusal:
    return Refusal(400, f"wrong.{what}", **fields)
