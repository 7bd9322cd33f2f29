"""Gravitee's expression language, as far as IntArk's guides use it: `{#request.params['x']}`.

Grammar: `or` → `and` (`||`), `and` → `not` (`&&`), `not` → `!` or a comparison (`==`, `!=`), whose
sides are strings, numbers, true, false, null, or a path that starts with `#`. A path goes on with
`.name`, `['name']`, `[0]`, or a call of `contains`, `startsWith`, `endsWith`, `matches`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>\d+)|(?P<word>#?[A-Za-z_][\w-]*)"
    r"|(?P<sign>\|\||&&|==|!=|[!().\[\],]))"
)
_PLACE = re.compile(r"\{(#[^{}]*)\}")
LONGEST = 500
_METHODS = {
    "contains": lambda value, part: isinstance(value, str | list) and str(part) in value,
    "startsWith": lambda value, part: isinstance(value, str) and value.startswith(str(part)),
    "endsWith": lambda value, part: isinstance(value, str) and value.endswith(str(part)),
    "matches": lambda value, part: isinstance(value, str) and _matches(str(part), value),
}


class ExpressionError(ValueError):
    """An expression that cannot be read."""


def fill(template: str, call) -> str:
    """`template` with each `{#…}` replaced by its value for this call, nothing for null."""
    return _PLACE.sub(lambda place: _text(_value(place[1], call)), template)


def holds(rule: str, call) -> bool:
    """Whether a selection rule or condition, `{#…}` or bare, is true for this call.

    One that cannot be read is never true.
    """
    rule = rule.strip()
    bare = rule[1:-1] if rule.startswith("{") and rule.endswith("}") else rule
    try:
        return evaluate(bare, call) is True
    except ExpressionError:
        return False


def evaluate(expression: str, call):
    """The value of an expression for a call. Raises ExpressionError."""
    return _Reader(_tokens(expression), _variables(call)).whole()


def _variables(call) -> dict:
    request = call.request
    headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in request.headers.items()}
    return {
        "#request": {
            "method": request.method,
            "path": request.path,
            "pathInfo": call.path,
            "params": dict(parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)),
            "headers": _Headers(headers),
        },
        "#context": {"attributes": {"jwt.claims": call.claims}},
        "#properties": call.api.properties,
    }


class _Headers(dict):
    def get(self, name, default=None):
        return super().get(str(name).lower(), default)


@lru_cache(maxsize=256)
def _tokens(expression: str) -> tuple[tuple[str, str], ...]:
    if len(expression) > LONGEST:
        raise ExpressionError(f"an expression may have {LONGEST} characters")
    tokens, at = [], 0
    expression = expression.rstrip()
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if not found:
            raise ExpressionError(f"cannot read {expression[at:]!r}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return (*tokens, ("end", ""))


class _Reader:
    def __init__(self, tokens, variables: dict):
        self._tokens, self._variables, self._at = tokens, variables, 0

    def whole(self):
        value = self._either()
        if self._tokens[self._at][0] != "end":
            raise ExpressionError(f"did not expect {self._tokens[self._at][1]!r}")
        return value

    def _either(self):
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = value is True or other is True
        return value

    def _both(self):
        value = self._compared()
        while self._take("&&"):
            other = self._compared()
            value = value is True and other is True
        return value

    def _compared(self):
        if self._take("!"):
            return self._compared() is not True
        value = self._value()
        if self._take("=="):
            return value == self._value()
        if self._take("!="):
            return value != self._value()
        return value

    def _value(self):
        kind, token = self._next()
        if kind == "text":
            return token[1:-1]
        if kind == "number":
            return int(token)
        if token == "(":
            value = self._either()
            self._must(")")
            return value
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        if kind == "word" and token in self._variables:
            return self._path(self._variables[token])
        raise ExpressionError(f"did not expect {token!r}")

    def _path(self, value):
        while True:
            if self._take("["):
                key = self._value()
                self._must("]")
                value = _item(value, key)
            elif self._take("."):
                name = self._next()[1]
                value = self._call(name, value) if self._take("(") else _item(value, name)
            else:
                return value

    def _call(self, name: str, value):
        if name not in _METHODS:
            raise ExpressionError(f"there is no method {name!r} here")
        argument = self._value()
        self._must(")")
        return _METHODS[name](value, argument)

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        if token[0] == "end":
            raise ExpressionError("it ends too early")
        self._at += 1
        return token

    def _take(self, sign: str) -> bool:
        taken = self._tokens[self._at] == ("sign", sign)
        self._at += taken
        return taken

    def _must(self, sign: str) -> None:
        if not self._take(sign):
            raise ExpressionError(f"expected {sign!r}")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error as error:
        raise ExpressionError(f"cannot read the pattern {pattern!r}") from error


_CONSTANTS = {"true": True, "false": False, "null": None}


def _item(value, key):
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    if isinstance(value, str) and key == 0:  # a header or parameter, as a list of one
        return value
    return None


def _value(expression: str, call):
    try:
        return evaluate(expression, call)
    except ExpressionError:
        return None


def _text(value) -> str:
    return "" if value is None else str(value)
