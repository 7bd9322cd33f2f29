"""AMQP by hand: bytes to a broker, frames from it, for what no client library would send."""

import socket
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from pamqp import commands, frame, header

GREETING = b"AMQP\x00\x00\x09\x01"


class Raw:
    """A socket to a broker. Use as a context."""

    def __init__(self, url: str, timeout: float = 15):
        parts = urlsplit(url)
        self.user, self.password = unquote(parts.username), unquote(parts.password)
        self.vhost = unquote(parts.path[1:])
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *data: bytes) -> None:
        self.socket.sendall(b"".join(data))

    def call(self, method: commands.base.Frame, channel: int = 0) -> None:
        self.send(frame.marshal(method, channel))

    def read(self) -> tuple[int, object] | None:
        """The next frame: channel and what it holds; None when the broker hung up."""
        while True:
            if len(self._rest) >= 7:
                size = int.from_bytes(self._rest[3:7], "big") + 8
                if len(self._rest) >= size:
                    whole, self._rest = self._rest[:size], self._rest[size:]
                    _, channel, found = frame.unmarshal(whole)
                    return channel, found
            data = self.receive()
            if not data:
                return None
            self._rest += data

    def receive(self) -> bytes:
        """Bytes as they come, none when the broker hung up, however rudely."""
        try:
            return self.socket.recv(1 << 20)
        except ConnectionError:
            return b""

    def expect(self, kind: type):
        """The next frame, which must hold this."""
        found = self.read()
        assert found is not None, "the broker hung up"
        assert isinstance(found[1], kind), vars_of(found[1])
        return found[1]

    def start(self, mechanism: str = "PLAIN", response: str | None = None, tells: bool = True):
        """Up to the answer to connection.start-ok."""
        self.send(GREETING)
        self.expect(commands.Connection.Start)
        response = f"\x00{self.user}\x00{self.password}" if response is None else response
        told = {"capabilities": {"authentication_failure_close": tells}}
        self.call(commands.Connection.StartOk(told, mechanism, response, "en_US"))

    def tune(self, channel_max: int = 2047, frame_max: int = 131072, heartbeat: int = 0):
        self.expect(commands.Connection.Tune)
        self.call(commands.Connection.TuneOk(channel_max, frame_max, heartbeat))
        self.call(commands.Connection.Open(self.vhost))

    def open(self, **tuned) -> "Raw":
        self.start()
        self.tune(**tuned)
        self.expect(commands.Connection.OpenOk)
        return self

    def channel(self, number: int = 1) -> "Raw":
        self.call(commands.Channel.Open(), number)
        self.expect(commands.Channel.OpenOk)
        return self

    def ends(self) -> tuple[int, str] | None:
        """Read to the end: code and text of connection.close, or None for hanging up."""
        while (found := self.read()) is not None:
            if isinstance(found[1], commands.Connection.Close):
                with suppress(ConnectionError):
                    self.call(commands.Connection.CloseOk())
                return found[1].reply_code, found[1].reply_text
        return None


def publish(exchange: str = "", key: str = "q", channel: int = 1) -> bytes:
    return frame.marshal(commands.Basic.Publish(0, exchange, key), channel)


def content_header(size: int, channel: int = 1) -> bytes:
    return frame.marshal(header.ContentHeader(0, size), channel)


def raw_frame(kind: int, channel: int, payload: bytes, end: bytes = b"\xce") -> bytes:
    size = len(payload).to_bytes(4, "big")
    return bytes((kind,)) + channel.to_bytes(2, "big") + size + payload + end


def vars_of(found: object) -> dict:
    return dict(found) if hasattr(found, "__iter__") else {"frame": found}
