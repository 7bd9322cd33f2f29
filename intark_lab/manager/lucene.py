"""The small part of Lucene's query language that Gravitee's analytics and logs are asked in.

`field:value`, `field:"a value"`, `field:(a OR b)`, `field:[1 TO 9]`, `field:{1 TO *}`,
`field:>=5`, wildcards `*` and `?`, `\\` before a character that stands for itself; joined by AND,
OR (also between neighbours without a word), NOT, and parentheses. A word without a field finds
nothing. A query becomes a condition in SQL with its values apart.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

MOST_TOKENS = 600
"""Words, values and signs of a query. SQLite's conditions nest 1000 deep at most."""
DEEPEST = 40
"""Parentheses within parentheses."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<quoted>"(?:[^"\\]|\\.)*")
    | (?P<range>[\[{][^\]}]*[\]}])
    | (?P<word>&&|\|\|)
    | (?P<sign>[()!+:]|-(?=\S))
    | (?P<compare>[<>]=?)
    | (?P<term>(?:[^\s"\[\]{}()!:\\<>]|\\.)+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])")


class SyntaxFault(Exception):
    """A query that is none."""


class Field(NamedTuple):
    """Where a field's values are: an SQL expression, and whether they are numbers."""

    sql: str
    is_number: bool = False


class Condition(NamedTuple):
    sql: str
    values: tuple = ()


NOTHING = Condition("0")


class _Token(NamedTuple):
    kind: str
    text: str


def condition(query: str, fields: dict[str, Field]) -> Condition:
    """What a usage row must meet. Raises SyntaxFault."""
    return _Parser(_tokens(query), fields).whole()


def _tokens(query: str) -> list[_Token]:
    tokens, at, end = [], 0, len(query.rstrip())
    while at < end:
        match = _TOKEN.match(query, at)
        if not match:
            raise SyntaxFault(f"unexpected {query[at]!r} at {at}")
        kind = match.lastgroup
        if kind == "term" and match[kind] in ("AND", "OR", "NOT", "TO"):
            kind = "word"
        tokens.append(_Token(kind, match[match.lastgroup]))
        if len(tokens) > MOST_TOKENS:
            raise SyntaxFault("too long")
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent. `self._field` is the field that bare values belong to, if any."""

    def __init__(self, tokens: list[_Token], fields: dict[str, Field]):
        self._tokens, self._fields = tokens, fields
        self._at = self._depth = 0
        self._field: str | None = None

    def whole(self) -> Condition:
        found = self._any()
        if self._at < len(self._tokens):
            raise SyntaxFault(f"unexpected {self._tokens[self._at].text!r}")
        return found

    def _any(self) -> Condition:
        parts = [self._every()]
        while self._at < len(self._tokens) and not self._next_is(")"):
            self._take("OR", "||")
            parts.append(self._every())
        return _joined(" OR ", parts)

    def _every(self) -> Condition:
        parts = [self._negated()]
        while self._take("AND", "&&"):
            parts.append(self._negated())
        return _joined(" AND ", parts)

    def _negated(self) -> Condition:
        negative = False
        while self._take("NOT", "!", "-"):
            negative = not negative
        self._take("+")
        found = self._single()
        return Condition(f"NOT coalesce({found.sql}, 0)", found.values) if negative else found

    def _single(self) -> Condition:
        if self._take("("):
            return self._bracketed()
        token = self._pop()
        if token.kind == "term" and self._take(":"):
            return self._of_field(_plain(token.text))
        return self._value(token)

    def _of_field(self, name: str) -> Condition:
        outer, self._field = self._field, name
        found = self._bracketed() if self._take("(") else self._value(self._pop())
        self._field = outer
        return found

    def _bracketed(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise SyntaxFault("too deep")
        inner = self._any()
        self._depth -= 1
        if not self._take(")"):
            raise SyntaxFault("a parenthesis is not closed")
        return inner

    def _value(self, token: _Token) -> Condition:
        field = self._fields.get(self._field)
        match token.kind:
            case "term":
                found = _word(field, self._with_colons(token.text))
            case "quoted":
                found = _is(field, token.text[1:-1])
            case "range":
                found = _between(field, token.text)
            case "compare":
                found = _compared(field, token.text, self._pop().text)
            case _:
                raise SyntaxFault(f"unexpected {token.text!r}")
        return found if field else NOTHING

    def _with_colons(self, text: str) -> str:
        """A value such as `localhost:8080`, which Gravitee lets stand without quotes."""
        while self._take(":"):
            text += f":{self._pop().text}"
        return text

    def _pop(self) -> _Token:
        if self._at == len(self._tokens):
            raise SyntaxFault("unexpected end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _next_is(self, *texts: str) -> bool:
        return self._at < len(self._tokens) and (
            self._tokens[self._at].kind in ("word", "sign") and self._tokens[self._at].text in texts
        )

    def _take(self, *texts: str) -> bool:
        taken = self._next_is(*texts)
        self._at += taken
        return taken


def _joined(word: str, parts: list[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    return Condition(f"({word.join(p.sql for p in parts)})", sum((p.values for p in parts), ()))


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _word(field: Field | None, text: str) -> Condition:
    return _like(field, text) if re.search(r"(?<!\\)[*?]", text) else _is(field, text)


def _is(field: Field | None, text: str) -> Condition:
    return _with_value(field, _plain(text), lambda sql: f"{sql} = ?")


def _like(field: Field | None, text: str) -> Condition:
    """A pattern; `*` alone is any value at all."""
    if field is None:
        return NOTHING
    if text == "*":
        return Condition(f"{field.sql} IS NOT NULL")
    parts = re.split(r"(\\.|[*?])", text)
    pattern = "".join(part if part in ("*", "?") else _globbed(_plain(part)) for part in parts)
    return Condition(f"CAST({field.sql} AS TEXT) GLOB ?", (pattern,))


def _globbed(text: str) -> str:
    return re.sub(r"[*?\[]", lambda match: f"[{match[0]}]", text)


def _between(field: Field | None, text: str) -> Condition:
    match = _RANGE.fullmatch(text)
    if not match:
        raise SyntaxFault(f"{text} is no range")
    opening, low, high, closing = match.groups()
    sides = []
    if low != "*":
        sides.append(_compared(field, ">=" if opening == "[" else ">", low))
    if high != "*":
        sides.append(_compared(field, "<=" if closing == "]" else "<", high))
    return _joined(" AND ", sides) if sides else _like(field, "*")


def _compared(field: Field | None, sign: str, text: str) -> Condition:
    return _with_value(field, _plain(text).strip('"'), lambda sql: f"{sql} {sign} ?")


def _with_value(field: Field | None, text: str, sql: Callable[[str], str]) -> Condition:
    """A comparison with a value; a number field compares with numbers alone."""
    if field is None:
        return NOTHING
    if not field.is_number:
        return Condition(sql(field.sql), (text,))
    try:
        return Condition(sql(field.sql), (float(text),))
    except ValueError:
        return NOTHING
