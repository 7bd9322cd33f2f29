"""Messages in the lab's sqlite file: what must outlast the process, and what waits in long queues.

A message's id is its queue's number and its place in one count for the whole lab, so that the
messages of a queue lie together and in order.
"""

import sqlite3
from collections.abc import Iterator

from intark_lab.messages.broker.message import Content, Entry
from intark_lab.store import Store

_PLACES = 40
_COLUMNS = "id, deliveries, persistent, expires_at, exchange, routing_key, properties, body"
_INSERT = f"INSERT INTO amqp_message({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_DELIVERED = "UPDATE amqp_message SET deliveries = ? WHERE id = ?"
_GONE = "DELETE FROM amqp_message WHERE id = ?"
_BETWEEN = f"SELECT {_COLUMNS} FROM amqp_message WHERE id > ? AND id < ? ORDER BY id LIMIT ?"


class Ledger:
    """The messages of one lab. What is asked for in a turn of the event loop is one commit."""

    def __init__(self, store: Store):
        self._store = store
        self.lasting = store.lasting
        self._new: dict[int, tuple] = {}
        self._delivered: dict[int, int] = {}
        self._gone: list[tuple[int]] = []
        self._place = 0

    def recover(self) -> None:
        """Forget what was not to outlast the process, and count on from the newest message."""
        with self._store.transaction():
            self._store.write(
                "DELETE FROM amqp_message WHERE NOT persistent"
                f" OR id >> {_PLACES} NOT IN (SELECT id FROM amqp_queue)"
            )
        places = (1 << _PLACES) - 1
        newest = self._store.one(f"SELECT max(id & {places}) FROM amqp_message")[0]
        self._place = newest or 0

    def place(self, queue: int) -> int:
        """The id of the next message in the queue with this number."""
        self._place += 1
        return queue << _PLACES | self._place

    def keep(self, entry: Entry, persistent: bool) -> None:
        content = entry.content
        self._enlist()
        entry.stored = True
        self._new[entry.id] = (
            entry.id,
            entry.deliveries,
            persistent,
            entry.expires_at,
            content.exchange,
            content.routing_key,
            content.properties,
            content.body,
        )

    def delivered(self, entry: Entry) -> None:
        """Remember that it was delivered: if nobody acknowledges, it is redelivered."""
        self._enlist()
        self._delivered[entry.id] = entry.deliveries

    def drop(self, entry: Entry) -> None:
        if self._new.pop(entry.id, None) is None:
            self._enlist()
            self._gone.append((entry.id,))
        self._delivered.pop(entry.id, None)

    def drop_after(self, queue: int, entry_id: int) -> None:
        """Drop all of a queue's messages behind one."""
        self.commit()
        between = (entry_id, queue + 1 << _PLACES)
        self._store.enlist(
            lambda connection: connection.execute(
                "DELETE FROM amqp_message WHERE id > ? AND id < ?", between
            )
        )

    def after(self, queue: int, entry_id: int, limit: int) -> Iterator[Entry]:
        """The next messages of a queue behind one, in order."""
        self.commit()
        rows = self._store.all(
            _BETWEEN,
            max(entry_id, queue << _PLACES),
            queue + 1 << _PLACES,
            limit,
        )
        return map(_entry, rows)

    def size(self, queue: int) -> tuple[int, int]:
        """How many messages of a queue are here, and the octets of their bodies."""
        return tuple(
            self._store.one(
                "SELECT count(*), coalesce(sum(length(body)), 0) FROM amqp_message"
                " WHERE id > ? AND id < ?",
                queue << _PLACES,
                queue + 1 << _PLACES,
            )
        )

    def commit(self) -> None:
        """Raises sqlite3.Error where the file cannot be written."""
        if self._new or self._delivered or self._gone:
            self._store.flush()

    def _enlist(self) -> None:
        if not (self._new or self._delivered or self._gone):
            self._store.enlist(self._write)

    def _write(self, connection: sqlite3.Connection) -> None:
        new, self._new = self._new, {}
        delivered, self._delivered = self._delivered, {}
        gone, self._gone = self._gone, []
        if new:
            connection.executemany(_INSERT, new.values())
        if delivered:
            marks = [(deliveries, entry) for entry, deliveries in delivered.items()]
            connection.executemany(_DELIVERED, marks)
        if gone:
            connection.executemany(_GONE, gone)


def _entry(row: sqlite3.Row) -> Entry:
    content = Content(row["exchange"], row["routing_key"], row["properties"], row["body"])
    entry = Entry(row["id"], content, row["expires_at"], stored=True)
    entry.deliveries = row["deliveries"]
    entry.redelivered = bool(entry.deliveries)
    return entry
