"""What a queue was declared to do: the `x-` arguments of queue.declare, checked."""

from collections.abc import Callable
from dataclasses import dataclass

from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault
from intark_lab.messages.broker.message import Entry

LONGEST_QUEUE = 1_000_000
"""Messages that any queue may hold; then it refuses more, whatever it was declared to do."""
LONGEST_TIME = 2**32 - 1
_NUMBERS = ("x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-max-priority")
_NAMES = ("x-dead-letter-exchange", "x-dead-letter-routing-key")
_OVERFLOWS = ("drop-head", "reject-publish", "reject-publish-dlx")
_OF_ONE_TYPE = {"classic": ("x-delivery-limit",), "quorum": ("x-max-priority", "x-queue-mode")}
"""Arguments that a type of queue does not know."""
SAME = (
    *_NUMBERS,
    *_NAMES,
    "x-overflow",
    "x-queue-mode",
    "x-single-active-consumer",
    "x-delivery-limit",
    "x-queue-type",
)
"""Arguments that must be the same when a queue is declared again."""


@dataclass(frozen=True)
class Policy:
    """Times are milliseconds; None is no limit."""

    ttl: int | None = None
    expires: int | None = None
    length: int | None = None
    octets: int | None = None
    overflow: str = "drop-head"
    priorities: int = 0
    dead_letter_exchange: str | None = None
    dead_letter_key: str | None = None
    delivery_limit: int | None = None
    single_active: bool = False

    @property
    def rejects(self) -> bool:
        """Whether it refuses new messages when it is full, rather than drop old ones."""
        return self.overflow != "drop-head" or (self.length is None and self.octets is None)

    def overfull(self, size: int, octets: int) -> bool:
        most = LONGEST_QUEUE if self.length is None else min(self.length, LONGEST_QUEUE)
        return size > most or (self.octets is not None and octets > self.octets)

    def worn_out(self, entry: Entry) -> bool:
        """Whether it came back too often."""
        return self.delivery_limit is not None and entry.deliveries > self.delivery_limit


def policy(
    queue: str, vhost: str, arguments: dict, durable: bool = True, exclusive: bool = False
) -> Policy:
    """Raises ChannelFault 406 for what no queue can be, ConnectionFault 540 for a stream."""
    place = f"queue '{queue}' in vhost '{vhost}'"

    def refuse(name: str, why: str) -> ChannelFault:
        return ChannelFault(406, f"invalid arg '{name}' for {place}: {why}")

    if not isinstance(arguments.get(_NAMES[0], ""), str):
        raise wrong_type(_NAMES[0], arguments[_NAMES[0]], place)
    if _NAMES[1] in arguments and _NAMES[0] not in arguments:
        raise refuse(_NAMES[1], "routing_key_but_no_dlx_defined")
    _check_words(arguments, refuse)
    _check_type(arguments, place, durable, exclusive)
    for name in (*_NUMBERS, "x-delivery-limit"):
        if name in arguments:
            _check_number(name, arguments[name], refuse)
    return Policy(
        ttl=arguments.get("x-message-ttl"),
        expires=arguments.get("x-expires"),
        length=arguments.get("x-max-length"),
        octets=arguments.get("x-max-length-bytes"),
        overflow=arguments.get("x-overflow", "drop-head"),
        priorities=arguments.get("x-max-priority", 0),
        dead_letter_exchange=arguments.get("x-dead-letter-exchange"),
        dead_letter_key=arguments.get("x-dead-letter-routing-key"),
        delivery_limit=arguments.get("x-delivery-limit"),
        single_active=arguments.get("x-single-active-consumer", False),
    )


def _check_type(arguments: dict, place: str, durable: bool, exclusive: bool) -> None:
    sort = arguments.get("x-queue-type", "classic")
    if sort != "classic" and not durable:
        raise ChannelFault(406, f"invalid property 'non-durable' for {place}")
    if sort != "classic" and exclusive:
        raise ChannelFault(406, f"invalid property 'exclusive-owner' for {place}")
    if sort == "stream":
        raise ConnectionFault(540, "streams")
    for name in _OF_ONE_TYPE[sort]:
        if name in arguments:
            raise ChannelFault(
                406, f"invalid arg '{name}' for {place} of queue type rabbit_{sort}_queue"
            )


def _check_number(name: str, value: object, refuse: Callable[[str, str], ChannelFault]) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(name, f'"expected integer, got {kind(value)}"')
    if value < 0:
        raise refuse(name, f"{{value_negative,{value}}}")
    if name == "x-expires" and value == 0:
        raise refuse(name, "{value_zero,0}")
    if name in ("x-expires", "x-message-ttl") and value > LONGEST_TIME:
        raise refuse(name, f"{{value_too_large,{value}}}")
    if name == "x-max-priority" and value > 255:
        raise refuse(name, f"{{max_value_exceeded,{value}}}")


def _check_words(arguments: dict, refuse: Callable[[str, str], ChannelFault]) -> None:
    single = arguments.get("x-single-active-consumer", False)
    if not isinstance(single, bool):
        raise refuse("x-single-active-consumer", f"{{unacceptable_type,{kind(single)}}}")
    for name in (_NAMES[1], "x-overflow", "x-queue-type", "x-queue-mode"):
        if not isinstance(arguments.get(name, ""), str):
            raise refuse(name, f"{{unacceptable_type,{kind(arguments[name])}}}")
    if arguments.get("x-overflow", "drop-head") not in _OVERFLOWS:
        raise refuse("x-overflow", "invalid_overflow")
    if (sort := arguments.get("x-queue-type", "classic")) not in ("classic", "quorum", "stream"):
        raise refuse("x-queue-type", f"\"unsupported queue type '{sort}'\"")
    if (mode := arguments.get("x-queue-mode", "default")) not in ("default", "lazy"):
        raise refuse("x-queue-mode", f"\"unsupported queue mode '{mode}'\"")


def wrong_type(name: str, value: object, place: str) -> ChannelFault:
    return ChannelFault(406, f"invalid type '{kind(value)}' for arg '{name}' in {place}")


def kind(value: object) -> str:
    """How RabbitMQ names the type of a value in a field table."""
    names = {bool: "bool", int: "signedint", str: "longstr", float: "double", dict: "table"}
    return names.get(type(value), "array" if isinstance(value, list) else "void")
