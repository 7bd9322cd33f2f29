"""What a queue was declared to do: the `x-` arguments of queue.declare, checked."""

from dataclasses import dataclass

from intark_lab.messages.broker.faults import ChannelFault, ConnectionFault
from intark_lab.messages.broker.message import Entry

LONGEST_QUEUE = 1_000_000
"""Messages that any queue may hold; then it refuses more, whatever it was declared to do."""
_NUMBERS = (
    "x-message-ttl",
    "x-expires",
    "x-max-length",
    "x-max-length-bytes",
    "x-max-priority",
    "x-delivery-limit",
)
_WORDS = {
    "x-dead-letter-exchange": None,
    "x-dead-letter-routing-key": None,
    "x-overflow": ("drop-head", "reject-publish", "reject-publish-dlx"),
    "x-queue-type": ("classic", "quorum"),
    "x-queue-mode": ("default", "lazy"),
}
KNOWN = (*_NUMBERS, *_WORDS, "x-single-active-consumer")
LONGEST_TIME = 2**32 - 1


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


def policy(queue: str, vhost: str, arguments: dict) -> Policy:
    """Raises ChannelFault 406 for an argument that no queue can have."""

    def refuse(name: str, why: str) -> ChannelFault:
        return ChannelFault(
            406, f"invalid arg '{name}' for queue '{queue}' in vhost '{vhost}': {why}"
        )

    if arguments.get("x-queue-type") == "stream":
        raise ConnectionFault(540, "streams")
    for name in _NUMBERS:
        if name in arguments:
            _check_number(name, arguments[name], refuse)
    for name, allowed in _WORDS.items():
        if name in arguments:
            _check_word(name, arguments[name], allowed, refuse)
    if "x-dead-letter-routing-key" in arguments and "x-dead-letter-exchange" not in arguments:
        raise refuse("x-dead-letter-routing-key", "routing_key_but_no_dlx_defined")
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
        single_active=bool(arguments.get("x-single-active-consumer")),
    )


def _check_number(name: str, value: object, refuse) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(name, f"{{unacceptable_type,{kind(value)}}}")
    if value < 0:
        raise refuse(name, f"{{value_negative,{value}}}")
    if name == "x-expires" and value == 0:
        raise refuse(name, "{value_zero,0}")
    if name in ("x-expires", "x-message-ttl") and value > LONGEST_TIME:
        raise refuse(name, f"{{value_too_big,{value}}}")
    if name == "x-max-priority" and value > 255:
        raise refuse(name, f"{{max_value_exceeded,{value}}}")


def _check_word(name: str, value: object, allowed: tuple | None, refuse) -> None:
    if not isinstance(value, str):
        raise refuse(name, f"{{unacceptable_type,{kind(value)}}}")
    if allowed is not None and value not in allowed:
        raise refuse(name, f'invalid value <<"{value}">>')


def kind(value: object) -> str:
    """How RabbitMQ names the type of a value in a field table."""
    names = {bool: "bool", int: "signedint", str: "longstr", float: "double", dict: "table"}
    return names.get(type(value), "array" if isinstance(value, list) else "void")
