"""One lab's part of the broker: its virtual hosts, users and shovels, and who watches them."""

from collections.abc import Callable
from itertools import count

from intark_lab.clock import Clock
from intark_lab.messages.broker.definitions import Definitions
from intark_lab.messages.broker.ledger import Ledger
from intark_lab.messages.broker.message import Content
from intark_lab.messages.broker.shovel import Shovel
from intark_lab.messages.broker.users import User
from intark_lab.messages.broker.vhost import VHost
from intark_lab.messages.door import Event
from intark_lab.store import Store


class Realm:
    """What the broker keeps for one lab. A lab in a file finds it again after a restart."""

    def __init__(self, store: Store, clock: Clock):
        self.definitions, self.ledger = Definitions(store), Ledger(store)
        self._store, self._clock = store, clock
        self.vhosts: dict[str, VHost] = {}
        self.users: dict[str, User] = {}
        self.shovels: dict[str, Shovel] = {}
        self.connections: set = set()
        self._observers: list[Callable[[Event], None]] = []
        self._recover()

    def _recover(self) -> None:
        self._numbers = count(1)
        if not self._store.lasting:
            return
        self.ledger.recover()
        self._numbers = count(self.definitions.free_number())
        self.users = {user.name: user for user in self.definitions.users()}
        for name in self.definitions.vhosts():
            self._vhost(name).recover()
        for row in self._store.all("SELECT * FROM amqp_shovel"):
            self.shovels[row["name"]] = Shovel(*row)
        self.connect_shovels()

    def add_vhost(self, name: str) -> None:
        self._vhost(name)
        self.definitions.keep("amqp_vhost", name=name)

    def _vhost(self, name: str) -> VHost:
        vhost = VHost(name, self.ledger, self.definitions, self._numbers)
        vhost.on_change = self.connect_shovels
        self.vhosts[name] = vhost
        return vhost

    def remove_vhost(self, name: str) -> None:
        vhost = self.vhosts.pop(name)
        self.disconnect(lambda connection: connection.vhost is vhost)
        vhost.close()
        for table in ("exchange", "queue", "binding", "permission", "topic_permission"):
            self.definitions.drop(f"amqp_{table}", vhost=name)
        self.definitions.drop("amqp_vhost", name=name)
        for user in self.users.values():
            user.permissions.pop(name, None)
            user.topics = {place: one for place, one in user.topics.items() if place[0] != name}
        self.connect_shovels()

    def disconnect(self, which: Callable[[object], bool], why: str = "vhost is going down") -> None:
        for connection in [each for each in self.connections if which(each)]:
            connection.force_out(why)

    def commit(self) -> None:
        """Keep what is to be kept. Raises sqlite3.Error."""
        self._store.flush()

    def connect_shovels(self) -> None:
        """Exchanges or queues came or went: each shovel looks for its two ends."""
        for shovel in self.shovels.values():
            shovel.connect(self)

    def add_shovel(self, shovel: Shovel) -> None:
        self.shovels[shovel.name] = shovel
        (vhost, queue), (to_vhost, to_exchange) = shovel.source, shovel.target
        self.definitions.keep(
            "amqp_shovel",
            name=shovel.name,
            vhost=vhost,
            queue=queue,
            to_vhost=to_vhost,
            to_exchange=to_exchange,
        )
        shovel.connect(self)

    def remove_shovel(self, name: str) -> None:
        if name in self.shovels:
            self.shovels.pop(name).stop()
            self.definitions.drop("amqp_shovel", name=name)

    def clear(self) -> None:
        """Nothing is left: the lab begins anew."""
        for name in list(self.shovels):
            self.shovels.pop(name).stop()
        for name in list(self.vhosts):
            self.remove_vhost(name)
        self.disconnect(lambda connection: True)
        self.users.clear()
        for table in ("user", "shovel"):
            self.definitions.drop(f"amqp_{table}")

    def observe(self, callback: Callable[[Event], None]) -> None:
        self._observers.append(callback)

    def tell(
        self, what: str, vhost: VHost, user: str | None, queue: str | None, content: Content
    ) -> None:
        if not self._observers:
            return
        event = Event(
            what,
            self._clock.ms(),
            vhost.name,
            user,
            queue,
            content.exchange,
            content.routing_key,
            content.message_id,
            content.body,
        )
        for observer in self._observers:
            observer(event)
