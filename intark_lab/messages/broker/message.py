"""A message: what was published (Content), and its place in a queue (Entry)."""

import re

from pamqp import decode, encode

from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault
from intark_lab.messages.broker.wire import Malformed, place, scan, short

LONGEST_TIME = 315_360_000_000
"""Ten years in ms: what RabbitMQ takes as a time at most."""
_HEADERS_FLAG = 1 << 13
_EXPIRATION_FLAG = 1 << 8


class Content:
    """One published message, shared by all the queues that it went to."""

    __slots__ = (
        "body",
        "exchange",
        "expiration",
        "headers",
        "message_id",
        "persistent",
        "priority",
        "properties",
        "reply_to",
        "routing_key",
    )

    def __init__(self, exchange: str, routing_key: str, properties: bytes, body: bytes):
        """Raises ConnectionFault for properties that are none, ChannelFault for a bad expiry."""
        self.exchange, self.routing_key = exchange, routing_key
        self.properties, self.body = properties, body
        found = self.scan()
        self.persistent = found.get("delivery_mode") == b"\x02"
        self.priority = found["priority"][0] if "priority" in found else 0
        self.expiration = _milliseconds(found["expiration"]) if "expiration" in found else None
        self.message_id = found["message_id"].decode() if "message_id" in found else None
        self.reply_to = found.get("reply_to")
        """In its bytes."""
        self.headers = headers(found["headers"]) if "headers" in found else {}

    def scan(self) -> dict[str, bytes]:
        try:
            return scan(self.properties)
        except Malformed as error:
            raise ConnectionFault(502, str(error)) from None

    @property
    def where(self) -> bytes:
        """Exchange and routing key as basic.deliver has them."""
        return short(self.exchange) + short(self.routing_key)

    @property
    def outside(self) -> bytes:
        """The properties as consumers see them: without the blind copies."""
        if "BCC" not in self.headers:
            return self.properties
        shown = {name: value for name, value in self.headers.items() if name != "BCC"}
        return with_headers(self.properties, shown)

    def counted(self, deliveries: int) -> bytes:
        """As `outside`, with how often it was delivered before, as quorum queues tell it."""
        shown = {name: value for name, value in self.headers.items() if name != "BCC"}
        return with_headers(self.properties, {**shown, "x-delivery-count": deliveries})

    def text(self, name: str) -> str | None:
        """A property that is a short string."""
        raw = self.scan().get(name)
        return None if raw is None else raw.decode(errors="replace")

    def rewritten(self, exchange: str, routing_key: str, headers: dict, keep_expiration=True):
        """This message as published again, with other headers."""
        properties = with_headers(self.properties, headers)
        if not keep_expiration:
            properties = without_expiration(properties)
        return Content(exchange, routing_key, properties, self.body)


class Entry:
    """A message's place in one queue. `id` is the order in the queue, also over restarts."""

    __slots__ = ("content", "deliveries", "expires_at", "id", "redelivered", "stored")

    def __init__(self, entry_id: int, content: Content, expires_at: float | None, stored: bool):
        self.id, self.content = entry_id, content
        self.expires_at, self.stored = expires_at, stored
        self.redelivered = False
        self.deliveries = 0


def headers(table: bytes) -> dict:
    """A field table in its bytes, as a dict. Raises ConnectionFault."""
    try:
        used, found = decode.field_table(table)
    except Exception as error:  # pamqp raises what its struct calls raise
        raise ConnectionFault(502, f"malformed field table: {error}") from None
    if used != len(table):
        raise ConnectionFault(502, "malformed field table")
    return found


def with_headers(properties: bytes, table: dict) -> bytes:
    found = scan(properties)
    flags = int.from_bytes(properties[:2], "big")
    before = sum(len(found[n]) + 1 for n in ("content_type", "content_encoding") if n in found)
    after = 2 + before + len(found.get("headers", b""))
    flags = flags | _HEADERS_FLAG if table else flags & ~_HEADERS_FLAG
    packed = encode.field_table(table) if table else b""
    return flags.to_bytes(2, "big") + properties[2 : 2 + before] + packed + properties[after:]


def without_expiration(properties: bytes) -> bytes:
    found = scan(properties)
    if "expiration" not in found:
        return properties
    flags = int.from_bytes(properties[:2], "big") & ~_EXPIRATION_FLAG
    start, end = place(found, "expiration")
    return flags.to_bytes(2, "big") + properties[2:start] + properties[end:]


def with_reply_to(properties: bytes, name: str) -> bytes:
    """Another `reply_to` in place of the one that is there."""
    start, end = place(scan(properties), "reply_to")
    return properties[:start] + short(name) + properties[end:]


def _milliseconds(raw: bytes) -> int:
    text = raw.decode(errors="replace")
    number = re.match(r"[+-]?\d+", text)
    if number is None:
        raise ChannelFault(406, f"invalid expiration '{text}': no_integer")
    value, rest = int(number[0]), text[number.end() :]
    if rest:
        raise ChannelFault(406, f"invalid expiration '{text}': {{leftover_string,\"{rest}\"}}")
    if value < 0:
        raise ChannelFault(406, f"invalid expiration '{text}': {{value_negative,{value}}}")
    if value > LONGEST_TIME:
        raise ChannelFault(406, f"invalid expiration '{text}': {{value_too_large,{value}}}")
    return value
