"""One call's two halves: what the client sent and what goes back."""

from collections.abc import AsyncIterator

from intark_lab.sources.answers import Answer, Headers

__all__ = ["Answer", "Headers", "Request", "body_pieces"]


class Request:
    """What a client sent, read from an ASGI HTTP scope whose path below the gateway starts at
    `prefix`.

    A header `X-Gravitee-Api-Key` goes before a query parameter `api-key`, unless it is empty; the
    parameter is taken out of the query either way.
    """

    __slots__ = (
        "client",
        "headers",
        "key",
        "key_from",
        "method",
        "own_query",
        "path",
        "query",
        "raw_headers",
        "receive",
    )

    def __init__(self, scope: dict, receive, prefix: int):
        self.method: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")[prefix:]
        """Below the gateway, percent-encoded as it came, with the context path."""
        self.raw_headers: Headers = scope["headers"]
        self.headers: dict[bytes, bytes] = dict(self.raw_headers)
        """By lower-case name; of a repeated header the last."""
        client = scope["client"]
        self.client: str = client[0] if client else ""
        """The address that the call came from."""
        self.receive = receive
        """The ASGI channel that the body comes from."""
        self.key: str | None = None
        self.key_from: str | None = None
        """`header` or `query`, None without a key."""
        query = scope["query_string"]
        if b"api-key=" in query:
            self.key, query = _without(b"api-key=", query)
            self.key_from = "query" if self.key is not None else None
        if sent := self.headers.get(b"x-gravitee-api-key"):
            self.key, self.key_from = sent.decode("latin-1"), "header"
        self.query: bytes = query
        """Without an API key."""
        self.own_query: bytes = access_token(query)[1] if b"access_token=" in query else query
        """Without an access token too: what is logged, and what the lab's own sources are asked."""


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
