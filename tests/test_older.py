"""State files of before: usage rows in one table, each with all columns of a call."""

import sqlite3
from itertools import islice, product

import pytest

from intark_lab import journal
from intark_lab.arrivals import Arrivals
from intark_lab.journal import Call
from intark_lab.store import Store
from intark_lab.traffic import COUNT_EACH, HOUR

BEFORE = """
DROP VIEW usage;
DROP TABLE call;
DROP TABLE caller;
DROP TABLE client;
CREATE TABLE usage(
    id INTEGER PRIMARY KEY, at, transaction_id, request_id, api, plan, application, subscription,
    method, path, query, status, response_ms, proxy_ms, request_length, response_length, endpoint,
    host, user_agent, remote, key_from, error_key, mapped_path);
CREATE INDEX usage_application ON usage(application, at, status);
CREATE INDEX usage_api ON usage(api, at, status);
CREATE VIEW traffic AS SELECT * FROM usage;
PRAGMA user_version = 1;
"""
COUNTED = 700
"""Calls that were counted before."""


def made() -> list[Call]:
    """More than are counted together, with gaps between their ids."""
    kinds = product(("course", "1"), ("header", None), (200, 404), range(400))
    return [
        Call(
            *(3 * number, number * HOUR // 500, f"t{number}", f"t{number - number % 2}", "emner"),
            *("open", application, None, "GET", f"/emner/{path}", "", status, 5, 1, 0, 80),
            *("source:emner", "gateway", f"agent {path % 7}", "127.0.0.1", key_from, None, "/:id"),
        )
        for number, (application, key_from, status, path) in enumerate(islice(kinds, 2900), 1)
    ]


@pytest.fixture
def calls():
    return made()


@pytest.fixture
def file(tmp_path, calls):
    """A state of before with these calls."""
    file = tmp_path / "lab.sqlite"
    Store.at(file).close()
    older = sqlite3.connect(file, isolation_level=None)
    older.executescript(BEFORE)
    older.execute("BEGIN")
    older.executemany(f"INSERT INTO usage VALUES (?{', ?' * 22})", calls)
    older.execute(
        f"INSERT INTO usage_hour SELECT at / {HOUR}, api, application, plan, status, count(*) "
        "FROM usage WHERE id <= ? GROUP BY 1, 2, 3, 4, 5",
        (3 * COUNTED,),
    )
    older.execute("INSERT INTO meta VALUES ('counted', ?)", (3 * COUNTED,))
    older.execute("COMMIT")
    older.close()
    return file


def test_every_call_is_carried_over_once_under_its_id(file, calls):
    for _ in range(2):
        store = Store.at(file)
        assert journal.calls(store) == calls
        assert store.last_usage() == 3 * len(calls)
        assert store.one("SELECT count(*) FROM caller")[0] == 4
        assert store.one("SELECT count(*) FROM client")[0] == 7
        assert store.one("SELECT sum(calls) FROM usage_hour")[0] == len(calls) > 2 * COUNT_EACH
        names = {row["name"] for row in store.all("SELECT name FROM sqlite_master")}
        assert not {name for name in names if name.startswith(("older", "usage_a"))}
        store.close()


def test_what_breaks_off_is_done_when_it_is_opened_again(file, calls, monkeypatch):
    write = Arrivals.write

    def broken(arrivals, connection):
        if arrivals.last > 3 * 2 * COUNT_EACH:
            raise sqlite3.DatabaseError("the disk is gone")
        write(arrivals, connection)

    with monkeypatch.context() as patch:
        patch.setattr(Arrivals, "write", broken)
        with pytest.raises(sqlite3.DatabaseError, match="gone"):
            Store.at(file)
    store = Store.at(file)
    assert journal.calls(store) == calls
    store.close()


def test_rows_of_long_before_lack_a_column(file, calls):
    older = sqlite3.connect(file)
    older.executescript("DROP VIEW traffic; ALTER TABLE usage DROP COLUMN mapped_path")
    older.close()
    store = Store.at(file)
    assert journal.calls(store) == [call._replace(mapped_path=None) for call in calls]
    store.close()
