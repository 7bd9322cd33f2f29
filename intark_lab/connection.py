"""One client's connection: uvicorn's, with limits on size and on patience, and HTTP/1.1 alone."""

from itertools import chain
from math import inf

from httptools import HttpParserError, HttpParserUpgrade

from intark_lab.direct import Direct

MOST_HEAD = 64 * 1024
"""Bytes of a request's line and headers together."""
HEAD_SECONDS = 10.0
"""From the first byte of a connection or request to the end of its headers."""
BODY_SECONDS = 60.0
"""From there to the end of its body."""
IDLE_SECONDS = 75.0
"""From an answer to the next request."""


class Connection(Direct):
    """Ends connections whose requests are too large, or come too slowly, to be worth waiting for.

    uvicorn itself limits neither: a head may grow without end, and a client may take all day.
    """

    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS
    idle_seconds = IDLE_SECONDS
    _in_head = False
    _head = 0
    """Bytes of a head that began in an earlier piece of data."""
    _came = 0
    """Bytes since the piece in which the head at hand began: the head is no longer than that."""
    _patience = 0.0
    """Seconds to wait from this piece of data on, where it left a request unfinished."""
    _deadline = _due = inf
    """Loop time: when patience ends, and when the timer looks whether it has."""
    _timer = None

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def connection_lost(self, exc) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        head = self.headers if self._in_head else None
        self._came = len(data) + (self._came if self._in_head else 0)
        self._read(data)
        if self._patience:
            self._wait(self._patience)
            self._patience = 0.0
        if self._in_head and self.headers is head:
            self._head += len(data)
            if self._head > MOST_HEAD and not self.transport.is_closing():
                self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head = True, 0
        self._patience = self.head_seconds

    def on_headers_complete(self) -> None:
        if self._would_leave():
            return
        self._in_head = False
        if self._came > MOST_HEAD and self._head_length() > MOST_HEAD:
            raise ValueError("the request's head is too large")  # httptools: a 400, and the end
        self._patience = self.body_seconds
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._would_leave():
            return
        self._patience, self._deadline = 0.0, inf
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait(self.idle_seconds)

    def on_response_complete(self) -> None:
        """As uvicorn's, with the connection's one timer in place of a new one for each answer."""
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._deadline == inf:
            self._wait(self.idle_seconds)

    def _read(self, data: bytes) -> None:
        """As uvicorn's, but for requests that would leave HTTP/1.1."""
        try:
            self._feed(data)
        except HttpParserError:
            message = "Invalid HTTP request received."
            self.logger.warning(message)
            self.send_400_response(message)

    def _feed(self, data: bytes | memoryview) -> None:
        """Give the parser data. What follows the head of a request that would leave HTTP/1.1, as
        those of curl and of Java's client may, it takes for another protocol, a body too: so it is
        given that request again without the wish (RFC 9110, section 7.8).
        """
        while data:
            rest = b""
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as met:
                if self._would_leave():
                    self.parser.feed_data(self._staying_head())
                    rest = memoryview(data)[met.args[0] :]
            data = rest

    def _would_leave(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _staying_head(self) -> bytes:
        version = self.parser.get_http_version().encode()
        first = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)
        kept = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join((first, *kept, b"\r\n"))

    def _head_length(self) -> int:
        return len(self.url) + sum(map(len, chain.from_iterable(self.headers)))

    def _wait(self, seconds: float) -> None:
        """Be patient for so long from now. A timer that looks early enough stays as it is."""
        self._deadline = self.loop.time() + seconds
        if self._deadline < self._due:
            self._set_timer(seconds)

    def _set_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = self.loop.time() + seconds
        self._timer = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._due, self._timer = inf, None
        left = self._deadline - self.loop.time()
        if left <= 0:
            self._end()
        elif left < inf:
            self._set_timer(left)

    def _end(self) -> None:
        """Idle: close; but who is slow, or has not even read its answer, is not waited for."""
        idle = self.cycle is not None and self.cycle.response_complete and not self._in_head
        if idle and not self.transport.get_write_buffer_size():
            self.transport.close()
        else:
            self.transport.abort()
