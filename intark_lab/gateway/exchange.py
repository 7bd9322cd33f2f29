"""One call's two halves: what the client sent and what goes back."""

from typing import NamedTuple

Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes


class Request(NamedTuple):
    method: str
    path: str
    """Below the gateway, percent-encoded as it came, with the context path."""
    query: bytes
    """Without an API key."""
    headers: dict[bytes, bytes]
    client: str
    """The address that the call came from."""
    key: str | None
    key_from: str | None
    """`header` or `query`, None without a key."""


def read_request(scope: dict, prefix: int) -> Request:
    """The request of an ASGI HTTP scope whose path below the gateway starts at `prefix`.

    A header `X-Gravitee-Api-Key` goes before a query parameter `api-key`; the parameter is taken
    out of the query either way.
    """
    headers = dict(scope["headers"])
    query = scope["query_string"]
    key, key_from = None, None
    if b"api-key=" in query:
        key, query = _without_key(query)
        key_from = "query"
    if (sent := headers.get(b"x-gravitee-api-key")) is not None:
        key, key_from = sent.decode("latin-1"), "header"
    client = scope["client"]
    path = scope["raw_path"].decode("latin-1")[prefix:]
    return Request(
        scope["method"], path, query, headers, client[0] if client else "", key, key_from
    )


def _without_key(query: bytes) -> tuple[str | None, bytes]:
    parts = query.split(b"&")
    keys = [part[len(b"api-key=") :] for part in parts if part.startswith(b"api-key=")]
    rest = b"&".join(part for part in parts if not part.startswith(b"api-key="))
    return (keys[0].decode("latin-1") if keys else None), rest
