"""When too much is waiting: who publishes is told (connection.blocked), and heard again later."""

import asyncio
from collections.abc import Callable

from pamqp import commands, frame

MOST = 1 << 30
"""Octets of messages that may wait in all queues of a process."""
RELIEF = 0.9
"""The share of `MOST` at which publishers may go on."""
LOOK_EVERY = 8 << 20
"""Octets published between two looks at what is waiting."""
PAUSE = 0.2
"""Seconds between two looks while publishers wait."""


class Alarm:
    """One broker's. `waiting` tells the octets that wait in its queues."""

    def __init__(self, waiting: Callable[[], int]):
        self._waiting = waiting
        self._published = 0
        self._raised = False
        self._blocked: set = set()

    def published(self, connection, octets: int) -> None:
        """A client published so much. While the alarm lasts, nothing more is read from it."""
        self._published += octets
        if self._published >= LOOK_EVERY:
            self._published = 0
            self._look()
        if self._raised and connection not in self._blocked:
            self._block(connection)

    def gone(self, connection) -> None:
        self._blocked.discard(connection)

    def _look(self) -> None:
        if not self._raised and self._waiting() > MOST:
            self._raised = True
            self._look_again()

    def _look_again(self) -> None:
        if self._waiting() > MOST * RELIEF:
            asyncio.get_running_loop().call_later(PAUSE, self._look_again)
            return
        self._raised = False
        blocked, self._blocked = self._blocked, set()
        for connection in blocked:
            connection.hear(True)
            _tell(connection, commands.Connection.Unblocked())

    def _block(self, connection) -> None:
        self._blocked.add(connection)
        _tell(connection, commands.Connection.Blocked("low on memory"))
        connection.hear(False)


def _tell(connection, method: commands.base.Frame) -> None:
    if connection.capabilities.get("connection.blocked"):
        connection.send(frame.marshal(method, 0))
