"""Declaring, binding and deleting exchanges and queues, as clients ask for it on a channel."""

import secrets
from types import MappingProxyType

from pamqp import commands

from intark_lab.messages.broker import replies, wire
from intark_lab.messages.broker.definitions import pack
from intark_lab.messages.broker.exchange import KINDS, Binding, Destination, Exchange
from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault, refused
from intark_lab.messages.broker.policy import kind, wrong_type
from intark_lab.messages.broker.publishing import check_topic
from intark_lab.messages.broker.same import same_exchange, same_queue

_DEFAULT = "operation not permitted on the default exchange"


def exchange_declare(channel, method: commands.Exchange.Declare):
    vhost, name = channel.vhost, method.exchange
    arguments = method.arguments or {}
    if method.passive:
        _not_default(name)
        vhost.exchange(name)
        return commands.Exchange.DeclareOk()
    if method.exchange_type not in KINDS:
        how = "unknown" if method.exchange_type else "invalid"
        raise ConnectionFault(503, f"{how} exchange type '{method.exchange_type}'")
    _not_default(name)
    _may(channel, "configure", "exchange", name)
    described = Exchange(
        name,
        method.exchange_type,
        method.durable,
        method.auto_delete,
        method.internal,
        arguments,
    )
    _may_alternate(channel, described)
    existing = vhost.exchanges.get(name)
    if existing is not None:
        same_exchange(existing, described, vhost.name)
    else:
        _not_reserved("exchange", name)
        vhost.add_exchange(described)
    return commands.Exchange.DeclareOk()


def exchange_delete(channel, method: commands.Exchange.Delete):
    name = method.exchange
    _not_default(name)
    if name.startswith("amq."):
        place = f"exchange '{name}' in vhost '{channel.vhost.name}'"
        raise ChannelFault(403, f"deletion of system {place} not allowed")
    _may(channel, "configure", "exchange", name)
    exchange = channel.vhost.exchanges.get(name)
    if exchange is not None:
        if method.if_unused and exchange.bindings:
            raise ChannelFault(406, f"exchange '{name}' in vhost '{channel.vhost.name}' in use")
        channel.vhost.remove_exchange(exchange)
    return commands.Exchange.DeleteOk()


def exchange_bind(channel, method: commands.Exchange.Bind):
    _bind(channel, Destination("exchange", method.destination), method.source, method)
    return commands.Exchange.BindOk()


def exchange_unbind(channel, method: commands.Exchange.Unbind):
    _unbind(channel, Destination("exchange", method.destination), method.source, method)
    return commands.Exchange.UnbindOk()


def queue_declare(channel, method: commands.Queue.Declare):
    vhost, owner = channel.vhost, channel.connection
    name = method.queue
    if name == replies.NAME or name in vhost.replies:
        return wire.declare_ok(name, 0, 1)
    if method.passive or name.startswith(replies.PREFIX):
        queue = vhost.queue(name, owner)
    else:
        name = name or f"amq.gen-{secrets.token_urlsafe(16)}"
        _may(channel, "configure", "queue", name)
        arguments = method.arguments or {}
        if name in vhost.queues:
            queue = vhost.queues[name]
            same_queue(queue, method, arguments, channel)
        else:
            if method.queue:
                _not_reserved("queue", name)
            _may_dead_letter(channel, name, arguments)
            queue = vhost.add_queue(
                name,
                method.durable,
                method.auto_delete,
                arguments,
                owner if method.exclusive else None,
            )
    queue.used()
    channel.last_queue = queue.name
    return wire.declare_ok(queue.name, queue.backlog.size, len(queue.consumers))


def queue_bind(channel, method: commands.Queue.Bind):
    queue = channel.queue_name(method.queue)
    if not method.queue and not method.routing_key:
        method.routing_key = queue
    _bind(channel, Destination("queue", queue), method.exchange, method)
    return commands.Queue.BindOk()


def queue_unbind(channel, method: commands.Queue.Unbind):
    queue = channel.queue_name(method.queue)
    if not method.queue and not method.routing_key:
        method.routing_key = queue
    _unbind(channel, Destination("queue", queue), method.exchange, method)
    return commands.Queue.UnbindOk()


def queue_purge(channel, method: commands.Queue.Purge):
    name = channel.queue_name(method.queue)
    _may(channel, "read", "queue", name)
    return commands.Queue.PurgeOk(channel.queue(name).purge())


def queue_delete(channel, method: commands.Queue.Delete):
    name, vhost = channel.queue_name(method.queue), channel.vhost
    _may(channel, "configure", "queue", name)
    if name not in vhost.queues:
        return commands.Queue.DeleteOk(0)
    queue = vhost.queue(name, channel.connection)
    _check_conditions(queue, method, vhost.name)
    if method.if_unused and queue.consumers:
        raise ChannelFault(406, f"queue '{name}' in vhost '{vhost.name}' in use")
    if method.if_empty and queue.backlog.size:
        raise ChannelFault(406, f"queue '{name}' in vhost '{vhost.name}' not empty")
    return commands.Queue.DeleteOk(vhost.remove_queue(queue))


def _check_conditions(queue, method: commands.Queue.Delete, vhost: str) -> None:
    for flag in ("if_unused", "if_empty"):
        if queue.policy.quorum and getattr(method, flag):
            name = flag.replace("_", "-")
            raise ConnectionFault(
                540,
                f"cannot delete queue '{queue.name}' in vhost '{vhost}'. queue.delete operations "
                f"with {name} flag set are not supported by quorum queues",
            )


def _bind(channel, destination: Destination, source: str, method) -> None:
    vhost = channel.vhost
    exchange = channel.vhost.exchange(_ends(channel, destination, source, method.routing_key))
    if destination.kind == "queue":
        vhost.queue(destination.name, channel.connection)
    else:
        vhost.exchange(destination.name)
    arguments = method.arguments or {}
    if exchange.kind == "headers":
        _check_match(arguments.get("x-match", "all"))
    vhost.bind(exchange, Binding(destination, method.routing_key, pack(arguments)), arguments)


def _unbind(channel, destination: Destination, source: str, method) -> None:
    exchange = channel.vhost.exchanges.get(_ends(channel, destination, source, method.routing_key))
    if exchange is None:
        return
    arguments = method.arguments or {}
    channel.vhost.unbind(exchange, Binding(destination, method.routing_key, pack(arguments)))


def _ends(channel, destination: Destination, source: str, routing_key: str) -> str:
    """The exchange where a binding starts, if the user may use it and its other end."""
    _not_default(source)
    if destination.kind == "exchange":
        _not_default(destination.name)
    _may(channel, "write", destination.kind, destination.name)
    _may(channel, "read", "exchange", source)
    exchange = channel.vhost.exchanges.get(source)
    if exchange is not None and exchange.kind == "topic":
        check_topic(channel, source, "read", routing_key)
    return source


def _check_match(how: object) -> None:
    if not isinstance(how, str):
        said = f"type {kind(how)} (value {how}); expected longstr"
        raise ChannelFault(406, f"Invalid x-match field {said}")
    if how not in ("all", "any", "all-with-x", "any-with-x"):
        expected = "expected all, any, all-with-x, or any-with-x"
        raise ChannelFault(406, f'Invalid x-match field value <<"{how}">>; {expected}')


def _may(channel, what: str, sort: str, name: str) -> None:
    vhost, user = channel.vhost.name, channel.user
    if not user.may(vhost, what, name):
        raise refused(sort, name, vhost, user.name)


def _may_alternate(channel, exchange: Exchange) -> None:
    if not isinstance(exchange.alternate, str | None):
        place = f"exchange '{exchange.name}' in vhost '{channel.vhost.name}'"
        raise wrong_type("alternate-exchange", exchange.alternate, place)
    if exchange.alternate is not None:
        _may(channel, "read", "exchange", exchange.name)
        _may(channel, "write", "exchange", exchange.alternate)


def _may_dead_letter(channel, queue: str, arguments: dict) -> None:
    target = arguments.get("x-dead-letter-exchange")
    if isinstance(target, str):
        _may(channel, "read", "queue", queue)
        _may(channel, "write", "exchange", target)


def _not_default(exchange: str) -> None:
    if not exchange:
        raise ChannelFault(403, _DEFAULT)


def _not_reserved(sort: str, name: str) -> None:
    if name.startswith("amq."):
        raise ChannelFault(403, f"{sort} name '{name}' contains reserved prefix 'amq.*'")


ACTIONS = MappingProxyType(
    {
        commands.Exchange.Declare: exchange_declare,
        commands.Exchange.Delete: exchange_delete,
        commands.Exchange.Bind: exchange_bind,
        commands.Exchange.Unbind: exchange_unbind,
        commands.Queue.Declare: queue_declare,
        commands.Queue.Bind: queue_bind,
        commands.Queue.Unbind: queue_unbind,
        commands.Queue.Purge: queue_purge,
        commands.Queue.Delete: queue_delete,
    }
)
