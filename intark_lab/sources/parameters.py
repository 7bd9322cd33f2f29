"""Parameters as an OpenAPI document describes them: parsed and checked, or refused with a 400."""

import re
from urllib.parse import parse_qsl

from intark_lab.sources.answers import Problem

_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Parameter:
    """One parameter: its name, and what its schema lets through."""

    def __init__(self, spec: dict):
        schema = spec["schema"]
        self.name: str = spec["name"]
        self.default = schema.get("default")
        self._integer = schema["type"] == "integer"
        self._range = schema.get("minimum"), schema.get("maximum")
        self._values = schema.get("enum")
        self._pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
        self._length = schema.get("minLength", 0), schema.get("maxLength")
        self._example = spec.get("example")

    def parse(self, text: str) -> int | str:
        """The value of `text`. Problem 400: it is not what the document asks for."""
        value = self._number(text) if self._integer else text
        if self._values and value not in self._values:
            raise self._wrong(f"must be one of {', '.join(map(str, self._values))}", text)
        if self._pattern and not self._pattern.fullmatch(text):
            raise self._wrong(f"must look like '{self._example}'", text)
        shortest, longest = self._length
        if len(text) < shortest or (longest and len(text) > longest):
            raise self._wrong(f"must have {shortest} to {longest} characters", text)
        return value

    def _number(self, text: str) -> int:
        if not _INTEGER.fullmatch(text):
            raise self._wrong("must be a whole number", text)
        number = int(text)
        lowest, highest = self._range
        if lowest is not None and number < lowest:
            raise self._wrong(f"must be at least {lowest}", text)
        if highest is not None and number > highest:
            raise self._wrong(f"must be at most {highest}", text)
        return number

    def _wrong(self, rule: str, text: str) -> Problem:
        return Problem(400, f"Parameter '{self.name}' {rule}, got '{text[:50]}'.")


def parse_query(known: dict[str, Parameter], query: bytes) -> dict[str, int | str]:
    """What a query string says, by name and in its order.

    Problem 400: an unknown or repeated parameter, a value against its schema, or no UTF-8.
    """
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise Problem(400, "The query string is not percent-encoded UTF-8.") from error
    values = {}
    for name, text in pairs:
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise Problem(400, f"Unknown parameter '{name[:50]}'. Known here: {allowed}.")
        if name in values:
            raise Problem(400, f"Parameter '{name}' is given twice.")
        values[name] = known[name].parse(text)
    return values
