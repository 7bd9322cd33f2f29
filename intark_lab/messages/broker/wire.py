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
FRAME_OVERHEAD = 8

_DELIVER = Struct(">IB")
_TAG = Struct(">QB")
_CONTENT = Struct(">HHQ")
_CONFIRM = Struct(">BHIIQB")


class Malformed(Exception):
    """The bytes are no AMQP."""


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
                self.fault = f"type {kind}, frame of {size} octets is too large"
                break
            end = at + 7 + size
            if end >= size_of_data:
                break
            if data[end] != END:
                self.fault = f"type {kind}, no end of frame after {size} octets"
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


def confirm(channel: int, tag: int, multiple: bool, nack: bool = False) -> bytes:
    """basic.ack or basic.nack to a publisher."""
    method = 0x003C0078 if nack else ACK
    return _CONFIRM.pack(METHOD, channel, 13, method, tag, multiple) + b"\xce"


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


def read_header(payload: bytes) -> tuple[int, int, bytes]:
    """A content header: class, size of the body, properties still packed."""
    kind, _, size = _CONTENT.unpack_from(payload)
    return kind, size, payload[12:]


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
