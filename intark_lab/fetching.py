"""Asking other servers over HTTP: keys of token issuers, documents of APIs."""

import asyncio
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

PATIENCE = 5.0
"""Seconds that an answer may take."""
LARGEST = 2 << 20
"""Octets of an answer."""


def on_this_machine(target: str) -> bool:
    """Whether a URL's host is a loopback address or `localhost`."""
    host = urlsplit(target).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def fetch(url: str, anywhere: bool, **form) -> bytes:
    """What GET of a URL gives, or POST of a form; beyond this machine only with `anywhere`.

    Redirects are not followed. Raises OSError without an answer of 2xx, in time and not too large.
    """
    import httpx  # loads slowly, and few labs ask anybody

    if not anywhere and not on_this_machine(url):
        raise OSError("beyond this machine")
    try:
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client,
            client.stream("POST" if form else "GET", url, **form) as response,
        ):
            response.raise_for_status()
            return await _body(response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(str(error)) from error


async def _body(response: "httpx.Response") -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise OSError("the answer is too large")
    return bytes(body)
