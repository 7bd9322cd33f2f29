"""What each application did, as the gateway saw it: a row a call."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
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


Call.COLUMNS = ("id INTEGER PRIMARY KEY", *Call._fields[1:])


def calls(store: "Store", after: int = 0, application: str | None = None) -> list[Call]:
    """The calls with an id above `after`, oldest first; of one application where it is given."""
    where, values = "id > ?", [after]
    if application is not None:
        where, values = "id > ? AND application = ?", [after, application]
    rows = store.all(f"SELECT * FROM usage WHERE {where} ORDER BY id", *values)
    return [Call(*row) for row in rows]
