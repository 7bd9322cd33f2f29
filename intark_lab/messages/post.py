"""Where a process keeps its labs' messages: its own broker on one port, or a RabbitMQ elsewhere.

The broker's code is loaded when a lab first uses messages or a client first connects.
"""

import asyncio
import socket
import ssl
from functools import cached_property
from typing import TYPE_CHECKING

from intark_lab import settings

if TYPE_CHECKING:
    from intark_lab.institution import Institution
    from intark_lab.messages.broker.broker import Broker
    from intark_lab.messages.broker.realm import Realm
    from intark_lab.messages.door import Door


class Post:
    """The door of each lab, and the port that clients connect to."""

    def __init__(self):
        self._own_address = "amqp://127.0.0.1:0"
        self._broker: Broker | None = None
        self._realms: dict[Institution, Realm] = {}
        self._server: asyncio.Server | None = None

    @cached_property
    def _settings(self) -> settings.Settings:
        """Read when first asked for: most labs in memory never use messages."""
        return settings.read()

    @property
    def address(self) -> str:
        return self._settings.amqp or self._own_address

    @property
    def elsewhere(self) -> bool:
        """Whether a RabbitMQ carries the messages."""
        return self._settings.amqp is not None

    async def open(
        self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        """Listen, unless a RabbitMQ does. Port 0 takes a free one. Raises OSError."""
        if self.elsewhere:
            return
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._connection, host, port, family=family, ssl=tls
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        scheme = "amqps" if tls else "amqp"
        self._own_address = (
            f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
        )

    def add(self, institution: "Institution") -> None:
        """Keep a lab's messages from now on, and find again what its file holds."""
        institution.post = self
        if not self.elsewhere and institution.store.one("SELECT 1 FROM amqp_vhost LIMIT 1"):
            self.realm(institution)

    def door(self, institution: "Institution") -> "Door":
        if self.elsewhere:
            from intark_lab.messages.rabbitmq import RabbitMQ  # needs httpx, which loads slowly

            return RabbitMQ(self.address, self._settings.amqp_management, institution.messages_id)
        from intark_lab.messages.broker.door import EmbeddedDoor

        return EmbeddedDoor(self.broker, self.realm(institution), self.address)

    def realm(self, institution: "Institution") -> "Realm":
        from intark_lab.messages.broker.realm import Realm

        if institution not in self._realms:
            realm = Realm(institution.store, institution.clock)
            self._realms[institution] = realm
            self.broker.realms.append(realm)
        return self._realms[institution]

    def clear(self, institution: "Institution") -> None:
        """Nothing of a lab is left on the broker in this process."""
        if (realm := self._realms.get(institution)) is not None:
            realm.clear()

    def remove(self, institution: "Institution") -> None:
        """A lab ends; what its file holds stays there."""
        if (realm := self._realms.pop(institution, None)) is not None:
            self.broker.remove(realm)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._broker is not None:
            self._broker.close()

    @property
    def broker(self) -> "Broker":
        from intark_lab.messages.broker.broker import Broker

        if self._broker is None:
            self._broker = Broker()
        return self._broker

    @property
    def connected(self) -> bool:
        """Whether any client is."""
        return self._broker is not None and self._broker.connected

    def _connection(self) -> asyncio.Protocol:
        return self.broker.connection()
