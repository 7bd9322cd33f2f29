"""Reading a JSON body the way Gravitee's Jackson does: known properties, their kinds, no others.

A kind is TEXT, FLAG, WHOLE, INSTANT (epoch ms), ANY, `one_of(...)`, `in_any_case(...)`, `[kind]`
for a list, `{name: kind}` for an object, or `Map(kind)` for an object with free names.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from intark_lab.manager.portal_api.answers import Malformed

TEXT, FLAG, WHOLE, ANY = "java.lang.String", "java.lang.Boolean", "java.lang.Long", "any"
INSTANT = "java.util.Date"


class Map(NamedTuple):
    values: object


class OneOf(NamedTuple):
    values: tuple[str, ...]
    any_case: bool = False


def one_of(*values: str) -> OneOf:
    return OneOf(values)


def in_any_case(*values: str) -> OneOf:
    """One of these upper-case words, written in any case, as the management API reads them."""
    return OneOf(values, any_case=True)


def read(raw: bytes, kind) -> object:
    """The value of a JSON text of that kind, nulls left out. Raises Malformed."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Malformed(str(error)) from error
    return _of_kind(value, kind)


def _of_kind(value, kind):
    if value is None or kind == ANY:
        return value
    if isinstance(kind, dict):
        return _object(value, kind)
    if isinstance(kind, list):
        items = _must_be(list, value, "java.util.List")
        return [_of_kind(item, kind[0]) for item in items if item is not None]
    if isinstance(kind, Map):
        fields = _must_be(dict, value, "java.util.Map")
        return _without_nulls(fields, lambda _name: kind.values)
    if isinstance(kind, OneOf):
        return _choice(value, kind)
    return _scalar(value, kind)


def _object(value, kind: dict) -> dict:
    fields = _must_be(dict, value, "object")
    for name in fields:
        if name not in kind:
            message = f"Property [{name}] is not recognized as a valid property"
            raise Malformed(message, "unrecognizedProperty")
    return _without_nulls(fields, kind.get)


def _without_nulls(fields: dict, kind_of: Callable[[str], object]) -> dict:
    return {n: _of_kind(item, kind_of(n)) for n, item in fields.items() if item is not None}


def _must_be(python: type, value, java: str):
    if not isinstance(value, python):
        raise _cannot(value, java)
    return value


def _choice(value, kind: OneOf) -> str:
    meant = value.upper() if kind.any_case and isinstance(value, str) else value
    if meant not in kind.values:
        raise Malformed(f'Unexpected value "{value}", expected one of {list(kind.values)}')
    return meant


def _scalar(value, kind: str):
    """Jackson reads numbers and booleans as text too, and nothing as a number but a number."""
    if kind == TEXT and isinstance(value, str | int | float):
        return value if isinstance(value, str) else orjson.dumps(value).decode()
    if kind == FLAG and isinstance(value, bool):
        return value
    if kind in (WHOLE, INSTANT) and type(value) is int and -(2**63) <= value < 2**63:
        return value
    if kind == INSTANT and isinstance(value, str):
        return _milliseconds(value)
    raise _cannot(value, kind)


def _milliseconds(value: str) -> int:
    """An instant in ISO 8601; without an offset it is in UTC."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise _cannot(value, INSTANT) from None
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)


def _cannot(value, java: str) -> Malformed:
    return Malformed(f"Cannot deserialize value of type `{java}` from `{type(value).__name__}`")
