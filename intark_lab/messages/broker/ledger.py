"""Messages in the lab's sqlite file: what must outlast the process, and what waits in long queues.

A message's id is its queue's number and its place in one count for the whole lab, so that the
messages of a queue lie together and in order.
"""

import sqlite3
from collections.abc import Iterator

from intark_lab.messages.broker.message import Content, Entry
from intark_lab.store import Store

_PLACES = 40
_COLUMNS = "exchange, routing_key, properties, body, persistent, expires_at"
_INSERT = f"INSERT INTO amqp_message(id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_BETWEEN = f"""
SELECT amqp_message.id, {_COLUMNS}, coalesce(deliveries, 0) AS deliveries
FROM amqp_message LEFT JOIN amqp_delivered USING(id)
WHERE amqp_message.id > ? AND amqp_message.id < ? ORDER BY amqp_message.id LIMIT ?"""


class Ledger:
    """The messages of one lab. What is asked for in a turn of the event loop is one commit."""

    def __init__(self, store: Store):
        self._store = store
        self.lasting = store.lasting
        self._new: dict[int, tuple] = {}
        self._delivered: dict[int, int] = {}
        self._gone: list[int] = []
        self._unmarked: list[int] = []
        self._place = 0

    def recover(self) -> None:
        """Forget what was not to outlast the process, and count on from the newest message."""
        with self._store.transaction():
            self._store.write(
                "DELETE FROM amqp_message WHERE NOT persistent"
                f" OR id >> {_PLACES} NOT IN (SELECT id FROM amqp_queue)"
            )
            self._store.write(
                "DELETE FROM amqp_delivered WHERE id NOT IN (SELECT id FROM amqp_message)"
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
            content.exchange,
            content.routing_key,
            content.properties,
            content.body,
            persistent,
            entry.expires_at,
        )

    def delivered(self, entry: Entry) -> None:
        """Remember that it was delivered: if nobody acknowledges, it is redelivered."""
        self._enlist()
        self._delivered[entry.id] = entry.deliveries
        entry.marked = True

    def drop(self, entry: Entry) -> None:
        if self._new.pop(entry.id, None) is None:
            self._enlist()
            self._gone.append(entry.id)
        if self._delivered.pop(entry.id, None) is None and entry.marked:
            self._unmarked.append(entry.id)

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
        unmarked, self._unmarked = self._unmarked, []
        if new:
            connection.executemany(_INSERT, new.values())
        if delivered:
            connection.executemany(
                "INSERT OR REPLACE INTO amqp_delivered VALUES (?, ?)", delivered.items()
            )
        for table, ids in (("amqp_message", gone), ("amqp_delivered", unmarked)):
            if ids:
                rows = [(each,) for each in ids]
                connection.executemany(f"DELETE FROM {table} WHERE id = ?", rows)


def _entry(row: sqlite3.Row) -> Entry:
    content = Content(row["exchange"], row["routing_key"], row["properties"], row["body"])
    entry = Entry(row["id"], content, row["expires_at"], stored=True)
    entry.deliveries = row["deliveries"]
    entry.redelivered = entry.marked = bool(entry.deliveries)
    return entry
