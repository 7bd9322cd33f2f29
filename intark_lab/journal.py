"""What each application did: its calls as the gateway saw them, its messages as the broker did."""

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from intark_lab.messages.door import Event
    from intark_lab.store import Store

UNKNOWN = "1"
"""How Gravitee's usage rows name an API or application that no call could be matched to."""


class Call(NamedTuple):
    """One call through the gateway. Times in milliseconds, lengths in bytes, ids as text."""

    id: int
    at: int
    transaction_id: str
    request_id: str
    api: str
    plan: str | None
    application: str
    subscription: str | None
    method: str
    path: str
    """With the context path, without the query."""
    query: str
    """Without the API key, should a client have put it there."""
    status: int
    response_ms: int
    proxy_ms: int
    request_length: int
    response_length: int
    endpoint: str | None
    host: str
    user_agent: str
    remote: str
    key_from: str | None
    """`header` or `query`; None when no key came along."""
    error_key: str | None
    mapped_path: str | None = None
    """The API's path mapping that the path fits, such as `/emner/:id`."""


CALLER = ("api", "plan", "application", "subscription", "method", "endpoint", "key_from")
"""Columns of a call that say who called what. A lab sees few different ones together."""
CLIENT = ("host", "user_agent", "remote")
"""Columns that say with what program and from where: new in each call where a client likes."""
_SHARED = {*CALLER, *CLIENT, "request_id"}
OWN = (*(name for name in Call._fields[1:] if name not in _SHARED), "request_id")
"""The others, of which each call has its own."""


def calls(store: "Store", after: int = 0, application: str | None = None) -> list[Call]:
    """The calls with an id above `after`, oldest first; of one application where it is given."""
    where, values = "id > ?", [after]
    if application is not None:
        where, values = "id > ? AND application = ?", [after, application]
    rows = store.all(f"SELECT * FROM usage WHERE {where} ORDER BY id", *values)
    return [Call(*row) for row in rows]


class Handling(NamedTuple):
    """What happened to one message: published, delivered, acknowledged, or the like."""

    id: int
    at: int
    """Lab time, epoch ms."""
    after_call: int
    """The newest call when it happened: the two are in one order, also within a millisecond."""
    what: str
    """publish, deliver, redelivered, ack or nack; nack is for a reject too."""
    vhost: str
    user: str | None
    """None for a shovel, and for the institution's own systems."""
    queue: str | None
    """None for a publish."""
    exchange: str
    routing_key: str
    message_id: str | None
    body: bytes
    """No more of it than LONGEST."""


Handling.COLUMNS = ("id INTEGER PRIMARY KEY", *Handling._fields[1:])
LONGEST = 4000
MOST = 100_000
"""Handlings kept; older ones give way."""
_INSERT_HANDLING = f"INSERT INTO handling VALUES (NULL{', ?' * (len(Handling._fields) - 1)})"


class Watch:
    """Keeps what a broker tells, in the commit of the same turn of the event loop."""

    def __init__(self, store: "Store"):
        self._store = store
        self._pending: list[tuple] = []

    def __call__(self, event: "Event") -> None:
        if not self._pending:
            self._store.enlist(self._write)
        what, at, *rest, body = event
        self._pending.append((at, self._store.last_usage(), what, *rest, body[:LONGEST]))

    def _write(self, connection: sqlite3.Connection) -> None:
        rows, self._pending = self._pending, []
        connection.executemany(_INSERT_HANDLING, rows)
        connection.execute(
            "DELETE FROM handling WHERE id <= (SELECT max(id) FROM handling) - ?", (MOST,)
        )


def handlings(store: "Store", after: int = 0) -> list[Handling]:
    """Those with an id above `after`, oldest first."""
    rows = store.all("SELECT * FROM handling WHERE id > ? ORDER BY id", after)
    return [Handling(*row) for row in rows]


def in_order(calls: list[Call], handled: list[Handling]) -> list[Call | Handling]:
    """Both in the order in which they happened, so that work and acknowledgement can be told apart.

    A call counts when it was answered. Who acknowledges and calls at once, without waiting for
    the broker, may be seen in either order.
    """
    return sorted([*calls, *handled], key=_place)


def _place(one: Call | Handling) -> tuple[int, int, int]:
    return (one.id, 0, 0) if isinstance(one, Call) else (one.after_call, 1, one.id)
