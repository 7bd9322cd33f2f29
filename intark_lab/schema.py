"""The tables of a lab's state, and how an older state file gets those that came later.

Instants are lab time in milliseconds; lists and mappings are JSON text. A key that several
subscriptions share has a row for each of them.
"""

import sqlite3
from zlib import crc32

from intark_lab import older, traffic
from intark_lab.journal import CALLER, CLIENT, OWN, Handling

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
    start_at INTEGER, end_at INTEGER, paused_at INTEGER, closed_at INTEGER, updated_at INTEGER,
    consumer_paused_at INTEGER);
CREATE INDEX subscription_application ON subscription(application);
CREATE TABLE api_key(
    id TEXT, key TEXT, subscription TEXT, created_at INTEGER, expire_at INTEGER,
    revoked INTEGER DEFAULT 0, revoked_at INTEGER, paused INTEGER DEFAULT 0,
    PRIMARY KEY(id, subscription), UNIQUE(key, subscription));
CREATE INDEX api_key_subscription ON api_key(subscription);
CREATE TABLE deployment(api TEXT PRIMARY KEY, definition TEXT, deployed_at INTEGER);
CREATE TABLE caller(id INTEGER PRIMARY KEY, {", ".join(CALLER)});
CREATE TABLE client(id INTEGER PRIMARY KEY, {", ".join(CLIENT)});
CREATE TABLE call(id INTEGER PRIMARY KEY, caller INTEGER, client INTEGER, {", ".join(OWN)});
CREATE INDEX call_caller ON call(caller, at, status);
CREATE VIEW usage AS {traffic.USAGE};
CREATE TABLE usage_hour(
    hour INTEGER, api TEXT, application TEXT, plan TEXT, status INTEGER, calls INTEGER,
    PRIMARY KEY(hour, api, application, plan, status)) WITHOUT ROWID;
CREATE TABLE history_source(
    id INTEGER PRIMARY KEY, api TEXT, plan TEXT, application TEXT, subscription TEXT, path TEXT,
    ids TEXT, endpoint TEXT, user_agent TEXT, key_from TEXT, mapped_path TEXT);
CREATE TABLE history(
    id INTEGER PRIMARY KEY, source INTEGER, hour INTEGER, start INTEGER, length INTEGER,
    calls INTEGER, salt INTEGER, status INTEGER, ms INTEGER, spread INTEGER, missing INTEGER,
    error_key TEXT);
CREATE INDEX history_hour ON history(source, hour);
CREATE TABLE tick(k INTEGER PRIMARY KEY);
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
CREATE TABLE change(
    source TEXT, collection TEXT, id TEXT, record TEXT, PRIMARY KEY(source, collection, id));
CREATE TABLE event(
    id INTEGER PRIMARY KEY, kind TEXT, slot INTEGER, at INTEGER, awkward TEXT);
CREATE TABLE handling({", ".join(Handling.COLUMNS)});
CREATE TABLE brom_application(
    name TEXT PRIMARY KEY, environment TEXT, description TEXT, contact TEXT, owner TEXT,
    vhost TEXT UNIQUE, password TEXT, notifications TEXT, created_at INTEGER);
CREATE TABLE brom_access(
    consumer TEXT, provider TEXT, status TEXT, comment TEXT, reason TEXT, requested_at INTEGER,
    answered_at INTEGER, removed_at INTEGER, PRIMARY KEY(consumer, provider));
CREATE TABLE amqp_vhost(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE amqp_user(name TEXT PRIMARY KEY, salt BLOB, digest BLOB) WITHOUT ROWID;
CREATE TABLE amqp_permission(
    vhost TEXT, user TEXT, configure TEXT, write TEXT, read TEXT,
    PRIMARY KEY(vhost, user)) WITHOUT ROWID;
CREATE TABLE amqp_topic_permission(
    vhost TEXT, user TEXT, exchange TEXT, write TEXT, read TEXT,
    PRIMARY KEY(vhost, user, exchange)) WITHOUT ROWID;
CREATE TABLE amqp_exchange(
    vhost TEXT, name TEXT, kind TEXT, auto_delete INTEGER, internal INTEGER, arguments BLOB,
    PRIMARY KEY(vhost, name)) WITHOUT ROWID;
CREATE TABLE amqp_queue(
    id INTEGER PRIMARY KEY, vhost TEXT, name TEXT, auto_delete INTEGER, arguments BLOB,
    UNIQUE(vhost, name));
CREATE TABLE amqp_binding(
    vhost TEXT, exchange TEXT, kind TEXT, destination TEXT, routing_key TEXT, arguments BLOB,
    PRIMARY KEY(vhost, exchange, kind, destination, routing_key, arguments)) WITHOUT ROWID;
CREATE TABLE amqp_shovel(
    name TEXT PRIMARY KEY, vhost TEXT, queue TEXT, to_vhost TEXT, to_exchange TEXT) WITHOUT ROWID;
CREATE TABLE amqp_message(
    id INTEGER PRIMARY KEY, deliveries INTEGER, persistent INTEGER, expires_at REAL,
    exchange TEXT, routing_key TEXT, properties BLOB, body BLOB);
"""

VERSION = crc32(SCHEMA.encode()) & 0x7FFFFFFF
"""Of a state whose tables are those above; kept as its `user_version`."""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Give a state the tables, columns and indexes that it lacks. What it holds stays."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    connection.execute("DROP VIEW IF EXISTS traffic")  # now one of each connection's own
    is_older = older.set_aside(connection)
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    wanted = sqlite3.connect(":memory:")
    wanted.executescript(SCHEMA)
    for name, kind, sql in wanted.execute("SELECT name, type, sql FROM sqlite_master"):
        if name not in there and sql:
            connection.execute(sql)
        elif kind == "table":
            _add_columns(connection, wanted, name)
    wanted.close()
    if is_older:
        older.carry_over(connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _add_columns(state: sqlite3.Connection, wanted: sqlite3.Connection, table: str) -> None:
    has = {row[1] for row in state.execute(f"PRAGMA table_info({table})")}
    for _, name, kind, _, default, _ in wanted.execute(f"PRAGMA table_info({table})"):
        if name not in has:
            tail = f" DEFAULT {default}" if default is not None else ""
            state.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}{tail}")
