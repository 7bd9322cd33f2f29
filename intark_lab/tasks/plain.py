"""An answer as plain data: what JSON can carry, from whatever a learner's code made."""

import inspect
import json
import math
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from decimal import Decimal
from itertools import islice
from numbers import Integral, Real

MOST = 100_000
"""Items of one list; an endless generator ends here."""


class NotPlain(Exception):
    """A value that is no data. `message` names the text that says the mend, with its fields."""

    def __init__(self, message: str, **fields):
        super().__init__(message)
        self.message, self.fields = message, fields


def plain(value):
    """`value` as dict, list, str, int, float, bool or None. Raises NotPlain.

    Tables become a list of records, responses their body, NaN None. pandas, numpy and httpx are
    known by what their objects can do, so that none of them is imported for it.
    """
    try:
        return _plain(value)
    except RecursionError:
        raise NotPlain("tasks.too-deep") from None


def _plain(value):
    if value is None or isinstance(value, str | bool):
        return value
    if (
        type(value) is dict
    ):  # most of a long answer is; to ask what it can do takes ten times as long
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real | Decimal):
        return _number(float(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | Set | ValuesView | Iterator):
        return _items(value)
    return _plain(_unwrapped(value))


def _number(value: float):
    if math.isinf(value):
        raise NotPlain("tasks.infinite")
    return None if math.isnan(value) else value


def _items(values) -> list:
    items = list(islice(values, MOST + 1))
    if len(items) > MOST:
        raise NotPlain("tasks.endless", most=MOST)
    return [_plain(item) for item in items]


def _unwrapped(value):
    """The simpler value inside an object of another library."""
    if inspect.iscoroutine(value):
        value.close()  # never awaited, it would complain on stderr
        raise NotPlain("tasks.coroutine")
    if callable(value):
        raise NotPlain("tasks.not-data", type=type(value).__name__)
    if hasattr(value, "status_code") and hasattr(value, "text"):
        return _body(value.text)
    if hasattr(value, "scheme") and hasattr(value, "host"):
        return str(value)  # an address
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "columns") and hasattr(value, "to_dict") and not hasattr(value, "to_dicts"):
        return value.to_dict("records")
    for way in ("to_dicts", "to_dict", "to_list", "tolist", "isoformat", "model_dump"):
        if callable(getattr(value, way, None)):
            return getattr(value, way)()
    raise NotPlain("tasks.not-data", type=type(value).__name__)


def _body(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return text
