"""First states in memory: each is made once, and many labs live in it, one after the other.

SQLite reads a schema for longer than it takes to answer all that most labs ask. So the connection
of a lab that is closed goes back to the first state, with its schema read and its statements
prepared, and serves the next. The life of a lab is one transaction of its connection, undone at
the end; what a lab keeps together is a savepoint in it.
"""

import sqlite3

MOST_WAITING = 8
"""Connections of one first state that wait for the next lab; each holds about half a MiB."""


class Prepared:
    """A first state, and connections that stand in it."""

    def __init__(self, first: sqlite3.Connection):
        self._first = first
        self._waiting: list[sqlite3.Connection] = []

    def begin(self) -> sqlite3.Connection:
        """A connection for one lab alone, its transaction begun."""
        try:
            connection = self._waiting.pop()
        except IndexError:
            connection = self._new()
        connection.execute("BEGIN")
        return connection

    def end(self, connection: sqlite3.Connection) -> None:
        """The lab's life is over, and nothing of it stays."""
        if len(self._waiting) >= MOST_WAITING:
            connection.close()
            return
        connection.rollback()
        self._waiting.append(connection)

    def _new(self) -> sqlite3.Connection:
        connection = connect(":memory:")
        self._first.backup(connection)
        return connection


def connect(target: str) -> sqlite3.Connection:
    """To a file, or `:memory:`. Transactions begin and end where the code says so."""
    return sqlite3.connect(target, timeout=0, isolation_level=None, check_same_thread=False)
