"""Publishing on a channel: method, header and body frames become a message; confirms; tx."""

from intark_lab.messages.broker import replies, wire
from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault, refused
from intark_lab.messages.broker.message import Content

_REPLY_TO = replies.NAME.encode()
LARGEST_MESSAGE = 128 << 20
"""Octets of a body."""


class Publishing:
    """What one channel publishes. `transaction` holds what waits for tx.commit, or is None."""

    def __init__(self, channel):
        self._channel = channel
        self.confirming = False
        self.transaction: list[tuple[Content, bool]] | None = None
        self.expects_content = False
        self._method: tuple[str, str, bool, bool] | None = None
        self._properties: bytes | None = None
        self._missing = 0
        self._pieces: list[bytes] = []
        self._first = self._last = 0
        self._refused: list[int] = []

    def begin(self, payload: bytes) -> None:
        """basic.publish: the content follows."""
        try:
            self._method = wire.read_publish(payload)
        except (IndexError, UnicodeDecodeError):
            raise ConnectionFault(501, f"cannot decode {wire.erlang(payload[4:][:100])}") from None
        if self._method[3]:
            raise ConnectionFault(540, "immediate=true")
        self.expects_content = True
        self._properties = None

    def content(self, kind: int, payload: bytes) -> None:
        """A header or body frame."""
        if not self.expects_content:
            raise ConnectionFault(505, "expected method frame, got non method frame instead")
        if (kind == wire.HEADER) != (self._properties is None):
            raise self.interrupted()
        if kind == wire.HEADER:
            self._header(payload)
        else:
            self._missing -= len(payload)
            self._pieces.append(payload)
        if self._missing < 0:
            raise ConnectionFault(501, "a body of more octets than its header says")
        if self._missing == 0:
            self._complete()

    def interrupted(self) -> ConnectionFault:
        """What is wrong with a frame that is not the part of a message that comes next."""
        what = "header" if self._properties is None else "body"
        missing = f"content {what} for class 60" if what == "header" else "content body"
        return ConnectionFault(505, f"expected {missing}, got non content {what} frame instead")

    def _header(self, payload: bytes) -> None:
        if len(payload) < 14:
            raise ConnectionFault(502, "malformed content header")
        content_class, weight, size, properties = wire.read_header(payload)
        if weight:
            raise self.interrupted()
        self._properties = properties
        if content_class != 60:
            raise ConnectionFault(
                505,
                f"expected content header for class 60, got one for class {content_class} instead",
            )
        if size > LARGEST_MESSAGE:
            self.expects_content = False
            raise ChannelFault(
                406,
                f"message size {size} is larger than configured max size {LARGEST_MESSAGE}",
            )
        self._missing, self._pieces = size, []

    def _complete(self) -> None:
        self.expects_content = False
        exchange, routing_key, mandatory, _ = self._method
        body = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []
        self._check_exchange(exchange, routing_key)
        content = Content(exchange, routing_key, self._properties, body)
        self._check_user(content)
        if content.reply_to == _REPLY_TO:
            content = self._channel.delivering.replies.addressed(content)
        if self.transaction is not None:
            self.transaction.append((content, mandatory))
            return
        taken = self._publish(content, mandatory)
        if self.confirming:
            self._last += 1
            if not taken:
                self._refused.append(self._last)
            self._channel.connection.confirm(self)

    def commit(self) -> None:
        """Publish what the transaction holds."""
        held, self.transaction = self.transaction, []
        for content, mandatory in held:
            self._publish(content, mandatory)

    def _publish(self, content: Content, mandatory: bool) -> bool:
        channel = self._channel
        channel.connection.tell("publish", None, content)
        routed, taken = channel.vhost.publish(content)
        channel.connection.broker.alarm.published(channel.connection, len(content.body))
        if mandatory and not routed:
            channel.send(wire.returned(content.where))
            channel.connection.send(
                wire.content_frames(
                    channel.number,
                    content.properties,
                    content.body,
                    channel.connection.frame_max,
                )
            )
        return taken

    def _check_exchange(self, name: str, routing_key: str) -> None:
        vhost, user = self._channel.vhost, self._channel.user
        if not user.may(vhost.name, "write", name):
            raise refused("exchange", name or "amq.default", vhost.name, user.name)
        exchange = vhost.exchange(name)
        if exchange.internal:
            raise ChannelFault(
                403, f"cannot publish to internal exchange '{name}' in vhost '{vhost.name}'"
            )
        if exchange.kind == "topic":
            check_topic(self._channel, name, "write", routing_key)

    def _check_user(self, content: Content) -> None:
        if content.properties[1] & 1 << 4:
            claimed, name = content.text("user_id"), self._channel.user.name
            if claimed != name:
                raise ChannelFault(
                    406,
                    f"user_id property set to '{claimed}' but authenticated user was '{name}'",
                )

    def confirms(self) -> bytes:
        """The confirms of everything published so far; what a full queue refused is nacked."""
        number, frames, done = self._channel.number, [], self._first
        for tag in self._refused:
            if tag - 1 > done:
                frames.append(wire.confirm(number, tag - 1, tag - 2 > done))
            frames.append(wire.refuse(number, tag))
            done = tag
        if self._last > done:
            frames.append(wire.confirm(number, self._last, self._last - 1 > done))
        self._first, self._refused = self._last, []
        return b"".join(frames)


def check_topic(channel, exchange: str, what: str, routing_key: str) -> None:
    """Raises ChannelFault where the user may not write to, or read from, the routing key."""
    vhost, user = channel.vhost.name, channel.user
    if not user.may_topic(vhost, exchange, what, routing_key):
        raise ChannelFault(
            403,
            f"access to topic '{routing_key}' in exchange '{exchange}' in vhost '{vhost}' "
            f"refused for user '{user.name}'",
        )
