"""The gateway's calls on their way into the state.

Of a call's columns ten are the same from call to call. They stand once, in the tables `caller`
and `client`, and a call's row refers to them by number.
"""

import sqlite3
from collections.abc import Sequence
from operator import itemgetter

from intark_lab.journal import CALLER, CLIENT, OWN, Call
from intark_lab.traffic import COUNT_EACH, count

MOST_CALLERS, MOST_CLIENTS = 100_000, 1000
"""Whose numbers are remembered. Who was forgotten and comes again stands there twice: clients may,
but each question about an API or application reads all callers.
"""
_INSERT = f"INSERT INTO call VALUES (?, ?{', ?' * len(OWN)}, nullif(?, ?))"
"""The request has an id of its own where the client said to which transaction it belongs."""


class Numbers(dict):
    """The numbers of a table's rows, by what stands in them. Who is not there gets the next.

    Rows that were numbered here are in the table after `write`.
    """

    def __init__(
        self, connection: sqlite3.Connection, table: str, columns: tuple[str, ...], most: int
    ):
        self._connection, self._most = connection, most
        self._newest = f"SELECT * FROM {table} ORDER BY id DESC LIMIT {most}"
        self._insert = f"INSERT INTO {table} VALUES (?{', ?' * len(columns)})"
        self.forget()

    def __missing__(self, row: tuple) -> int:
        if self._last is None:
            self._read()
            return self[row]
        if len(self) >= self._most:
            self.clear()
        self._last = self[row] = self._last + 1
        self._new.append((self._last, *row))
        return self._last

    def write(self, connection: sqlite3.Connection) -> None:
        if self._new:
            connection.executemany(self._insert, self._new)
            self._new = []

    def forget(self) -> None:
        """What was numbered since the last commit is not there: read again what is."""
        self.clear()
        self._last: int | None = None
        self._new: list[tuple] = []

    def _read(self) -> None:
        self._last = 0
        for number, *row in reversed(self._connection.execute(self._newest).fetchall()):
            self[tuple(row)] = self._last = number


class Arrivals:
    """Calls that wait to be written together."""

    def __init__(self, connection: sqlite3.Connection):
        newest = connection.execute("SELECT max(id) FROM call").fetchone()[0]
        self.last = self._counted = newest or 0
        """The id of the newest call."""
        self._rows: list[tuple] = []
        self._callers = Numbers(connection, "caller", CALLER, MOST_CALLERS)
        self._clients = Numbers(connection, "client", CLIENT, MOST_CLIENTS)

    def add(self, call: Sequence) -> int:
        """Number a call (the columns of Call but its id); how many wait now."""
        self.last += 1
        caller, client = self._callers[_caller(call)], self._clients[_client(call)]
        self._rows.append((self.last, caller, client, *_own(call)))
        return len(self._rows)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what waits, and count the calls where it is time."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        self._callers.write(connection)
        self._clients.write(connection)
        connection.executemany(_INSERT, rows)
        if self.last >= self._counted + COUNT_EACH:
            count(connection)
            self._counted = self.last

    def forget(self) -> None:
        """Leave out what waits, and what was written since the last commit: it was undone."""
        self._rows = []
        self._callers.forget()
        self._clients.forget()


def _picked(names: tuple[str, ...]) -> itemgetter:
    """Those columns of a call without its id."""
    return itemgetter(*(Call._fields.index(name) - 1 for name in names))


_caller, _client, _own = map(_picked, (CALLER, CLIENT, (*OWN, "transaction_id")))
