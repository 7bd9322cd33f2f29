"""Shovels: each message of a queue moves to an exchange, often in another virtual host."""

import asyncio
from collections import deque

from intark_lab.messages.broker.message import Content, Entry
from intark_lab.messages.broker.queue import Queue

_AT_ONCE = 100
_PATIENCE = 1.0
"""Seconds until it tries again where the other side refused."""


class Shovel:
    """A consumer of its queue for as long as the exchange is there; it works a little each turn."""

    priority = 0

    def __init__(self, name: str, vhost: str, queue: str, to_vhost: str, to_exchange: str):
        self.name = name
        self.source, self.target = (vhost, queue), (to_vhost, to_exchange)
        self._realm = None
        self._queue: Queue | None = None
        self._carried: deque[Entry] = deque()
        self._refused: asyncio.TimerHandle | None = None

    def connect(self, realm) -> None:
        """Look for both ends; start or stop as they are there or not."""
        self._realm = realm
        vhost = realm.vhosts.get(self.source[0])
        queue = vhost.queues.get(self.source[1]) if vhost else None
        if not self._has_target():
            queue = None
        if queue is self._queue:
            return
        self.stop()
        if queue is not None:
            self._queue = queue
            queue.attach(self)

    def stop(self) -> None:
        queue, self._queue = self._queue, None
        if queue is not None:
            queue.put_back(self._carried)
            self._carried.clear()
            queue.detach(self)

    def wants_more(self) -> bool:
        return self._refused is None and len(self._carried) < _AT_ONCE

    def take(self, queue: Queue, entry: Entry) -> None:
        if not self._carried:
            asyncio.get_running_loop().call_soon(self._move)
        self._carried.append(entry)

    def cancelled(self) -> None:
        self._queue = None
        self._carried.clear()

    def _move(self) -> None:
        """Publish on the other side and acknowledge here, in one commit."""
        carried, self._carried = self._carried, deque()
        while carried and self._queue is not None and self._has_target():
            entry = carried.popleft()
            if not self._publish(entry.content):
                carried.appendleft(entry)
                self._rest()
                break
            self._queue.acknowledged(entry)
        if self._queue is not None:
            self._queue.put_back(carried, redelivered=False)

    def _rest(self) -> None:
        self._refused = asyncio.get_running_loop().call_later(_PATIENCE, self._again)

    def _again(self) -> None:
        self._refused = None
        if self._queue is not None:
            self._queue.drain()

    def _publish(self, content: Content) -> bool:
        vhost = self._realm.vhosts[self.target[0]]
        copy = Content(self.target[1], content.routing_key, content.properties, content.body)
        self._realm.tell("publish", vhost, None, None, copy)
        _, taken = vhost.publish(copy)
        return taken

    def _has_target(self) -> bool:
        vhost = self._realm.vhosts.get(self.target[0])
        return vhost is not None and self.target[1] in vhost.exchanges
