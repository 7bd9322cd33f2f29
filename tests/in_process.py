"""An ASGI application as httpx meets it, without a socket."""

import asyncio

import httpx


class InProcess(httpx.BaseTransport):
    """httpx's way into an ASGI application without a socket, for clients that are not async."""

    def __init__(self, app):
        self._transport, self._runner = httpx.ASGITransport(app), asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)

    def close(self) -> None:
        self._runner.close()
