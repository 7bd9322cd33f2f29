"""One call's two halves: what the client sent and what goes back."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from intark_lab.sources.answers import Answer, Headers

__all__ = ["Answer", "Headers", "Request", "body_pieces", "read_request"]


class Request(NamedTuple):
    method: str
    path: str
    """Below the gateway, percent-encoded as it came, with the context path."""
    query: bytes
    """Without an API key."""
    own_query: bytes
    """Without an access token too: what is logged, and what the lab's own sources are asked."""
    headers: dict[bytes, bytes]
    """By lower-case name; of a repeated header the last."""
    raw_headers: Headers
    client: str
    """The address that the call came from."""
    key: str | None
    key_from: str | None
    """`header` or `query`, None without a key."""
    receive: object
    """The ASGI channel that the body comes from."""


def read_request(scope: dict, receive, prefix: int) -> Request:
    """The request of an ASGI HTTP scope whose path below the gateway starts at `prefix`.

    A header `X-Gravitee-Api-Key` goes before a query parameter `api-key`, unless it is empty; the
    parameter is taken out of the query either way.
    """
    raw_headers = scope["headers"]
    headers = dict(raw_headers)
    query = scope["query_string"]
    key, key_from = None, None
    if b"api-key=" in query:
        key, query = _without(b"api-key=", query)
        key_from = "query" if key is not None else None
    if sent := headers.get(b"x-gravitee-api-key"):
        key, key_from = sent.decode("latin-1"), "header"
    client = scope["client"]
    path = scope["raw_path"].decode("latin-1")[prefix:]
    return Request(
        scope["method"],
        path,
        query,
        access_token(query)[1],
        headers,
        raw_headers,
        client[0] if client else "",
        key,
        key_from,
        receive,
    )


async def body_pieces(request: Request) -> AsyncIterator[bytes]:
    """The request's body as it arrives. Raises ConnectionError when the client goes away."""
    more = True
    while more:
        event = await request.receive()
        if event["type"] == "http.disconnect":
            raise ConnectionError("the client went away")
        if event.get("body"):
            yield event["body"]
        more = event.get("more_body", False)


def access_token(query: bytes) -> tuple[str | None, bytes]:
    """The token in a query, if any, and the query without it: neither logs nor the lab's own
    sources are shown it.
    """
    return _without(b"access_token=", query) if b"access_token=" in query else (None, query)


def _without(name: bytes, query: bytes) -> tuple[str | None, bytes]:
    """The first value of a parameter, None for none or an empty one, and the rest of the query."""
    parts = query.split(b"&")
    values = [part[len(name) :] for part in parts if part.startswith(name)]
    rest = b"&".join(part for part in parts if not part.startswith(name))
    return (values[0].decode("latin-1") or None if values else None), rest
