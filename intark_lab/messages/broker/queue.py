"""A queue: messages that wait, the consumers that take them, and what happens to those too old or
too many."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from intark_lab.messages.broker.backlog import Backlog
from intark_lab.messages.broker.ledger import Ledger
from intark_lab.messages.broker.message import Content, Entry
from intark_lab.messages.broker.policy import Policy

LONGEST_TIMER = 3600.0


class Consumer(Protocol):
    """Who takes messages: a client's consumer, or a shovel."""

    priority: int

    def wants_more(self) -> bool: ...

    def take(self, queue: "Queue", entry: Entry) -> None: ...

    def cancelled(self) -> None:
        """The queue is gone."""


class Queue:
    """One queue. `number` is its id in the store; `owner` the connection of an exclusive one."""

    def __init__(
        self,
        name: str,
        number: int,
        ledger: Ledger,
        policy: Policy,
        durable: bool,
        auto_delete: bool,
        arguments: dict,
        owner: object,
        bury: Callable[["Queue", Entry, str], None],
        retire: Callable[["Queue"], None],
    ):
        self.name, self.number, self.policy, self.arguments = name, number, policy, arguments
        self.durable, self.auto_delete, self.owner = durable, auto_delete, owner
        self._ledger, self._bury, self._retire = ledger, bury, retire
        self.backlog = Backlog(ledger, number, durable, policy.priorities)
        self.unacknowledged = 0
        self.exclusive_consumer = False
        self.consumers: list[Consumer] = []
        self._expiry: asyncio.TimerHandle | None = None
        self._ages = self.closed = False
        self._idle: asyncio.TimerHandle | None = None
        self.used()

    def recover(self) -> None:
        """Take up what the store holds."""
        self.backlog.recover()
        self._ages = True
        self._watch_expiry()

    # messages in

    def accepts(self, content: Content) -> bool:
        """False where it is full and refuses what comes then."""
        return not self.policy.rejects or not self.policy.overfull(
            self.backlog.size + 1, self.backlog.octets + len(content.body)
        )

    def push(self, content: Content) -> None:
        """A new message: to a consumer that waits for one, else into the line."""
        expires_at = self._expires_at(content)
        consumer = self._able() if not self.backlog.size else None
        if consumer is not None:
            self._give(consumer, self.backlog.entry(content, expires_at))
            return
        self.backlog.add(content, expires_at)
        if not self.policy.rejects:
            self._shorten()
        self._ages = self._ages or expires_at is not None
        self._watch_expiry()

    def put_back(self, entries: Iterable[Entry], redelivered: bool = True) -> None:
        """Entries that were taken and not acknowledged, each to its old place."""
        entries = list(entries)
        self.unacknowledged -= len(entries)
        if self.closed:
            return
        for entry in [each for each in entries if self.policy.worn_out(each)]:
            entries.remove(entry)
            self._drop(entry, "delivery_limit")
        for entry in entries:
            entry.redelivered = entry.redelivered or redelivered
        self.backlog.put_back(entries)
        if not self.policy.rejects:
            self._shorten()
        self._watch_expiry()
        self.drain()

    # messages out

    def get(self) -> Entry | None:
        """Take the next message for basic.get, or None."""
        self.used()
        self._expire()
        if not self.backlog.size:
            return None
        entry = self._taken(self.backlog.take())
        self._watch_expiry()
        return entry

    def drain(self) -> None:
        """Deliver as long as there are messages, and consumers that want more."""
        while self.backlog.size and (consumer := self._able()) is not None:
            self._expire()
            if self.backlog.size:
                self._give(consumer, self.backlog.take())
        self._watch_expiry()

    def acknowledged(self, entry: Entry) -> None:
        """Done with: it is gone for good."""
        self.unacknowledged -= 1
        self._forget(entry)

    def rejected(self, entry: Entry) -> None:
        self.unacknowledged -= 1
        self._drop(entry, "rejected")

    def purge(self) -> int:
        return self.backlog.purge()

    def shown(self, entry: Entry, got: bool = False) -> bytes:
        """The properties as a consumer sees them, or who `got` the message by basic.get."""
        if not self.policy.quorum or (entry.deliveries == 1 and not got):
            return entry.content.outside
        return entry.content.counted(entry.deliveries - 1)

    # consumers

    def attach(self, consumer: Consumer) -> None:
        self.consumers.append(consumer)
        active = 1 if self.policy.single_active else 0
        self.consumers[active:] = sorted(self.consumers[active:], key=lambda each: -each.priority)
        self.used()
        self.drain()

    def detach(self, consumer: Consumer) -> None:
        """One consumer fewer; the last of an auto-delete queue takes it along."""
        self.consumers.remove(consumer)
        self.exclusive_consumer = False
        if not self.consumers:
            self.used()
            if self.auto_delete:
                self._retire(self)
                return
        self.drain()

    def used(self) -> None:
        """Begin to count anew towards `x-expires`."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self.policy.expires is not None and not self.consumers:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(self.policy.expires / 1000, self._retire, self)

    def close(self) -> None:
        """It is deleted: consumers are told, messages are dropped."""
        for timer in (self._idle, self._expiry):
            if timer is not None:
                timer.cancel()
        self.closed = True
        self.backlog.purge()
        consumers, self.consumers = self.consumers, []
        for consumer in consumers:
            consumer.cancelled()

    # inside

    def _able(self) -> Consumer | None:
        """The consumer whose turn it is: of those that want more, the highest priority."""
        first = self.consumers[:1] if self.policy.single_active else self.consumers
        for at, consumer in enumerate(first):
            if consumer.wants_more():
                self._rotate(at)
                return consumer
        return None

    def _rotate(self, at: int) -> None:
        """Move the chosen one behind those of its own priority."""
        if self.policy.single_active or len(self.consumers) == 1:
            return
        chosen = self.consumers.pop(at)
        last = len(self.consumers)
        while last > at and self.consumers[last - 1].priority < chosen.priority:
            last -= 1
        self.consumers.insert(last, chosen)

    def _give(self, consumer: Consumer, entry: Entry) -> None:
        consumer.take(self, self._taken(entry))

    def _taken(self, entry: Entry) -> Entry:
        self.unacknowledged += 1
        entry.deliveries += 1
        if entry.stored:
            self._ledger.delivered(entry)
        return entry

    def _forget(self, entry: Entry) -> None:
        if entry.stored:
            self._ledger.drop(entry)

    def _drop(self, entry: Entry, reason: str) -> None:
        self._bury(self, entry, reason)
        self._forget(entry)

    def _shorten(self) -> None:
        while self.backlog.size and self.policy.overfull(self.backlog.size, self.backlog.octets):
            self._drop(self.backlog.take(), "maxlen")

    def _expires_at(self, content: Content) -> float | None:
        waits = [each for each in (self.policy.ttl, content.expiration) if each is not None]
        return time.time() + min(waits) / 1000 if waits else None

    def _expire(self) -> None:
        """Drop what is too old at the head of the line."""
        if not self._ages:
            return
        now = time.time()
        while overdue := [
            head for head in self.backlog.heads() if head.expires_at and head.expires_at <= now
        ]:
            for head in overdue:
                self.backlog.take_head(head)
                self._drop(head, "expired")

    def _on_expiry(self) -> None:
        self._expiry = None
        self._expire()
        self._watch_expiry()

    def _watch_expiry(self) -> None:
        """Have one timer, for what expires first at the head of the line."""
        if not self._ages:
            return
        due = min((head.expires_at for head in self.backlog.heads() if head.expires_at), default=0)
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if due:
            wait = min(max(0.0, due - time.time()), LONGEST_TIMER)
            self._expiry = asyncio.get_running_loop().call_later(wait, self._on_expiry)
