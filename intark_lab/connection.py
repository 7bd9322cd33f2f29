"""One client's connection: uvicorn's, with limits on size and on patience."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes of a request's line and headers together."""
HEAD_SECONDS = 10.0
"""From the first byte of a connection or request to the end of its headers."""
BODY_SECONDS = 60.0
"""From there to the end of its body."""
KEEP_ALIVE_SECONDS = 75


class Connection(HttpToolsProtocol):
    """Ends connections whose requests are too large, or come too slowly, to be worth waiting for.

    uvicorn itself limits neither: a head may grow without end, and a client may take all day.
    """

    _patience = None
    _head = 0
    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def connection_lost(self, exc) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._wait(self.head_seconds)

    def on_url(self, url: bytes) -> None:
        self._grow(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._grow(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._wait(self.body_seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_waiting()
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Idle: close; but a client that has not even read its answer is not waited for."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def _grow(self, length: int) -> None:
        self._head += length
        if self._head > MOST_HEAD:
            raise ValueError("the request's head is too large")  # httptools: a 400, and the end

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
