"""Real backends: calls to http(s) URLs, streamed both ways (RFC 9110, section 7.6)."""

import asyncio
from typing import TYPE_CHECKING

from intark_lab.fetching import on_this_machine
from intark_lab.gateway.call import Call
from intark_lab.gateway.errors import Refused
from intark_lab.gateway.exchange import Answer, Headers, body_pieces

if TYPE_CHECKING:
    import httpx

HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
REQUEST_TIMEOUT = 30.0
"""Seconds that a call may take until its answer begins, whatever its API's time-outs are."""
_IDS = frozenset((b"x-gravitee-transaction-id", b"x-gravitee-request-id"))
"""The gateway's own, whatever a caller or a backend puts there."""
_KEY = b"x-gravitee-api-key"


class HttpBackends:
    """The gateway's HTTP client. `anywhere` lets it call beyond this machine."""

    def __init__(self, anywhere: bool = False):
        self.anywhere = anywhere
        self.request_timeout = REQUEST_TIMEOUT
        self._client: httpx.AsyncClient | None = None

    async def respond(self, call: Call) -> Answer:
        """The backend's answer, its body still to be read.

        Raises Refused: 504 after the API's time-outs, 502 for every other way not to get through.
        """
        import httpx  # a lab whose APIs all end in its own sources never loads it

        backend = call.api.backend
        if not self.anywhere and not on_this_machine(backend.target):
            raise Refused(502, "", "GATEWAY_CLIENT_CONNECTION_ERROR")
        if self._client is None:
            self._client = _client()
        request = self._request(call)
        try:
            async with asyncio.timeout(self.request_timeout):
                response = await self._client.send(request, stream=True)
        except TimeoutError:
            raise Refused(504, "Request timeout", "REQUEST_TIMEOUT") from None
        except httpx.ConnectTimeout:
            raise Refused(504, "", "GATEWAY_CLIENT_CONNECT_TIMEOUT") from None
        except httpx.TimeoutException:
            raise Refused(504, "", "GATEWAY_CLIENT_READ_TIMEOUT") from None
        except (httpx.TransportError, ConnectionError):
            raise Refused(502, "", "GATEWAY_CLIENT_CONNECTION_ERROR") from None
        headers = [pair for pair in end_to_end(response.headers.raw) if pair[0] not in _IDS]
        return Answer(response.status_code, headers, _pieces(response))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def _request(self, call: Call) -> "httpx.Request":
        import httpx

        backend, request = call.api.backend, call.request
        base = httpx.URL(backend.target)
        target = base.raw_path.partition(b"?")[0].rstrip(b"/") + call.path.encode("latin-1")
        query = _query(call)
        has_body = b"transfer-encoding" in request.headers or request.headers.get(
            b"content-length", b"0"
        ) not in (b"0", b"")
        return self._client.build_request(
            request.method,
            base.copy_with(raw_path=(target or b"/") + (b"?" + query if query else b"")),
            headers=_headers(call),
            content=body_pieces(request) if has_body else None,
            timeout=httpx.Timeout(
                backend.read_timeout_ms / 1000,
                connect=backend.connect_timeout_ms / 1000,
            ),
        )


def end_to_end(headers: Headers) -> Headers:
    """The headers that go on: all but the hop-by-hop ones and those that `Connection` names."""
    named = {
        name.strip().lower()
        for key, value in headers
        if key.lower() == b"connection"
        for name in value.split(b",")
    }
    return [
        (name.lower(), value)
        for name, value in headers
        if name.lower() not in HOP_BY_HOP and name.lower() not in named
    ]


def _headers(call: Call) -> Headers:
    backend, propagate = call.api.backend, _propagates_key(call)
    own = {name.lower().encode(): value.encode() for name, value in backend.headers.items()}
    if call.plan and not call.plan.security_definition.get("propagateAuthHeader", True):
        own.setdefault(b"authorization", b"")
    sent = [
        (name, value)
        for name, value in end_to_end(call.request.raw_headers)
        if name not in _IDS and name != b"host" and name not in own and (propagate or name != _KEY)
    ]
    ids = [
        (b"x-gravitee-transaction-id", call.transaction_id.encode("latin-1")),
        (b"x-gravitee-request-id", call.request_id.encode()),
    ]
    return [*sent, *((name, value) for name, value in own.items() if value), *ids]


def _propagates_key(call: Call) -> bool:
    return bool(call.plan and call.plan.security_definition.get("propagateApiKey"))


def _query(call: Call) -> bytes:
    query, key = call.request.query, call.request.key
    if call.request.key_from == "query" and _propagates_key(call):
        return query + (b"&" if query else b"") + b"api-key=" + key.encode("latin-1")
    return query


def _client() -> "httpx.AsyncClient":
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    client = httpx.AsyncClient(
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # each caller keeps their own
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
    )
    client.headers.clear()  # the backend gets the caller's headers, not the gateway's
    return client


async def _pieces(response: "httpx.Response"):
    try:
        async for piece in response.aiter_raw():
            yield piece
    finally:
        await response.aclose()
