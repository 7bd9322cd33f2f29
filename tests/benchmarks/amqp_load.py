"""A lean AMQP client for measuring: it packs frames once and reads no more of them than it must."""

import time
from struct import Struct

from pamqp import commands, frame, header
from rawamqp import Raw, raw_frame

_HEAD = Struct(">BHI")
_ACK = 0x003C0050
_DELIVER = 0x003C003C


def message(exchange: str, key: str, body: bytes, persistent: bool) -> bytes:
    """basic.publish with its content, as bytes."""
    properties = commands.Basic.Properties(delivery_mode=2 if persistent else 1)
    return b"".join(
        (
            frame.marshal(commands.Basic.Publish(0, exchange, key), 1),
            frame.marshal(header.ContentHeader(0, len(body), properties), 1),
            raw_frame(3, 1, body),
        )
    )


class Client(Raw):
    """An open connection with one channel."""

    def __init__(self, url: str):
        super().__init__(url, timeout=120)
        self.open().channel()
        self._left = b""

    def ask(self, method, answer: type):
        self.call(method, 1)
        return self.expect(answer)

    def methods(self) -> list[tuple[int, int]]:
        """Of the methods in what comes next: index and delivery tag (of ack and deliver)."""
        data = self._left + self.receive()
        if len(data) == len(self._left):
            raise ConnectionError("the broker hung up")
        found, at = [], 0
        while at + 7 <= len(data):
            kind, _, size = _HEAD.unpack_from(data, at)
            if at + size + 8 > len(data):
                break
            if kind == 1:
                index = int.from_bytes(data[at + 7 : at + 11], "big")
                start = at + 11
                if index == _DELIVER:
                    start += 1 + data[start]
                found.append((index, int.from_bytes(data[start : start + 8], "big")))
            at += size + 8
        self._left = data[at:]
        return found

    def publish(self, packed: bytes, count: int, window: int) -> float:
        """Publish with confirms, `window` at most outstanding; seconds."""
        self.ask(commands.Confirm.Select(), commands.Confirm.SelectOk)
        began, sent, confirmed = time.perf_counter(), 0, 0
        while confirmed < count:
            more = min(count - sent, window - (sent - confirmed))
            self.send(packed * more)
            sent += more
            for index, tag in self.methods():
                if index == _ACK:
                    confirmed = max(confirmed, tag)
        return time.perf_counter() - began

    def consume(self, queue: str, count: int, prefetch: int) -> float:
        """Consume `count` messages and acknowledge each; seconds."""
        self.ask(commands.Basic.Qos(0, prefetch, False), commands.Basic.QosOk)
        began, taken = time.perf_counter(), 0
        self.call(commands.Basic.Consume(0, queue, "c"), 1)
        while taken < count:
            tags = [tag for index, tag in self.methods() if index == _DELIVER]
            acks = [
                raw_frame(1, 1, b"\x00\x3c\x00\x50" + tag.to_bytes(8, "big") + b"\0")
                for tag in tags
            ]
            self.send(*acks)
            taken += len(tags)
        self.ask(commands.Basic.Cancel("c"), commands.Basic.CancelOk)
        return time.perf_counter() - began

    def wait_for_one(self) -> None:
        """Until a delivery comes, which is acknowledged."""
        while not (tags := [tag for index, tag in self.methods() if index == _DELIVER]):
            pass
        for tag in tags:
            self.call(commands.Basic.Ack(tag), 1)
