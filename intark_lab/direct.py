"""A short way to the answer, for requests that have nothing to wait for.

An application may have `at_once(scope, reply) -> bool` beside its ASGI side. There it takes a
request by its head alone and replies when it likes; False leaves the request to ASGI. It saves
the task and the messages of ASGI, which cost as much as all that the gateway does for a call.
`scope` is ASGI's, with method, raw_path, query_string, headers and client.
"""

import asyncio
from collections.abc import Awaitable, Callable

from httptools import parse_url

from intark_lab.uvicorn_parts import STATUS_LINE, HttpToolsProtocol

_CLOSE = (b"connection", b"close")


class Direct(HttpToolsProtocol):
    """uvicorn's connection, whose application is first asked for an answer at once."""

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._at_once = getattr(self.app, "at_once", None)

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_headers_complete(self) -> None:
        busy = self.cycle is not None and not self.cycle.response_complete
        if self._at_once is None or busy or self.flow.write_paused or not self._taken():
            self._make_scope()
            super().on_headers_complete()
            if self.scope["http_version"] == "1.0":
                self.cycle.send = _without_chunks(self.cycle)

    def _make_scope(self) -> None:
        """What uvicorn makes where a request begins. Who is answered at once needs none of it."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, headers, expects
        self.scope["headers"] = headers

    def _taken(self) -> bool:
        url = parse_url(self.url)
        method = self.parser.get_method().decode("ascii")
        scope = {
            "method": method,
            "raw_path": url.path,
            "query_string": url.query or b"",
            "headers": self.headers,
            "client": self.client,
        }
        before, self.cycle = self.cycle, Reply(self, method)
        try:
            taken = self._at_once(scope, self.cycle)
        except Exception as error:
            self.cycle.release(error)
            return True
        if not taken:
            self.cycle = before
        return taken


def _without_chunks(cycle) -> Callable[[dict], Awaitable[None]]:
    """uvicorn's `send` for HTTP/1.0, which knows no chunks: there a body whose length is not told
    ends with the connection (RFC 9112, section 6.1).
    """
    send, told = cycle.send, False

    async def send_whole(message: dict) -> None:
        nonlocal told
        if message["type"] == "http.response.start":
            told = any(name.lower() == b"content-length" for name, _ in message["headers"])
            cycle.chunked_encoding = None if told else False
        elif not told:
            cycle.expected_content_length = len(message.get("body", b""))
        await send(message)

    return send_whole


class Reply:
    """The way back to the client. A connection has it in place of the cycle that uvicorn makes."""

    disconnected = response_complete = False
    body = b""
    message_event = asyncio.Event()  # of a body, which nobody waits for

    def __init__(self, connection: Direct, method: str):
        parser = connection.parser
        self._connection = connection
        self._head_alone = method == "HEAD"
        self._last = not parser.should_keep_alive() or parser.get_http_version() == "1.0"

    def hold(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Make an answer ready. One of the headers is the length; all are sent as they are."""
        self._last = last = self._last or _CLOSE in headers
        if last:
            headers = [*(header for header in headers if header != _CLOSE), _CLOSE]
        lines = b"\r\n".join(map(b": ".join, headers))
        sent = b"" if self._head_alone else body
        self._answer = b"".join((STATUS_LINE[status], lines, b"\r\n\r\n", sent))

    def release(self, error: Exception | None = None) -> None:
        """Send what is held, or 500 in its place because of an error."""
        if error is not None:
            self._fail(error)
        if self.disconnected:
            return
        self.response_complete = True
        self._connection.transport.write(self._answer)
        if self._last:
            self._connection.transport.close()
        self._connection.on_response_complete()

    def _fail(self, error: Exception) -> None:
        """Log an error, and say as much of it as uvicorn does where an application raises one."""
        self._connection.logger.error(error, exc_info=error)
        body, kind = b"Internal Server Error", b"text/plain; charset=utf-8"
        length = b"%d" % len(body)
        self.hold(500, [(b"content-type", kind), (b"content-length", length), _CLOSE], body)
