"""A virtual host: exchanges and queues, what binds them, and the way of a message through them."""

from collections.abc import Iterable, Iterator

from intark_lab.messages.broker.dead import bury
from intark_lab.messages.broker.definitions import Definitions, unpack
from intark_lab.messages.broker.exchange import Binding, Destination, Exchange
from intark_lab.messages.broker.faults import ChannelFault, locked, not_found
from intark_lab.messages.broker.ledger import Ledger
from intark_lab.messages.broker.message import Content, Entry
from intark_lab.messages.broker.policy import kind, policy
from intark_lab.messages.broker.queue import Queue
from intark_lab.messages.broker.replies import Replies

STANDARD = {
    "": "direct",
    "amq.direct": "direct",
    "amq.fanout": "fanout",
    "amq.topic": "topic",
    "amq.headers": "headers",
    "amq.match": "headers",
}


class VHost:
    """One virtual host of a lab. `on_change` is called when exchanges or queues come or go."""

    def __init__(self, name: str, ledger: Ledger, definitions: Definitions, numbers: Iterator[int]):
        self.name = name
        self._ledger, self._definitions, self._numbers = ledger, definitions, numbers
        self.exchanges = {name: Exchange(name, kind) for name, kind in STANDARD.items()}
        self.queues: dict[str, Queue] = {}
        self.replies: dict[str, Replies] = {}
        """Channels that wait for answers, by the names that answers go to."""
        self._bury = bury(self.publish)
        self.on_change = lambda: None

    # looking up

    def exchange(self, name: str) -> Exchange:
        if name not in self.exchanges:
            raise not_found("exchange", name, self.name)
        return self.exchanges[name]

    def queue(self, name: str, owner: object) -> Queue:
        """The queue, if `owner` (a connection) may see it."""
        queue = self.queues.get(name)
        if queue is None:
            raise not_found("queue", name, self.name)
        if queue.owner is not None and queue.owner is not owner:
            raise locked(name, self.name)
        return queue

    # coming and going

    def add_exchange(self, exchange: Exchange) -> None:
        self.exchanges[exchange.name] = exchange
        if exchange.durable:
            self._definitions.keep_exchange(self.name, exchange)
        self.on_change()

    def remove_exchange(self, exchange: Exchange) -> None:
        for binding in list(exchange.bindings):
            self.unbind(exchange, binding)
        if self.exchanges.pop(exchange.name, None) is None:
            return  # an auto-delete exchange went with its last binding
        self._unbind_all(Destination("exchange", exchange.name))
        self._definitions.drop_exchange(self.name, exchange.name)
        self.on_change()

    def add_queue(
        self,
        name: str,
        durable: bool,
        auto_delete: bool,
        arguments: dict,
        owner: object = None,
    ) -> Queue:
        checked = policy(name, self.name, arguments, durable, owner is not None, auto_delete)
        number = next(self._numbers)
        if durable and owner is None:
            self._definitions.keep_queue(number, self.name, name, auto_delete, arguments)
        queue = self._queue(name, number, checked, durable, auto_delete, arguments, owner)
        self.on_change()
        return queue

    def _queue(self, name: str, number: int, *described) -> Queue:
        queue = Queue(name, number, self._ledger, *described, self._bury, self.remove_queue)
        self.queues[name] = queue
        self.exchanges[""].bind(Binding(Destination("queue", name), name, b""), {})
        return queue

    def recover(self) -> None:
        """Take up what the store holds."""
        for exchange in self._definitions.exchanges(self.name):
            self.exchanges[exchange.name] = exchange
        for number, name, auto_delete, arguments in self._definitions.queues(self.name):
            checked = policy(name, self.name, arguments)
            self._queue(name, number, checked, True, auto_delete, arguments, None).recover()
        for exchange, binding in self._definitions.bindings(self.name):
            self.exchanges[exchange].bind(binding, unpack(binding.packed))

    def remove_queue(self, queue: Queue) -> int:
        """Delete a queue; how many messages waited in it."""
        if self.queues.pop(queue.name, None) is None:
            return 0
        waiting = queue.backlog.size
        self._unbind_all(Destination("queue", queue.name))
        self._definitions.drop_queue(self.name, queue.name)
        queue.close()
        self.on_change()
        return waiting

    def bind(self, exchange: Exchange, binding: Binding, arguments: dict) -> None:
        if binding in exchange.bindings:
            return
        exchange.bind(binding, arguments)
        if exchange.durable and self._lasting(binding.destination):
            self._definitions.keep_binding(self.name, exchange.name, binding)

    def unbind(self, exchange: Exchange, binding: Binding) -> None:
        if not exchange.unbind(binding):
            return
        self._definitions.drop_binding(self.name, exchange.name, binding)
        if exchange.auto_delete and not exchange.bindings:
            self.remove_exchange(exchange)

    def close(self) -> None:
        for queue in list(self.queues.values()):
            queue.close()

    # messages

    def publish(self, content: Content) -> tuple[bool, bool]:
        """Put a message into its queues: (whether there was one, whether all took it)."""
        if content.exchange == "" and content.routing_key in self.replies:
            self.replies[content.routing_key].take(content)
            return False, True
        queues = self.route(content)
        refused = [queue for queue in queues if not queue.accepts(content)]
        for queue in queues:
            if queue not in refused:
                queue.push(content)
        for queue in refused:
            if queue.policy.overflow == "reject-publish-dlx":
                self._bury(queue, Entry(0, content, None, stored=False), "maxlen")
        return bool(queues), not refused

    def route(self, content: Content) -> list[Queue]:
        """The queues that a message is for, each once."""
        if content.exchange == "" and not content.headers:
            queue = self.queues.get(content.routing_key)
            return [] if queue is None else [queue]
        names: dict[str, None] = {}
        exchange = self.exchanges.get(content.exchange)
        if exchange is not None:
            for key in routing_keys(content):
                self._walk(exchange, content, key, names, {exchange.name})
        return [self.queues[name] for name in names if name in self.queues]

    def _walk(self, exchange: Exchange, content: Content, key: str, names: dict, seen: set) -> None:
        found = exchange.destinations(content, key)
        if not found and exchange.alternate in self.exchanges:
            found = [Destination("exchange", exchange.alternate)]
        for sort, name in found:
            if sort == "queue":
                names[name] = None
            elif name not in seen and name in self.exchanges:
                seen.add(name)
                self._walk(self.exchanges[name], content, key, names, seen)

    def _lasting(self, destination: Destination) -> bool:
        if destination.kind == "exchange":
            return self.exchanges[destination.name].durable
        queue = self.queues[destination.name]
        return queue.durable and queue.owner is None

    def _unbind_all(self, destination: Destination) -> None:
        for exchange in list(self.exchanges.values()):
            for binding in [one for one in exchange.bindings if one.destination == destination]:
                self.unbind(exchange, binding)


def routing_keys(content: Content) -> Iterable[str]:
    """The message's own, and those that its headers CC and BCC add."""
    keys = [content.routing_key]
    for name in ("CC", "BCC"):
        more = content.headers.get(name, [])
        if not isinstance(more, list):
            why = f'{{unacceptable_type_in_header,"{name}",{kind(more)}}}'
            raise ChannelFault(406, f"invalid message: {why}")
        keys += [each for each in more if isinstance(each, str)]
    return dict.fromkeys(keys)
