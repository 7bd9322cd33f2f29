"""What a client is sent: gathered in a turn of the event loop, less while it does not read."""

import asyncio

from intark_lab.messages.broker.publishing import Publishing

FULL = 256 << 10
"""Octets on their way to a client that end deliveries to it until it has read."""
CHOKED = 4 << 20
"""Octets on their way after which nothing more is read from it."""


class Outbox:
    """One connection's. It goes out at the end of a turn, after what must be kept is kept."""

    def __init__(self, connection):
        self._connection = connection
        self._out: list[bytes] = []
        self._size = 0
        self._confirming: set[Publishing] = set()
        self._paused = self._stalled = False

    def send(self, data: bytes) -> None:
        """Send at the end of this turn of the event loop."""
        self._out.append(data)
        self._size += len(data)
        self._connection.broker.speaks(self._connection)

    def confirm(self, publishing: Publishing) -> None:
        """Confirm at the end of this turn what was published."""
        self._confirming.add(publishing)
        self._connection.broker.speaks(self._connection)

    def congested(self) -> bool:
        """Whether it has more on its way than it reads; it is woken when it has read."""
        if self._paused or self._size > FULL:
            self._stalled = True
            return True
        return False

    def drop(self) -> None:
        """Forget what was to go out."""
        self._out.clear()
        self._confirming.clear()

    def flush(self) -> bytes:
        """What is to go out now, confirms last."""
        for publishing in self._confirming:
            self._out.append(publishing.confirms())
        data = b"".join(self._out)
        self.drop()
        self._size = 0
        if self._stalled and not self._paused:
            asyncio.get_running_loop().call_soon(self.wake)
        return data

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        self.wake()

    def wake(self) -> None:
        """It has room again: whoever can deliver, may."""
        if self._stalled and not self._paused:
            self._stalled = False
            for channel in list(self._connection.channels.values()):
                channel.delivering.drain()
