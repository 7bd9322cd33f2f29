"""Deliveries on a channel: its consumers, and how much each may be given before it answers."""

import secrets
from types import MappingProxyType

from pamqp import commands

from intark_lab.messages.broker import wire
from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault, refused
from intark_lab.messages.broker.held import Held
from intark_lab.messages.broker.message import Entry
from intark_lab.messages.broker.policy import kind
from intark_lab.messages.broker.queue import Queue
from intark_lab.messages.broker.replies import NAME, Replies


class Consumer:
    """A client's consumer: where a queue hands messages to. `limit` 0 is no limit."""

    def __init__(self, deliveries: "Deliveries", tag: str, no_ack: bool, priority: int):
        self.deliveries, self.tag, self.no_ack, self.priority = deliveries, tag, no_ack, priority
        self.limit = deliveries.limit
        self.unacknowledged = 0
        self.queue: Queue | None = None
        self._short_tag = wire.short(tag)

    def wants_more(self) -> bool:
        deliveries = self.deliveries
        if deliveries.channel.connection.congested():
            return False
        return self.no_ack or (
            (not self.limit or self.unacknowledged < self.limit)
            and (not deliveries.channel_limit or len(deliveries.held) < deliveries.channel_limit)
        )

    def take(self, queue: Queue, entry: Entry) -> None:
        deliveries = self.deliveries
        channel = deliveries.channel
        tag = deliveries.hold(queue, entry, self, self.no_ack)
        content = entry.content
        channel.connection.send(
            wire.deliver(channel.number, self._short_tag, tag, entry.redelivered, content.where)
            + wire.content_frames(
                channel.number, queue.shown(entry), content.body, channel.connection.frame_max
            )
        )

    def cancelled(self) -> None:
        self.deliveries.cancelled(self)


class Deliveries:
    """All that one channel consumes. `transaction` holds acknowledgements for tx.commit."""

    def __init__(self, channel):
        self.channel = channel
        self.limit = self.channel_limit = 0
        self.held = Held(channel)
        self.replies = Replies(channel)
        self._consumers: dict[str, Consumer] = {}
        self._last_tag = 0

    def hold(self, queue: Queue, entry: Entry, consumer: Consumer | None, no_ack: bool) -> int:
        """Note a delivery; its tag. What needs no acknowledgement is done with at once."""
        tag, channel = self.next_tag(), self.channel
        what = "redelivered" if entry.redelivered else "deliver"
        channel.connection.tell(what, queue.name, entry.content)
        if no_ack:
            queue.acknowledged(entry)
        else:
            self.held.add(tag, queue, entry, consumer)
        return tag

    def next_tag(self) -> int:
        self._last_tag += 1
        return self._last_tag

    def drain(self) -> None:
        """There is room again: whoever can deliver, may."""
        for consumer in list(self._consumers.values()):
            if not consumer.queue.closed:
                consumer.queue.drain()

    # asked by the client

    def qos(self, method: commands.Basic.Qos) -> None:
        if method.prefetch_size:
            raise ConnectionFault(540, f"prefetch_size!=0 ({method.prefetch_size})")
        self.channel.send(commands.Basic.QosOk())
        if method.global_:
            self.channel_limit = method.prefetch_count
            self.drain()
        else:
            self.limit = method.prefetch_count

    def consume(self, method: commands.Basic.Consume) -> None:
        if method.queue == NAME:
            self.replies.consume(method)
            return
        queue = self._readable(method.queue)
        tag = method.consumer_tag or f"amq.ctag-{secrets.token_urlsafe(16)}"
        if tag in self._consumers or tag == self.replies.tag:
            raise ConnectionFault(530, f"attempt to reuse consumer tag '{tag}'")
        arguments = method.arguments or {}
        self._check_consumer(queue, arguments)
        exclusive = method.exclusive and not queue.policy.quorum
        if queue.exclusive_consumer or (
            exclusive and (queue.consumers or queue.policy.single_active)
        ):
            raise ChannelFault(
                403, f"queue '{queue.name}' in vhost '{self.channel.vhost.name}' in exclusive use"
            )
        priority = arguments.get("x-priority", 0)
        consumer = Consumer(self, tag, method.no_ack, priority)
        self._consumers[tag], consumer.queue = consumer, queue
        queue.exclusive_consumer = exclusive
        if not method.nowait:
            self.channel.send(commands.Basic.ConsumeOk(tag))
        queue.attach(consumer)

    def cancel(self, method: commands.Basic.Cancel):
        consumer = self._consumers.pop(method.consumer_tag, None)
        if consumer is not None:
            consumer.queue.detach(consumer)
        elif method.consumer_tag == self.replies.tag:
            self.replies.stop()
        return commands.Basic.CancelOk(method.consumer_tag)

    def get(self, method: commands.Basic.Get):
        queue = self._readable(method.queue)
        entry = queue.get()
        if entry is None:
            return commands.Basic.GetEmpty()
        tag = self.hold(queue, entry, None, method.no_ack)
        content, number = entry.content, self.channel.number
        self.channel.send(wire.get_ok(tag, entry.redelivered, content.where, queue.backlog.size))
        self.channel.connection.send(
            wire.content_frames(
                number,
                queue.shown(entry, got=True),
                content.body,
                self.channel.connection.frame_max,
            )
        )
        return None

    # its end

    def stop(self) -> None:
        """No more deliveries."""
        self.replies.stop()
        consumers, self._consumers = self._consumers, {}
        for consumer in consumers.values():
            consumer.queue.detach(consumer)

    def cancelled(self, consumer: Consumer) -> None:
        """Its queue is gone: tell the client, if it understands."""
        del self._consumers[consumer.tag]
        if self.channel.connection.capabilities.get("consumer_cancel_notify"):
            self.channel.send(commands.Basic.Cancel(consumer.tag, True))

    def _readable(self, name: str) -> Queue:
        name = self.channel.queue_name(name)
        vhost, user = self.channel.vhost.name, self.channel.user
        if not user.may(vhost, "read", name):
            raise refused("queue", name, vhost, user.name)
        return self.channel.queue(name)

    def _check_consumer(self, queue: Queue, arguments: dict) -> None:
        place = f"queue '{queue.name}' in vhost '{self.channel.vhost.name}'"
        priority, sort = arguments.get("x-priority", 0), queue.policy.sort
        if not isinstance(priority, int) or isinstance(priority, bool):
            why = f'"expected integer, got {kind(priority)}"'
            raise ChannelFault(406, f"invalid arg 'x-priority' for {place}: {why}")
        if "x-stream-offset" in arguments:
            sort = f"queue type rabbit_{sort}_queue"
            raise ChannelFault(406, f"invalid arg 'x-stream-offset' for {place} of {sort}")
        if queue.policy.quorum and self.channel_limit:
            raise ConnectionFault(540, f"{place} does not support global qos")

    ACTIONS = MappingProxyType(
        {
            commands.Basic.Qos: lambda channel, method: channel.delivering.qos(method),
            commands.Basic.Consume: lambda channel, method: channel.delivering.consume(method),
            commands.Basic.Cancel: lambda channel, method: channel.delivering.cancel(method),
            commands.Basic.Get: lambda channel, method: channel.delivering.get(method),
        }
    )
