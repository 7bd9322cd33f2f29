"""One sqlite file: what the manager keeps, what the gateway counted, what the learner tried.

WAL with synchronous NORMAL: a committed row survives kill -9, not a power cut. Usage rows that
arrive in one turn of the event loop share a commit, and their calls are answered after it.
Instants are lab time in milliseconds; lists and mappings are JSON text. A key that several
subscriptions share has a row for each of them.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from intark_lab.journal import Call

SCHEMA = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE user(
    id TEXT PRIMARY KEY, username TEXT UNIQUE, password TEXT, display_name TEXT, email TEXT,
    role TEXT, groups TEXT DEFAULT '[]');
CREATE TABLE api(
    id TEXT PRIMARY KEY, slug TEXT UNIQUE, name TEXT, version TEXT, description TEXT,
    context_path TEXT, definition TEXT, visibility TEXT, state TEXT, lifecycle TEXT, owner TEXT,
    labels TEXT, categories TEXT, picture TEXT, background TEXT, created_at INTEGER,
    updated_at INTEGER);
CREATE TABLE member(api TEXT, user TEXT, role TEXT, PRIMARY KEY(api, user)) WITHOUT ROWID;
CREATE TABLE token(
    id TEXT PRIMARY KEY, user TEXT, name TEXT, digest TEXT UNIQUE, created_at INTEGER,
    last_use_at INTEGER);
CREATE TABLE page(
    id TEXT PRIMARY KEY, api TEXT, name TEXT, type TEXT, position INTEGER, homepage INTEGER,
    content TEXT, updated_at INTEGER, parent TEXT, published INTEGER DEFAULT 1,
    visibility TEXT DEFAULT 'PUBLIC', revision INTEGER DEFAULT 1);
CREATE TABLE plan(
    id TEXT PRIMARY KEY, api TEXT, slug TEXT, name TEXT, description TEXT, security TEXT,
    validation TEXT, status TEXT, characteristics TEXT, comment_required INTEGER,
    comment_question TEXT, general_conditions TEXT, position INTEGER, flows TEXT,
    created_at INTEGER, updated_at INTEGER, excluded_groups TEXT DEFAULT '[]',
    security_definition TEXT DEFAULT '{{}}', selection_rule TEXT, published_at INTEGER,
    closed_at INTEGER);
CREATE TABLE application(
    id TEXT PRIMARY KEY, name TEXT, description TEXT, domain TEXT, type TEXT, app_type TEXT,
    client_id TEXT, owner TEXT, api_key_mode TEXT, status TEXT, created_at INTEGER,
    updated_at INTEGER);
CREATE TABLE subscription(
    id TEXT PRIMARY KEY, api TEXT, plan TEXT, application TEXT, status TEXT, request TEXT,
    reason TEXT, subscribed_by TEXT, processed_by TEXT, created_at INTEGER, processed_at INTEGER,
    start_at INTEGER, end_at INTEGER, paused_at INTEGER, closed_at INTEGER, updated_at INTEGER);
CREATE INDEX subscription_application ON subscription(application);
CREATE TABLE api_key(
    id TEXT, key TEXT, subscription TEXT, created_at INTEGER, expire_at INTEGER,
    revoked INTEGER DEFAULT 0, revoked_at INTEGER, paused INTEGER DEFAULT 0,
    PRIMARY KEY(id, subscription), UNIQUE(key, subscription));
CREATE INDEX api_key_subscription ON api_key(subscription);
CREATE TABLE deployment(api TEXT PRIMARY KEY, definition TEXT, deployed_at INTEGER);
CREATE TABLE usage({", ".join(Call.COLUMNS)});
CREATE INDEX usage_application ON usage(application, at, status);
CREATE INDEX usage_api ON usage(api, at, status);
CREATE TABLE window(task TEXT PRIMARY KEY, opened_after INTEGER, params TEXT);
CREATE TABLE attempt(
    id INTEGER PRIMARY KEY, task TEXT, at INTEGER, points REAL, outcome TEXT, kind TEXT);
CREATE TABLE hint(task TEXT PRIMARY KEY, level INTEGER);
CREATE TABLE issuer_key(
    issuer TEXT, kid TEXT, private_pem TEXT, public_jwk TEXT, created_at INTEGER,
    active_at INTEGER, retired_at INTEGER, PRIMARY KEY(issuer, kid)) WITHOUT ROWID;
CREATE TABLE issuer_client(
    issuer TEXT, id TEXT, registration TEXT, secret_digest TEXT, created_at INTEGER,
    PRIMARY KEY(issuer, id)) WITHOUT ROWID;
CREATE TABLE used_assertion(
    client TEXT, id TEXT, expires_at INTEGER, PRIMARY KEY(client, id)) WITHOUT ROWID;
CREATE TABLE login_code(
    digest TEXT PRIMARY KEY, client TEXT, login TEXT, used INTEGER DEFAULT 0,
    expires_at INTEGER) WITHOUT ROWID;
CREATE TABLE access_token(
    digest TEXT PRIMARY KEY, client TEXT, scope TEXT, person INTEGER, subject TEXT, code TEXT,
    issued_at INTEGER, expires_at INTEGER) WITHOUT ROWID;
"""

_INSERT_USAGE = f"INSERT INTO usage VALUES ({', '.join('?' * len(Call._fields))})"


class StateInUse(Exception):
    """Another lab holds the state file."""

    exit_code = 3
    """Of a lab process that met it: whoever started the process looks for the other lab."""


class Store:
    """Rows in, rows out. Used by one thread: the one that runs the lab's event loop.

    `generation` is raised by each committed transaction, so that a reader who keeps a snapshot
    knows when to read again.
    """

    def __init__(self, connection: sqlite3.Connection):
        connection.row_factory = sqlite3.Row
        self._connection = connection
        self.generation = 0
        self._pending: list[tuple] = []
        self._waiting: list[asyncio.Future[None]] = []
        last = connection.execute("SELECT max(id) FROM usage").fetchone()[0]
        self._last_usage = last or 0

    @classmethod
    def from_image(cls, image: bytes) -> "Store":
        """A store in memory that begins as `image`, what another store's `image()` gave."""
        connection = _connect(":memory:")
        connection.deserialize(image)
        return cls(connection)

    @classmethod
    def in_memory(cls) -> "Store":
        """An empty store without a file."""
        connection = _connect(":memory:")
        connection.executescript(SCHEMA)
        return cls(connection)

    @classmethod
    def at(cls, file: Path) -> "Store":
        """The store in `file`, made with the owner's rights alone where it is not there.

        One process holds it at a time. Raises StateInUse, and sqlite3.DatabaseError where the
        file is no state file.
        """
        file.touch(mode=0o600, exist_ok=True)
        connection = _connect(str(file))
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
            connection.execute("COMMIT")
            return cls(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error):
                raise StateInUse(str(file)) from error
            raise
        except sqlite3.DatabaseError:
            connection.close()
            raise

    def image(self) -> bytes:
        return self._connection.serialize()

    def close(self) -> None:
        self._flush()
        self._connection.close()

    def all(self, sql: str, *values) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values) -> sqlite3.Row | None:
        return self._connection.execute(sql, values).fetchone()

    def write(self, sql: str, *values) -> int:
        """Run a changing statement inside `transaction()`; the number of rows it touched."""
        if not self._connection.in_transaction:
            raise RuntimeError("write inside `with store.transaction()`")
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **columns) -> None:
        """Insert one row inside `transaction()`."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        self.write(f"INSERT INTO {table}({names}) VALUES ({marks})", *columns.values())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together, or none of them when the body raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self.generation += 1

    def last_usage(self) -> int:
        """The id of the newest usage row, 0 when there is none."""
        return self._last_usage

    def usage(self, call: Sequence) -> "asyncio.Future[None]":
        """Keep one call (the columns of Call but its id). Await the result before answering."""
        loop = asyncio.get_running_loop()
        if not self._pending:
            loop.call_soon(self._flush)
        self._last_usage += 1
        self._pending.append((self._last_usage, *call))
        committed = loop.create_future()
        self._waiting.append(committed)
        return committed

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            self._commit()
        except sqlite3.Error as error:
            _settle(waiting, error)
        else:
            _settle(waiting)

    def _commit(self) -> None:
        rows, self._pending = self._pending, []
        if not rows:
            return
        self._connection.execute("BEGIN")
        try:
            self._connection.executemany(_INSERT_USAGE, rows)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _connect(target: str) -> sqlite3.Connection:
    return sqlite3.connect(target, timeout=0, isolation_level=None, check_same_thread=False)


def _settle(waiting: list["asyncio.Future[None]"], error: Exception | None = None) -> None:
    for future in waiting:
        if future.done():  # a client that hung up has cancelled its own
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
