"""What a source system sends back.

An error is a problem document as RFC 9457 has it, `application/problem+json`.
"""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import NamedTuple

import orjson

Headers = list[tuple[bytes, bytes]]
JSON = (b"content-type", b"application/json")
PROBLEM = (b"content-type", b"application/problem+json")


class Answer(NamedTuple):
    """A status, headers, and a body: whole, or in pieces as the gateway gets them elsewhere."""

    status: int
    headers: Headers
    body: bytes | AsyncIterator[bytes]


class Problem(Exception):
    """Ends the handling of a request; `answer()` is what the caller gets."""

    def __init__(self, status: int, detail: str, headers: Headers | None = None):
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or []

    def answer(self) -> Answer:
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        return Answer(self.status, [PROBLEM, *self.headers], orjson.dumps(body))
