"""Whether what is declared again is declared the same way; if not, what RabbitMQ says about it."""

from pamqp import commands

from intark_lab.messages.broker.exchange import Exchange
from intark_lab.messages.broker.faults import ChannelFault, locked
from intark_lab.messages.broker.policy import SAME, kind
from intark_lab.messages.broker.queue import Queue

_TYPE = "x-queue-type"


def same_exchange(existing: Exchange, described: Exchange, vhost: str) -> None:
    place = f"for exchange '{existing.name}' in vhost '{vhost}'"
    names = {"type": "kind", "durable": "durable", "auto_delete": "auto_delete"}
    for name, attribute in {**names, "internal": "internal"}.items():
        _equal(name, getattr(described, attribute), getattr(existing, attribute), place)
    _equal_arguments(("alternate-exchange",), described.arguments, existing.arguments, place)


def same_queue(queue: Queue, method: commands.Queue.Declare, arguments: dict, channel) -> None:
    vhost = channel.vhost.name
    place = f"for queue '{queue.name}' in vhost '{vhost}'"
    if queue.owner is not (channel.connection if method.exclusive else None):
        raise locked(queue.name, vhost)
    _equal("durable", method.durable, queue.durable, place)
    _equal("auto_delete", method.auto_delete, queue.auto_delete, place)
    received, current = _beside(arguments, queue.arguments), _beside(queue.arguments, arguments)
    _equal_arguments(SAME, received, current, place)


def _beside(arguments: dict, others: dict) -> dict:
    """The arguments to compare with others: to say nothing of the type is to say classic."""
    if arguments.get(_TYPE) == "classic" and _TYPE not in others:
        return {name: value for name, value in arguments.items() if name != _TYPE}
    return arguments


def _equal(name: str, received: object, current: object, place: str) -> None:
    if received != current:
        said = f"received '{_word(received)}' but current is '{_word(current)}'"
        raise ChannelFault(406, f"inequivalent arg '{name}' {place}: {said}")


def _equal_arguments(names: tuple, received: dict, current: dict, place: str) -> None:
    for name in names:
        if name in received and name in current:
            _equal(name, received[name], current[name], place)
        elif name in received or name in current:
            raise ChannelFault(
                406,
                f"inequivalent arg '{name}' {place}: received {_said(received.get(name))} "
                f"but current is {_said(current.get(name))}",
            )


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(value: object) -> str:
    return "none" if value is None else f"the value '{_word(value)}' of type '{kind(value)}'"
