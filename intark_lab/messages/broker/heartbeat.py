"""Heartbeats: both sides say something now and then, and who says nothing is gone."""

import asyncio
import time

from intark_lab.messages.broker import wire


class Heartbeat:
    """One connection's. It is dropped after two intervals of silence."""

    def __init__(self, connection):
        self._connection = connection
        self._heard = self._spoke = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None

    def heard(self) -> None:
        self._heard = time.monotonic()

    def spoke(self) -> None:
        self._spoke = time.monotonic()

    def start(self, interval: int) -> None:
        """Look twice in every `interval` seconds."""
        now = time.monotonic()
        if not self._connection.heard:
            self._heard = now
        if now - self._heard > 2 * interval:
            self._connection.transport.abort()
            return
        if now - self._spoke >= interval / 2:
            self._connection.send(wire.BEAT)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(interval / 2, self.start, interval)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
