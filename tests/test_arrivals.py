"""How the gateway's calls come into the state: whole, with what they share written once."""

import asyncio
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from many_calls import keep

from intark_lab import arrivals, journal
from intark_lab.institution import Institution
from intark_lab.journal import Call
from intark_lab.store import Store
from intark_lab.traffic import COUNT_EACH

COURSE = Call(
    id=0,
    at=1,
    transaction_id="t",
    request_id="t",
    api="emner",
    plan="open",
    application="course",
    subscription="s",
    method="GET",
    path="/emner",
    query="limit=5",
    status=200,
    response_ms=3,
    proxy_ms=1,
    request_length=0,
    response_length=80,
    endpoint="source:emner",
    host="gateway",
    user_agent="test",
    remote="127.0.0.1",
    key_from="header",
    error_key=None,
    mapped_path="/emner",
)
NOBODY = COURSE._replace(
    request_id="r", plan=None, application="1", subscription=None, key_from=None, status=401
)


def found(store: Store) -> list[Call]:
    """All calls, each without the id that it got."""
    return [call._replace(id=0) for call in journal.calls(store)]


def rows(store: Store, table: str) -> int:
    return store.one(f"SELECT count(*) FROM {table}")[0]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "lab.sqlite"


@pytest.fixture
def store(file):
    made = Store.at(file)
    yield made
    made.close()


ids = st.sampled_from(("", "a", "b"))
words = ids | st.none()
numbers = st.integers(0, 2**40)
calls = st.builds(
    Call, *(st.just(0), numbers), ids, ids, *[words] * 7, *[numbers] * 5, *[words] * 7
)


@given(st.lists(calls, max_size=40))
def test_every_column_of_a_call_is_there_again(many):
    store = Store.in_memory()
    keep(store, *many)
    assert found(store) == many
    store.close()


def test_what_calls_share_is_written_once(store):
    keep(store, *[COURSE] * 20, NOBODY, COURSE._replace(status=404, path="/rom"))
    assert [rows(store, table) for table in ("call", "caller", "client")] == [22, 2, 1]
    assert store.one("SELECT count(request_id) FROM call")[0] == 1


def test_a_client_of_a_new_name_each_time_makes_no_new_caller(store):
    agents = [COURSE._replace(user_agent=f"agent {number}") for number in range(50)]
    keep(store, *agents)
    assert (rows(store, "caller"), rows(store, "client")) == (1, 50)
    assert found(store) == agents


def test_after_a_start_the_same_callers_are_known(file):
    for _ in range(3):
        store = Store.at(file)
        keep(store, COURSE, NOBODY)
        store.close()
    store = Store.at(file)
    assert [rows(store, table) for table in ("call", "caller", "client")] == [6, 2, 1]
    assert found(store) == [COURSE, NOBODY] * 3
    store.close()


def test_no_more_are_remembered_than_that(store, monkeypatch):
    monkeypatch.setattr(arrivals, "MOST_CLIENTS", 3)
    few = arrivals.Arrivals(store._connection)
    agents = [COURSE._replace(user_agent=f"agent {number}") for number in (*range(10), 9, 0)]
    for call in agents:
        few.add(call[1:])
        assert len(few._clients) <= 3
    few.write(store._connection)
    assert rows(store, "client") == 11  # the first was forgotten
    assert found(store) == agents


def fail(_connection) -> None:
    raise ValueError("no")


def owe(connection) -> None:
    """What the commit finds wrong."""
    connection.execute("INSERT INTO debt VALUES (1)")


@pytest.mark.parametrize("kept", [(), (NOBODY,)])
@pytest.mark.parametrize("wrong", [fail, owe])
@pytest.mark.parametrize("comes_first", [True, False])
def test_a_commit_that_failed_leaves_no_caller_that_is_not_there(store, kept, wrong, comes_first):
    store._connection.executescript(
        "PRAGMA foreign_keys = ON; CREATE TABLE debt("
        "to_whom REFERENCES handling(id) DEFERRABLE INITIALLY DEFERRED)"
    )
    keep(store, *kept)

    async def lose():
        if comes_first:
            store.enlist(wrong)
        lost = [store.usage(COURSE[1:]), store.usage(NOBODY[1:])]
        if not comes_first:
            store.enlist(wrong)
        with pytest.raises((ValueError, sqlite3.IntegrityError)):
            store.flush()
        return [type(each.exception()) for each in lost]

    assert asyncio.run(lose()) in ([ValueError] * 2, [sqlite3.IntegrityError] * 2)
    keep(store, COURSE, NOBODY)
    assert found(store) == [*kept, COURSE, NOBODY]


def test_nor_does_a_full_disk(store):
    keep(store, NOBODY)
    pages = store.one("PRAGMA page_count")[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    large = COURSE._replace(path="/" + "x" * 100_000)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        keep(store, COURSE, large)
    store._connection.execute("PRAGMA max_page_count = 1000000")
    keep(store, COURSE, large)
    assert found(store) == [NOBODY, COURSE, large]


def test_a_lab_that_is_reset_keeps_the_calls_that_come_after(file):
    for lab in (Institution.fresh(), Institution.at(file)):
        keep(lab.store, COURSE)
        lab.reset()
        keep(lab.store, COURSE, NOBODY)
        assert found(lab.store) == [COURSE, NOBODY]
        lab.close()
    again = Store.at(file)
    assert found(again) == [COURSE, NOBODY]
    again.close()


def test_a_lab_on_a_connection_of_one_before_keeps_its_own():
    prepared = Store.in_memory().prepared()
    for calls_of in ([COURSE, NOBODY], [NOBODY], [COURSE]):
        lab = Store.of(prepared)
        keep(lab, *calls_of)
        assert found(lab) == calls_of
        assert rows(lab, "caller") == len(calls_of)
        lab.close()


def test_few_calls_are_looked_at_to_count_them(store):
    keep(store, *[COURSE] * COUNT_EACH)
    told = []
    store._connection.set_trace_callback(told.append)
    keep(store, *[COURSE] * COUNT_EACH)
    (count,) = (each for each in told if "INTO usage_hour" in each)
    assert "SEARCH call USING INTEGER PRIMARY KEY (rowid>?)" in plan(store, count)
    assert store.one("SELECT sum(calls) FROM usage_hour")[0] == 2 * COUNT_EACH


def plan(store: Store, sql: str, *values) -> list[str]:
    return [row["detail"] for row in store.all(f"EXPLAIN QUERY PLAN {sql}", *values)]


def test_calls_after_another_are_found_by_their_ids(store):
    asked = "SELECT * FROM usage WHERE id > ? AND application = ? ORDER BY id"
    first, *others = plan(store, asked, 7, "course")
    assert first == "SEARCH call USING INTEGER PRIMARY KEY (rowid>?)"
    assert not [each for each in others if "SCAN" in each or "TEMP" in each]
