"""Direct reply-to: an answer goes to the channel that asked, without a queue in between.

A client consumes from the name below and asks with it as `reply_to`; whoever answers sees a name
of that channel's own instead, and publishes to it at the default exchange.
"""

import secrets

from pamqp import commands

from intark_lab.messages.broker import wire
from intark_lab.messages.broker.faults import ChannelFault
from intark_lab.messages.broker.message import Content, with_reply_to

NAME = "amq.rabbitmq.reply-to"
PREFIX = NAME + "."


class Replies:
    """The one consumer of answers that a channel may have. Nothing waits: answers may get lost."""

    def __init__(self, channel):
        self._channel = channel
        self.tag: str | None = None
        self._name = ""

    def consume(self, method: commands.Basic.Consume) -> None:
        """Raises ChannelFault 406."""
        if self.tag is not None:
            raise ChannelFault(406, "reply consumer already set")
        if not method.no_ack:
            raise ChannelFault(406, "reply consumer cannot acknowledge")
        self.tag = method.consumer_tag or f"amq.ctag-{secrets.token_urlsafe(16)}"
        self._name = PREFIX + secrets.token_urlsafe(24)
        self._channel.vhost.replies[self._name] = self
        if not method.nowait:
            self._channel.send(commands.Basic.ConsumeOk(self.tag))

    def stop(self) -> None:
        self.tag = None
        self._channel.vhost.replies.pop(self._name, None)

    def addressed(self, content: Content) -> Content:
        """The request as others see it. Raises ChannelFault where nobody would take an answer."""
        if self.tag is None:
            raise ChannelFault(406, "fast reply consumer does not exist")
        properties = with_reply_to(content.properties, self._name)
        return Content(content.exchange, content.routing_key, properties, content.body)

    def take(self, content: Content) -> None:
        """Send an answer at once."""
        channel, tag = self._channel, self._channel.delivering.next_tag()
        channel.connection.tell("deliver", NAME, content)
        channel.connection.send(
            wire.deliver(channel.number, wire.short(self.tag), tag, False, content.where)
            + wire.content_frames(
                channel.number, content.outside, content.body, channel.connection.frame_max
            )
        )
