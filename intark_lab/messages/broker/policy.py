"""What a queue was declared to do: the `x-` arguments of queue.declare, checked."""

from collections.abc import Callable
from dataclasses import dataclass

from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault
from intark_lab.messages.broker.message import LONGEST_TIME, Entry

LONGEST_QUEUE = 1_000_000
"""Messages that any queue may hold; then it refuses more, whatever it was declared to do."""
_NUMBERS = ("x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-max-priority")
_NAMES = ("x-dead-letter-exchange", "x-dead-letter-routing-key")
_STRATEGIES = ("at-most-once", "at-least-once")
_OVERFLOWS = ("drop-head", "reject-publish", "reject-publish-dlx")
_STREAMS = ("x-max-age", "x-stream-max-segment-size-bytes", "x-initial-cluster-size")
_CLASSIC = ("x-max-priority", "x-queue-mode", "x-queue-version", "x-queue-master-locator")
_QUORUM = (
    "x-delivery-limit",
    "x-dead-letter-strategy",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
    "x-quorum-initial-group-size",
    "x-queue-leader-locator",
)
_REFUSED = {"classic": (*_QUORUM, *_STREAMS), "quorum": (*_CLASSIC, *_STREAMS)}
"""Arguments that a type of queue does not know. Others that nobody knows are let pass."""
SAME = (
    "x-expires",
    "x-max-length",
    "x-max-length-bytes",
    *_NAMES,
    "x-dead-letter-strategy",
    "x-overflow",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
    "x-single-active-consumer",
    "x-queue-type",
    "x-message-ttl",
    *_CLASSIC,
    "x-delivery-limit",
    "x-quorum-initial-group-size",
    "x-queue-leader-locator",
)
"""Arguments that must be the same when a queue is declared again, in the order of complaints."""


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
    quorum: bool = False
    """Whether it was declared as a quorum queue, which counts deliveries in a header."""

    @property
    def sort(self) -> str:
        return "quorum" if self.quorum else "classic"

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
    queue: str,
    vhost: str,
    arguments: dict,
    durable: bool = True,
    exclusive: bool = False,
    auto_delete: bool = False,
) -> Policy:
    """Raises ChannelFault 406 for what no queue can be, ConnectionFault 540 for a stream."""
    place = f"queue '{queue}' in vhost '{vhost}'"

    def refuse(name: str, why: str) -> ChannelFault:
        return ChannelFault(406, f"invalid arg '{name}' for {place}: {why}")

    if not isinstance(arguments.get(_NAMES[0], ""), str):
        raise wrong_type(_NAMES[0], arguments[_NAMES[0]], place)
    _check_words(arguments, refuse)
    if _NAMES[1] in arguments and _NAMES[0] not in arguments:
        raise refuse(_NAMES[1], "routing_key_but_no_dlx_defined")
    _check_type(arguments, place, durable, exclusive, auto_delete)
    for name in (*_NUMBERS, "x-queue-version"):
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
        delivery_limit=_delivery_limit(arguments.get("x-delivery-limit")),
        single_active=arguments.get("x-single-active-consumer", False),
        quorum=arguments.get("x-queue-type") == "quorum",
    )


def _check_type(
    arguments: dict, place: str, durable: bool, exclusive: bool, auto_delete: bool
) -> None:
    sort = arguments.get("x-queue-type", "classic")
    wrong = {"non-durable": not durable, "exclusive-owner": exclusive, "auto-delete": auto_delete}
    for name, is_so in wrong.items():
        if sort != "classic" and is_so:
            raise ChannelFault(406, f"invalid property '{name}' for {place}")
    if sort == "stream":
        raise ConnectionFault(540, "streams")
    for name in _REFUSED[sort]:
        if name in arguments:
            raise ChannelFault(
                406, f"invalid arg '{name}' for {place} of queue type rabbit_{sort}_queue"
            )
    if arguments.get("x-dead-letter-strategy", _STRATEGIES[0]) not in _STRATEGIES:
        said = f"invalid arg 'x-dead-letter-strategy' for {place}: invalid_dlx_strategy"
        raise ChannelFault(406, said)


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


def _delivery_limit(said: object) -> int | None:
    """RabbitMQ passes over what is no limit."""
    return said if isinstance(said, int) and said >= 0 else None


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
    if (version := arguments.get("x-queue-version", 1)) not in (1, 2) and isinstance(version, int):
        raise refuse("x-queue-version", f"\"unsupported queue version '{version}'\"")


def wrong_type(name: str, value: object, place: str) -> ChannelFault:
    return ChannelFault(406, f"invalid type '{kind(value)}' for arg '{name}' in {place}")


def kind(value: object) -> str:
    """How RabbitMQ names the type of a value in a field table."""
    names = {bool: "bool", int: "signedint", str: "longstr", float: "double", dict: "table"}
    return names.get(type(value), "array" if isinstance(value, list) else "void")
