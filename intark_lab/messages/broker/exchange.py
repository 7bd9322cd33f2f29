"""Exchanges: where messages are published, and which of their bindings let a message pass."""

from collections.abc import Iterator
from typing import NamedTuple

from intark_lab.messages.broker import topics
from intark_lab.messages.broker.message import Content

KINDS = ("direct", "fanout", "topic", "headers")
_REMEMBERED = 1000


class Destination(NamedTuple):
    kind: str
    """`queue` or `exchange`."""
    name: str


class Binding(NamedTuple):
    destination: Destination
    routing_key: str
    packed: bytes
    """The arguments as a field table: two bindings differ where these do."""


class Exchange:
    """One exchange and the bindings that start at it."""

    def __init__(
        self,
        name: str,
        kind: str,
        durable: bool = True,
        auto_delete: bool = False,
        internal: bool = False,
        arguments: dict | None = None,
    ):
        self.name, self.kind = name, kind
        self.durable, self.auto_delete, self.internal = durable, auto_delete, internal
        self.arguments = arguments or {}
        self.bindings: dict[Binding, dict] = {}
        self._known: dict[str, list[Destination]] = {}

    @property
    def alternate(self) -> str | None:
        return self.arguments.get("alternate-exchange")

    def bind(self, binding: Binding, arguments: dict) -> None:
        self.bindings[binding] = arguments
        self._known.clear()

    def unbind(self, binding: Binding) -> bool:
        """Whether it was bound."""
        self._known.clear()
        return self.bindings.pop(binding, None) is not None

    def destinations(self, content: Content, routing_key: str) -> list[Destination]:
        """Where a message goes from here, each place once."""
        if self.kind == "headers":
            return list(dict.fromkeys(self._by_headers(content.headers)))
        found = self._known.get(routing_key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[routing_key] = list(dict.fromkeys(self._by_key(routing_key)))
        return found

    def _by_key(self, routing_key: str) -> Iterator[Destination]:
        for binding in self.bindings:
            if (
                self.kind == "fanout"
                or (self.kind == "direct" and binding.routing_key == routing_key)
                or (self.kind == "topic" and topics.matches(binding.routing_key, routing_key))
            ):
                yield binding.destination

    def _by_headers(self, headers: dict) -> Iterator[Destination]:
        for binding, arguments in self.bindings.items():
            if headers_match(arguments, headers):
                yield binding.destination


def headers_match(arguments: dict, headers: dict) -> bool:
    """`x-match` all (the default), any, all-with-x or any-with-x; None asks for presence only."""
    how = arguments.get("x-match", "all")
    wanted = [
        name in headers and (value is None or _same(headers[name], value))
        for name, value in arguments.items()
        if name != "x-match" and (how.endswith("-with-x") or not name.startswith("x-"))
    ]
    return any(wanted) if how.startswith("any") else all(wanted)


def _same(one: object, other: object) -> bool:
    """Equal, and of one kind: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
