"""One sqlite file: what the manager keeps, what the gateway counted, what the learner tried.

WAL with synchronous NORMAL: a committed row survives kill -9, not a power cut. Usage rows and
messages that arrive in one turn of the event loop share a commit, and are answered after it. A
store in memory ends with its process anyway: there a call is answered at once, and its row is
written before anybody reads. The tables are in `schema`.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from intark_lab import schema, traffic
from intark_lab.arrivals import Arrivals
from intark_lab.prepared import Prepared, connect

TRANSACTION = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
SAVEPOINT = ("SAVEPOINT step", "RELEASE step", ("ROLLBACK TO step", "RELEASE step"))
"""How writes begin that are kept together, and how they end, well or not."""
MOST_HELD = 16
"""Calls that a store in memory writes together, unless somebody reads before."""

Told = Callable[[Exception | None], None]
"""Is called when something was committed, or with why it could not be."""


class StateInUse(Exception):
    """Another lab holds the state file."""

    exit_code = 3
    """Of a lab process that met it: whoever started the process looks for the other lab."""


class Store:
    """Rows in, rows out. Used by one thread: the one that runs the lab's event loop.

    `generation` is raised by each committed transaction, so that a reader who keeps a snapshot
    knows when to read again.
    """

    def __init__(self, connection: sqlite3.Connection, prepared: Prepared | None = None):
        connection.row_factory = sqlite3.Row
        self._connection, self._prepared = connection, prepared
        self._steps = SAVEPOINT if prepared else TRANSACTION
        self._writing = self._shows_traffic = False
        self.generation = 0
        self.lasting = False
        """Whether it is a file, and outlasts the process."""
        self._enlisted: list[Callable[[sqlite3.Connection], None]] = []
        self._waiting: list[Told] = []
        self._arrivals = Arrivals(connection)

    @classmethod
    def in_memory(cls) -> "Store":
        """An empty store without a file. Most of its tables stay empty: a small page each."""
        connection = connect(":memory:")
        connection.execute("PRAGMA page_size=1024")
        schema.bring_up_to_date(connection)
        return cls(connection)

    @classmethod
    def of(cls, prepared: Prepared) -> "Store":
        """A store in memory in a first state."""
        return cls(prepared.begin(), prepared)

    @classmethod
    def at(cls, file: Path) -> "Store":
        """The store in `file`, made with the owner's rights alone where it is not there.

        One process holds it at a time. Raises StateInUse, and sqlite3.DatabaseError where the
        file is no state file.
        """
        file.touch(mode=0o600, exist_ok=True)
        connection = connect(str(file))
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            # Pages before the log is written back, with an fsync: rarely enough for a busy queue.
            connection.execute("PRAGMA wal_autocheckpoint=4000")
            connection.execute("BEGIN IMMEDIATE")
            _refuse_another_programs(connection)
            schema.bring_up_to_date(connection)
            traffic.count(connection)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error):
                raise StateInUse(str(file)) from error
            raise
        except sqlite3.DatabaseError:
            connection.close()
            raise
        store = cls(connection)
        store.lasting = True
        return store

    def prepared(self) -> Prepared:
        """What this store holds now as the first state of others, see `of`. It stays as it is."""
        return Prepared(self._complete())

    def image(self) -> bytes:
        return self._complete().serialize()

    def show_traffic(self, ids: Callable[[str, str], list]) -> None:
        """Let questions ask `traffic`, the calls of the gateway and of the history (see there)."""
        if not self._shows_traffic:
            traffic.show(self._connection, ids)
            self._shows_traffic = True

    def close(self) -> None:
        self._flush()
        connection, self._connection = self._connection, _CLOSED
        if self._prepared is None:
            connection.close()
        elif connection is not _CLOSED:
            self._prepared.end(connection)

    def all(self, sql: str, *values) -> list[sqlite3.Row]:
        return self._complete().execute(sql, values).fetchall()

    def one(self, sql: str, *values) -> sqlite3.Row | None:
        return self._complete().execute(sql, values).fetchone()

    def write(self, sql: str, *values) -> int:
        """Run a changing statement inside `transaction()`; the number of rows it touched."""
        self._require_transaction()
        return self._connection.execute(sql, values).rowcount

    def write_many(self, sql: str, rows: list[tuple]) -> None:
        """Run a changing statement for each row, inside `transaction()`."""
        self._require_transaction()
        self._connection.executemany(sql, rows)

    def _require_transaction(self) -> None:
        if not self._writing:
            raise RuntimeError("write inside `with store.transaction()`")

    def insert(self, table: str, **columns) -> None:
        """Insert one row inside `transaction()`."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        self.write(f"INSERT INTO {table}({names}) VALUES ({marks})", *columns.values())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together, or none of them when the body raises."""
        self._complete()
        with self._together():
            yield
        self.generation += 1

    def last_usage(self) -> int:
        """The id of the newest usage row, 0 when there is none."""
        return self._arrivals.last

    def enlist(self, write: Callable[[sqlite3.Connection], None]) -> None:
        """Have `write` called in the commit that ends this turn of the event loop."""
        if not self._enlisted:
            asyncio.get_running_loop().call_soon(self._flush)
        self._enlisted.append(write)

    def flush(self) -> None:
        """Commit what was enlisted now: all of it, or none. Raises sqlite3.Error."""
        enlisted, self._enlisted = self._enlisted, []
        waiting, self._waiting = self._waiting, []
        if not enlisted:
            return
        try:
            self._commit(enlisted)
        except Exception as error:
            self._arrivals.forget()
            for told in waiting:
                told(error)
            raise
        for told in waiting:
            told(None)

    def usage(self, call: Sequence) -> "asyncio.Future[None]":
        """Keep one call (the columns of Call but its id). Await the result before answering."""
        committed = asyncio.get_running_loop().create_future()
        self.record(call, partial(_settle, committed))
        return committed

    def record(self, call: Sequence, told: Told) -> None:
        """Keep one call, as `usage` does, and tell of it when it is kept or cannot be."""
        held = self._arrivals.add(call)
        if self.lasting:
            self._waiting.append(told)
            if held == 1:
                self.enlist(self._arrivals.write)
        else:
            if held == MOST_HELD:
                self._complete()
            told(None)

    def _complete(self) -> sqlite3.Connection:
        """The connection, with the calls that are held back in memory."""
        if not self.lasting:
            self._arrivals.write(self._connection)
        return self._connection

    def _flush(self) -> None:
        with suppress(sqlite3.Error):  # told to those who wait
            self.flush()

    def _commit(self, enlisted: list[Callable[[sqlite3.Connection], None]]) -> None:
        with self._together():
            for write in enlisted:
                write(self._connection)

    @contextmanager
    def _together(self) -> Iterator[None]:
        if self._writing:
            raise RuntimeError("one transaction at a time")
        begin, keep, undo = self._steps
        self._connection.execute(begin)
        self._writing = True
        try:
            yield
            self._connection.execute(keep)
        except BaseException:
            if self._connection.in_transaction:  # where SQLite has not undone it by itself
                for statement in undo:
                    self._connection.execute(statement)
            raise
        finally:
            self._writing = False


_CLOSED = connect(":memory:")
_CLOSED.close()


def _settle(committed: "asyncio.Future[None]", error: Exception | None) -> None:
    if committed.done():  # a client that hung up has cancelled its own
        return
    if error is None:
        committed.set_result(None)
    else:
        committed.set_exception(error)


def _refuse_another_programs(connection: sqlite3.Connection) -> None:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if names and "meta" not in names:
        raise sqlite3.DatabaseError("it is another program's database")
