"""What waits in a queue, in order: the first of a long line in memory, the rest in the store."""

from collections import deque
from collections.abc import Iterable, Iterator

from intark_lab.messages.broker.ledger import Ledger
from intark_lab.messages.broker.message import Content, Entry

IN_MEMORY = 1000
"""Messages that a queue holds in memory before the next ones wait in the store."""
BYTES_IN_MEMORY = 16 << 20
_PAGE = 200


class Backlog:
    """Entries by priority, oldest first. Queues with priorities are in memory as a whole."""

    def __init__(self, ledger: Ledger, queue: int, durable: bool, priorities: int = 0):
        self._ledger, self._queue, self._durable = ledger, queue, durable
        self._levels = [deque() for _ in range(priorities + 1)]
        self._top = self._levels[-1]
        self._bytes = 0
        self._stored = 0
        self._read_to = 0
        self.size = self.octets = 0
        """Messages that are waiting, and the octets of their bodies."""

    def recover(self) -> None:
        """Take up what the store holds for this queue."""
        self.size, self.octets = self._ledger.size(self._queue)
        self._stored = self.size
        while self._stored and (len(self._levels) > 1 or not self._top):
            self._page_in()

    def add(self, content: Content, expires_at: float | None) -> None:
        """A new message, behind all others of its priority."""
        entry = self.entry(content, expires_at)
        if len(self._levels) == 1 and (self._stored or self._full()):
            if not self._stored:
                self._read_to = entry.id - 1
            self._stored += 1
            if not entry.stored:
                self._ledger.keep(entry, persistent=False)
        else:
            self._append(entry)
        self.size += 1
        self.octets += len(content.body)

    def entry(self, content: Content, expires_at: float | None) -> Entry:
        """A place for a message in this queue, kept in the store where it must last."""
        entry = Entry(self._ledger.place(self._queue), content, expires_at, stored=False)
        if self._durable and content.persistent and self._ledger.lasting:
            self._ledger.keep(entry, persistent=True)
        return entry

    def first(self) -> Entry | None:
        """The next to be delivered, which stays."""
        if self._stored and not self._top:
            self._page_in()
        for level in reversed(self._levels):
            if level:
                return level[0]
        return None

    def take(self) -> Entry:
        """The next to be delivered. There must be one."""
        entry = self.first()
        self.take_head(entry)
        return entry

    def put_back(self, entries: Iterable[Entry]) -> None:
        """Entries that were taken, each to its old place."""
        for entry in sorted(entries, key=_place, reverse=True):
            level = self._level(entry)
            at = 0
            while at < len(level) and level[at].id < entry.id:
                at += 1
            level.insert(at, entry)
            self._bytes += len(entry.content.body)
            self.octets += len(entry.content.body)
            self.size += 1

    def heads(self) -> Iterator[Entry]:
        """The oldest of each priority, highest first: where messages expire."""
        self.first()
        return (level[0] for level in reversed(self._levels) if level)

    def take_head(self, head: Entry) -> None:
        """Take the oldest of its priority."""
        self._level(head).popleft()
        self._bytes -= len(head.content.body)
        self.octets -= len(head.content.body)
        self.size -= 1

    def purge(self) -> int:
        """Drop all that is waiting; how many."""
        dropped = self.size
        for level in self._levels:
            for entry in level:
                if entry.stored:
                    self._ledger.drop(entry)
            level.clear()
        if self._stored:
            self._ledger.drop_after(self._queue, self._read_to)
        self.size = self.octets = self._stored = self._bytes = 0
        return dropped

    def _append(self, entry: Entry) -> None:
        self._level(entry).append(entry)
        self._bytes += len(entry.content.body)

    def _level(self, entry: Entry) -> deque[Entry]:
        return self._levels[min(entry.content.priority, len(self._levels) - 1)]

    def _full(self) -> bool:
        return len(self._top) >= IN_MEMORY or self._bytes > BYTES_IN_MEMORY

    def _page_in(self) -> None:
        for entry in self._ledger.after(self._queue, self._read_to, _PAGE):
            self._append(entry)
            self._read_to = entry.id
            self._stored -= 1


def _place(entry: Entry) -> int:
    return entry.id
