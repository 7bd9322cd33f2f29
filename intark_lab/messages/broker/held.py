"""What a channel's client was given and has not acknowledged yet."""

from types import MappingProxyType
from typing import NamedTuple

from pamqp import commands

from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault
from intark_lab.messages.broker.message import Entry
from intark_lab.messages.broker.queue import Queue


class Delivery(NamedTuple):
    """`consumer` is None after basic.get."""

    queue: Queue
    entry: Entry
    consumer: object | None


class Held:
    """Deliveries by tag. `transaction` holds what was said about some until tx.commit."""

    def __init__(self, channel):
        self._channel = channel
        self._deliveries: dict[int, Delivery] = {}
        self.transaction: list[tuple[str, int, Delivery]] | None = None

    def __len__(self) -> int:
        return len(self._deliveries)

    def add(self, tag: int, queue: Queue, entry: Entry, consumer) -> None:
        self._deliveries[tag] = Delivery(queue, entry, consumer)
        if consumer is not None:
            consumer.unacknowledged += 1

    def acknowledge(self, tag: int, multiple: bool) -> None:
        if multiple or self.transaction is not None or tag not in self._deliveries:
            self._settle("ack", self._named(tag, multiple))
            return
        queue, entry, consumer = self._deliveries.pop(tag)  # nearly always so, and so in haste
        self._channel.connection.tell("ack", queue.name, entry.content)
        queue.acknowledged(entry)
        if consumer is not None:
            consumer.unacknowledged -= 1
            if not queue.closed:
                queue.drain()
        if self._channel.delivering.channel_limit:
            self._channel.delivering.drain()

    def nack(self, method: commands.Basic.Nack) -> None:
        tags = self._named(method.delivery_tag, method.multiple)
        self._settle("requeue" if method.requeue else "reject", tags)

    def reject(self, method: commands.Basic.Reject) -> None:
        tags = self._named(method.delivery_tag, False)
        self._settle("requeue" if method.requeue else "reject", tags)

    def recover(self, method: commands.Basic.Recover | commands.Basic.RecoverAsync) -> None:
        if not method.requeue:
            raise ConnectionFault(540, "requeue=false")
        if isinstance(method, commands.Basic.Recover):
            self._channel.send(commands.Basic.RecoverOk())
        self._put_back([self._deliveries.pop(tag) for tag in list(self._deliveries)])

    def commit(self) -> None:
        said, self.transaction = self.transaction, []
        for how, _, delivery in said:
            self._apply(how, [delivery])

    def rollback(self) -> None:
        """What was acknowledged in the transaction is not, after all."""
        again = {tag: delivery for _, tag, delivery in self.transaction}
        self._deliveries = dict(sorted({**self._deliveries, **again}.items()))
        self.transaction = []

    def give_back(self) -> None:
        """Whatever was not acknowledged is there for others again."""
        if self.transaction:
            self.rollback()
        given, self._deliveries = self._deliveries, {}
        self._put_back(list(given.values()))

    def _named(self, tag: int, multiple: bool) -> list[int]:
        """The tags that are meant; 0 with `multiple` is all. ChannelFault: there is no such."""
        if tag == 0 and multiple:
            return list(self._deliveries)
        if tag not in self._deliveries:
            raise ChannelFault(406, f"unknown delivery tag {tag}")
        return [each for each in self._deliveries if each <= tag] if multiple else [tag]

    def _settle(self, how: str, tags: list[int]) -> None:
        settled = [(tag, self._deliveries.pop(tag)) for tag in tags]
        if self.transaction is None:
            self._apply(how, [delivery for _, delivery in settled])
        else:
            self.transaction += [(how, tag, delivery) for tag, delivery in settled]

    def _apply(self, how: str, settled: list[Delivery]) -> None:
        for queue, entry, _ in settled:
            self._channel.connection.tell(
                "ack" if how == "ack" else "nack", queue.name, entry.content
            )
        if how == "requeue":
            self._put_back(settled)
            return
        for queue, entry, consumer in settled:
            if consumer is not None:
                consumer.unacknowledged -= 1
            if how == "ack":
                queue.acknowledged(entry)
            else:
                queue.rejected(entry)
        self._resume(settled)

    def _put_back(self, settled: list[Delivery]) -> None:
        by_queue: dict[Queue, list[Entry]] = {}
        for queue, entry, consumer in settled:
            by_queue.setdefault(queue, []).append(entry)
            if consumer is not None:
                consumer.unacknowledged -= 1
        for queue, entries in by_queue.items():
            queue.put_back(entries)
        self._resume(settled)

    def _resume(self, settled: list[Delivery]) -> None:
        """Those whose hands are free again may get more."""
        if self._channel.delivering.channel_limit:
            self._channel.delivering.drain()
            return
        for queue in dict.fromkeys(each.queue for each in settled if each.consumer is not None):
            if not queue.closed:
                queue.drain()

    ACTIONS = MappingProxyType(
        {
            commands.Basic.Nack: lambda channel, method: channel.delivering.held.nack(method),
            commands.Basic.Reject: lambda channel, method: channel.delivering.held.reject(method),
            commands.Basic.Recover: lambda channel, method: channel.delivering.held.recover(method),
            commands.Basic.RecoverAsync: lambda channel, method: channel.delivering.held.recover(
                method
            ),
        }
    )
