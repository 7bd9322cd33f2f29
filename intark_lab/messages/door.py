"""The one way by which a lab sets up messages, whichever broker carries them.

Vhost: a room of exchanges and queues. User: a name and password, let into vhosts by permission.
Exchange: where messages are published. Queue: where they wait. Binding: which go from one to
the other. Shovel: moves each message of a queue in one vhost to an exchange in another, and
keeps its routing key. Creating what is there already, and deleting what is not, is no error.

Names of vhosts and users carry the lab's id (whoever gives them sees to it): many labs share a
broker. Everything made here is durable.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, Protocol

EVERYTHING, NOTHING = ".*", "^$"
"""Patterns of permissions: regular expressions on names of exchanges and queues."""


class Refused(Exception):
    """The broker did not do it; the message says why in its own words."""


class Event(NamedTuple):
    """What happened to one message. `queue` is None for a publish, `user` for a shovel's doing.

    `what` is redelivered instead of deliver where the queue had delivered it before; nack is for
    basic.reject too. A delivery that needs no acknowledgement has no ack after it.
    """

    what: Literal["publish", "deliver", "redelivered", "ack", "nack"]
    at: int
    """Lab time, epoch ms."""
    vhost: str
    user: str | None
    queue: str | None
    exchange: str
    routing_key: str
    message_id: str | None
    """The property of that name, as the publisher gave it; copies by shovels keep it."""
    body: bytes


class Door(Protocol):
    """Every method raises Refused where the broker cannot or will not do it."""

    address: str
    """`amqp://HOST:PORT`, without user and virtual host."""

    def url(self, user: str, password: str, vhost: str) -> str:
        """The address that a client needs: `amqp://USER:PASSWORD@HOST:PORT/VHOST`."""

    async def create_vhost(self, vhost: str) -> None: ...

    async def delete_vhost(self, vhost: str) -> None:
        """With all that is in it; its connections are closed."""

    async def create_user(self, user: str, password: str) -> None:
        """A user who may nothing yet. Where it is there, it has this password from now on."""

    async def delete_user(self, user: str) -> None:
        """With its permissions; its connections are closed."""

    async def permit(
        self,
        vhost: str,
        user: str,
        configure: str = EVERYTHING,
        write: str = EVERYTHING,
        read: str = EVERYTHING,
    ) -> None:
        """Let a user into a vhost, with patterns of what it may create, write to and read."""

    async def forbid(self, vhost: str, user: str) -> None:
        """Take `permit` back."""

    async def permit_topics(
        self, vhost: str, user: str, exchange: str, write: str = EVERYTHING, read: str = EVERYTHING
    ) -> None:
        """Narrow the routing keys that a user may write to, or bind to, at a topic exchange."""

    async def create_exchange(self, vhost: str, exchange: str, kind: str = "topic") -> None: ...

    async def delete_exchange(self, vhost: str, exchange: str) -> None: ...

    async def create_queue(
        self, vhost: str, queue: str, arguments: Mapping[str, object] | None = None
    ) -> None:
        """`arguments` as in queue.declare: `x-dead-letter-exchange`, `x-message-ttl` and others."""

    async def delete_queue(self, vhost: str, queue: str) -> None: ...

    async def bind(self, vhost: str, exchange: str, queue: str, routing_key: str = "#") -> None: ...

    async def unbind(
        self, vhost: str, exchange: str, queue: str, routing_key: str = "#"
    ) -> None: ...

    async def create_shovel(
        self, name: str, vhost: str, queue: str, to_vhost: str, to_exchange: str
    ) -> None:
        """Move every message of `queue`, now and later, to `to_exchange` in the other vhost.

        A message leaves the queue once the other side has it.
        """

    async def delete_shovel(self, name: str) -> None: ...

    async def publish(
        self,
        vhost: str,
        exchange: str,
        routing_key: str,
        body: bytes,
        message_id: str | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, object] | None = None,
    ) -> bool:
        """Publish a persistent message as the provider's own system. Whether a queue took it."""

    async def waiting(self, vhost: str, queue: str) -> int:
        """How many messages of a queue nobody has acknowledged yet, delivered or not."""

    async def clear(self) -> None:
        """Delete everything that this lab has made."""

    def observe(self, callback: Callable[[Event], None]) -> None:
        """Call `callback` for each event in this lab's vhosts, in order, on the lab's loop."""
