"""The door of the embedded broker: what it is asked to set up for one lab is done at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from pamqp import commands

from intark_lab.messages.address import client_url
from intark_lab.messages.broker.broker import Broker
from intark_lab.messages.broker.definitions import pack
from intark_lab.messages.broker.exchange import Binding, Destination, Exchange
from intark_lab.messages.broker.faults import Fault
from intark_lab.messages.broker.message import Content
from intark_lab.messages.broker.queue import Queue
from intark_lab.messages.broker.realm import Realm
from intark_lab.messages.broker.shovel import Shovel
from intark_lab.messages.broker.users import Permission, TopicPermission, User
from intark_lab.messages.broker.vhost import VHost
from intark_lab.messages.door import EVERYTHING, Event, Refused


class EmbeddedDoor:
    """A Door (see intark_lab.messages.door) to one lab's part of the broker in this process."""

    def __init__(self, broker: Broker, realm: Realm, address: str):
        self._broker, self._realm = broker, realm
        self.address = address

    def url(self, user: str, password: str, vhost: str) -> str:
        return client_url(self.address, user, password, vhost)

    async def create_vhost(self, vhost: str) -> None:
        owner = self._broker.realm_of_vhost(vhost)
        if owner not in (None, self._realm):
            raise Refused(f"another lab has a virtual host named '{vhost}'")
        if owner is None:
            self._realm.add_vhost(vhost)
            self._realm.connect_shovels()

    async def delete_vhost(self, vhost: str) -> None:
        if vhost in self._realm.vhosts:
            self._realm.remove_vhost(vhost)

    async def create_user(self, user: str, password: str) -> None:
        if self._broker.realm_of_user(user) not in (None, self._realm):
            raise Refused(f"another lab has a user named '{user}'")
        made = User.with_password(user, password)
        existing = self._realm.users.setdefault(user, made)
        existing.salt, existing.digest = made.salt, made.digest
        self._realm.definitions.keep("amqp_user", name=user, salt=made.salt, digest=made.digest)

    async def delete_user(self, user: str) -> None:
        if self._realm.users.pop(user, None) is None:
            return
        self._realm.disconnect(lambda one: one.user.name == user, f"user '{user}' was deleted")
        self._realm.definitions.drop("amqp_user", name=user)
        for table in ("amqp_permission", "amqp_topic_permission"):
            self._realm.definitions.drop(table, user=user)

    async def permit(
        self,
        vhost: str,
        user: str,
        configure: str = EVERYTHING,
        write: str = EVERYTHING,
        read: str = EVERYTHING,
    ) -> None:
        granted = Permission(configure, write, read)
        self._user(user).permissions[self._vhost(vhost).name] = granted
        self._realm.definitions.keep("amqp_permission", vhost=vhost, user=user, **granted._asdict())

    async def forbid(self, vhost: str, user: str) -> None:
        if user in self._realm.users:
            self._realm.users[user].permissions.pop(vhost, None)
        self._realm.definitions.drop("amqp_permission", vhost=vhost, user=user)

    async def permit_topics(
        self, vhost: str, user: str, exchange: str, write: str = EVERYTHING, read: str = EVERYTHING
    ) -> None:
        granted = TopicPermission(write, read)
        self._user(user).topics[self._vhost(vhost).name, exchange] = granted
        self._realm.definitions.keep(
            "amqp_topic_permission", vhost=vhost, user=user, exchange=exchange, **granted._asdict()
        )

    async def create_exchange(self, vhost: str, exchange: str, kind: str = "topic") -> None:
        existing = self._vhost(vhost).exchanges.get(exchange)
        if existing is None:
            self._vhost(vhost).add_exchange(Exchange(exchange, kind))
        elif existing.kind != kind:
            raise Refused(f"exchange '{exchange}' in vhost '{vhost}' is of type '{existing.kind}'")

    async def delete_exchange(self, vhost: str, exchange: str) -> None:
        if (existing := self._vhost(vhost).exchanges.get(exchange)) is not None:
            self._vhost(vhost).remove_exchange(existing)

    async def create_queue(
        self, vhost: str, queue: str, arguments: Mapping[str, object] | None = None
    ) -> None:
        wanted = dict(arguments or {})
        existing = self._vhost(vhost).queues.get(queue)
        if existing is None:
            with _in_its_words():
                self._vhost(vhost).add_queue(queue, True, False, wanted)
        elif existing.arguments != wanted:
            raise Refused(f"queue '{queue}' in vhost '{vhost}' has other arguments")

    async def delete_queue(self, vhost: str, queue: str) -> None:
        if (existing := self._vhost(vhost).queues.get(queue)) is not None:
            self._vhost(vhost).remove_queue(existing)

    async def bind(self, vhost: str, exchange: str, queue: str, routing_key: str = "#") -> None:
        with _in_its_words():
            source = self._vhost(vhost).exchange(exchange)
            self._vhost(vhost).bind(source, _binding(self._queue(vhost, queue), routing_key), {})

    async def unbind(self, vhost: str, exchange: str, queue: str, routing_key: str = "#") -> None:
        source = self._vhost(vhost).exchanges.get(exchange)
        existing = self._vhost(vhost).queues.get(queue)
        if source is not None and existing is not None:
            self._vhost(vhost).unbind(source, _binding(existing, routing_key))

    async def create_shovel(
        self, name: str, vhost: str, queue: str, to_vhost: str, to_exchange: str
    ) -> None:
        await self.delete_shovel(name)
        self._realm.add_shovel(Shovel(name, vhost, queue, to_vhost, to_exchange))

    async def delete_shovel(self, name: str) -> None:
        self._realm.remove_shovel(name)

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
        properties = commands.Basic.Properties(
            content_type=content_type,
            headers=dict(headers) if headers else None,
            delivery_mode=2,
            message_id=message_id,
        )
        with _in_its_words():
            target = self._vhost(vhost)
            target.exchange(exchange)
            content = Content(exchange, routing_key, properties.marshal(), body)
            self._realm.tell("publish", target, None, None, content)
            routed, taken = target.publish(content)
            self._realm.commit()
        return routed and taken

    async def waiting(self, vhost: str, queue: str) -> int:
        existing = self._queue(vhost, queue)
        return existing.backlog.size + existing.unacknowledged

    def observe(self, callback: Callable[[Event], None]) -> None:
        self._realm.observe(callback)

    async def clear(self) -> None:
        self._realm.clear()

    def _vhost(self, name: str) -> VHost:
        if name not in self._realm.vhosts:
            raise Refused(f"no vhost '{name}'")
        return self._realm.vhosts[name]

    def _user(self, name: str) -> User:
        if name not in self._realm.users:
            raise Refused(f"no user '{name}'")
        return self._realm.users[name]

    def _queue(self, vhost: str, name: str) -> Queue:
        if name not in self._vhost(vhost).queues:
            raise Refused(f"no queue '{name}' in vhost '{vhost}'")
        return self._vhost(vhost).queues[name]


def _binding(queue: Queue, routing_key: str) -> Binding:
    return Binding(Destination("queue", queue.name), routing_key, pack({}))


@contextmanager
def _in_its_words() -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        raise Refused(fault.text) from None
