"""Bytes of AMQP 0-9-1: frames split and packed, and the properties of a message looked through.

pamqp reads and writes the methods. What every message passes through is done here by hand, for
speed, and so that a publisher's properties reach the consumer byte for byte.
"""

from struct import Struct

METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
END = 0xCE
HEAD = Struct(">BHI")
BEAT = HEAD.pack(HEARTBEAT, 0, 0) + b"\xce"
GREETING = b"AMQP\x00\x00\x09\x01"
PUBLISH, ACK = 0x003C0028, 0x003C0050
OPEN_OK = b"\x00\x14\x00\x0b\x00\x00\x00\x00"
"""channel.open-ok with the empty reserved string that RabbitMQ sends; pamqp would write a 0."""
FRAME_OVERHEAD = 8
_NO_ROUTE = b"\x01\x38\x08NO_ROUTE"

_DELIVER = Struct(">IB")
_TAG = Struct(">QB")
_CONTENT = Struct(">HHQ")
_CONFIRM = Struct(">BHIIQB")
_COUNT, _COUNTS = Struct(">I"), Struct(">II")


class Malformed(Exception):
    """The bytes are no AMQP."""


def erlang(data: bytes) -> str:
    """Bytes as RabbitMQ shows them: `<<"text">>`, or `<<0,255>>` where they are none."""
    if data and all(32 <= octet < 127 for octet in data):
        return f'<<"{data.decode()}">>'
    return f"<<{','.join(map(str, data))}>>"


class Splitter:
    """Takes bytes as they arrive, gives whole frames: (type, channel, payload)."""

    def __init__(self, frame_max: int):
        self.frame_max = frame_max
        self._rest = b""

    def split(self, data: bytes) -> list[tuple[int, int, bytes]]:
        """The frames that are complete now. Raises Malformed, after the frames before it."""
        data = self._rest + data if self._rest else data
        frames, at, size_of_data = [], 0, len(data)
        self.fault = None
        while at + 7 <= size_of_data:
            kind, channel, size = HEAD.unpack_from(data, at)
            if size + FRAME_OVERHEAD > self.frame_max:
                room = self.frame_max - FRAME_OVERHEAD
                self.fault = f"type {kind}, all octets = <<>>: {{frame_too_large,{size},{room}}}"
                break
            end = at + 7 + size
            if end >= size_of_data:
                break
            if data[end] != END:
                said = f"{{invalid_frame_end_marker,{data[end]}}}"
                octets = erlang(data[at + 7 : end][:100])
                self.fault = f"type {kind}, all octets = {octets}: {said}"
                break
            frames.append((kind, channel, data[at + 7 : end]))
            at = end + 1
        self._rest = data[at:]
        return frames

    fault: str | None = None
    """What was wrong after the last frames that `split` gave."""


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    return HEAD.pack(kind, channel, len(payload)) + payload + b"\xce"


def short(text: str) -> bytes:
    """A short string: its length in one octet, then UTF-8."""
    raw = text.encode()
    return bytes((len(raw),)) + raw


def content_frames(channel: int, properties: bytes, body: bytes, frame_max: int) -> bytes:
    """The header frame of a message, and as many body frames as its size needs."""
    head = frame(HEADER, channel, _CONTENT.pack(60, 0, len(body)) + properties)
    room = frame_max - FRAME_OVERHEAD
    if len(body) <= room:
        return head + frame(BODY, channel, body) if body else head
    pieces = range(0, len(body), room)
    return head + b"".join(frame(BODY, channel, body[at : at + room]) for at in pieces)


def deliver(channel: int, consumer: bytes, tag: int, redelivered: bool, where: bytes) -> bytes:
    """basic.deliver; `consumer` and `where` (exchange and routing key) are short strings."""
    return frame(
        METHOD, channel, b"\x00\x3c\x00\x3c" + consumer + _TAG.pack(tag, redelivered) + where
    )


def declare_ok(queue: str, messages: int, consumers: int) -> bytes:
    """queue.declare-ok. pamqp refuses names that it would not give, RabbitMQ none."""
    return b"\x00\x32\x00\x0b" + short(queue) + _COUNTS.pack(messages, consumers)


def get_ok(tag: int, redelivered: bool, where: bytes, waiting: int) -> bytes:
    """basic.get-ok; `where` as in `deliver`."""
    return b"\x00\x3c\x00\x47" + _TAG.pack(tag, redelivered) + where + _COUNT.pack(waiting)


def returned(where: bytes) -> bytes:
    """basic.return of what no queue was there for; `where` as in `deliver`."""
    return b"\x00\x3c\x00\x32" + _NO_ROUTE + where


def confirm(channel: int, tag: int, multiple: bool) -> bytes:
    """basic.ack to a publisher."""
    return _CONFIRM.pack(METHOD, channel, 13, ACK, tag, multiple) + b"\xce"


def refuse(channel: int, tag: int) -> bytes:
    """basic.nack to a publisher, with the bits that RabbitMQ sets: multiple and requeue."""
    return _CONFIRM.pack(METHOD, channel, 13, 0x003C0078, tag, 0b11) + b"\xce"


def read_publish(payload: bytes) -> tuple[str, str, bool, bool]:
    """basic.publish: exchange, routing key, mandatory, immediate."""
    at = 7 + payload[6]
    exchange = payload[7:at].decode()
    end = at + 1 + payload[at]
    bits = payload[end]
    return exchange, payload[at + 1 : end].decode(), bool(bits & 1), bool(bits & 2)


def read_ack(payload: bytes) -> tuple[int, bool]:
    """basic.ack: delivery tag, multiple."""
    tag, multiple = _TAG.unpack_from(payload, 4)
    return tag, bool(multiple)


def read_header(payload: bytes) -> tuple[int, int, int, bytes]:
    """A content header: class, weight (0), size of the body, properties still packed."""
    return *_CONTENT.unpack_from(payload), payload[12:]


SHORT, TABLE, OCTET, TIME = "short", "table", "octet", "time"
_LAYOUT = (
    (1 << 15, "content_type", SHORT),
    (1 << 14, "content_encoding", SHORT),
    (1 << 13, "headers", TABLE),
    (1 << 12, "delivery_mode", OCTET),
    (1 << 11, "priority", OCTET),
    (1 << 10, "correlation_id", SHORT),
    (1 << 9, "reply_to", SHORT),
    (1 << 8, "expiration", SHORT),
    (1 << 7, "message_id", SHORT),
    (1 << 6, "timestamp", TIME),
    (1 << 5, "type", SHORT),
    (1 << 4, "user_id", SHORT),
    (1 << 3, "app_id", SHORT),
    (1 << 2, "cluster_id", SHORT),
)


def scan(properties: bytes) -> dict[str, bytes]:
    """Where each property is set: its bytes (a short string's without length, a table's with).

    Raises Malformed.
    """
    found = {}
    try:
        flags, at = properties[0] << 8 | properties[1], 2
        for bit, name, kind in _LAYOUT:
            if not flags & bit:
                continue
            if kind is SHORT:
                start, end = at + 1, at + 1 + properties[at]
            elif kind is OCTET:
                start, end = at, at + 1
            elif kind is TIME:
                start, end = at, at + 8
            else:
                start = at
                end = at + 4 + int.from_bytes(properties[at : at + 4], "big")
            found[name] = properties[start:end]
            at = end
    except IndexError:
        raise Malformed("properties end too early") from None
    if at != len(properties) or flags & 3:
        raise Malformed("properties of another length than their flags say")
    return found


def place(found: dict[str, bytes], name: str) -> tuple[int, int]:
    """Where a property that `scan` found begins and ends among the packed ones."""
    at = 2
    for _, each, kind in _LAYOUT:
        if each in found:
            end = at + len(found[each]) + (kind is SHORT)
            if each == name:
                return at, end
            at = end
    raise KeyError(name)
