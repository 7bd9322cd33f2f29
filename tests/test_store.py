"""The store: transactions, shared commits, one holder at a time, nothing lost."""

import asyncio
import sqlite3
import stat

import pytest

from intark_lab import journal
from intark_lab.journal import Call
from intark_lab.store import MOST_HELD, StateInUse, Store

CALL = Call(
    0,
    1,
    "t",
    "r",
    "1",
    None,
    "1",
    None,
    "GET",
    "/x",
    "",
    404,
    *[0] * 4,
    None,
    "",
    "",
    "",
    None,
    None,
)


def counted(number: int) -> tuple:
    return CALL._replace(transaction_id=f"t{number}")[1:]


def test_a_failed_transaction_leaves_nothing():
    store = Store.in_memory()
    with pytest.raises(sqlite3.IntegrityError):
        insert_twice(store)
    assert store.all("SELECT * FROM meta") == []
    assert store.generation == 0


def insert_twice(store):
    with store.transaction():
        store.insert("meta", key="a", value="b")
        store.insert("meta", key="a", value="c")


def test_writing_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        Store.in_memory().insert("meta", key="a", value="b")


@pytest.fixture
def kept(tmp_path):
    """A store in a file."""
    store = Store.at(tmp_path / "kept.sqlite")
    yield store
    store.close()


def test_calls_of_one_turn_share_a_commit_and_keep_their_order(kept):

    async def many():
        await asyncio.gather(*(kept.usage(counted(number)) for number in range(50)))
        return [call.transaction_id for call in journal.calls(kept)]

    commits = []
    kept._connection.set_trace_callback(
        lambda statement: commits.append(statement) if statement == "COMMIT" else None
    )
    assert asyncio.run(many()) == [f"t{number}" for number in range(50)]
    assert len(commits) == 1


def test_in_memory_a_call_waits_for_no_turn_and_is_there_for_who_reads():
    store = Store.in_memory()
    told = []
    for number in range(MOST_HELD + 3):
        store.record(counted(number), told.append)
        assert told.pop() is None
    assert store.last_usage() == len(journal.calls(store)) == MOST_HELD + 3
    store.record(counted(0), told.append)
    with store.transaction():
        store.write("DELETE FROM call")
    assert journal.calls(store) == []


def test_a_client_that_hangs_up_takes_no_other_with_it(kept):
    async def wait():
        await kept.usage(counted(1))

    async def run():
        first, second = asyncio.create_task(wait()), asyncio.create_task(wait())
        await asyncio.sleep(0)
        first.cancel()
        await second
        return len(journal.calls(kept))

    assert asyncio.run(run()) == 2


def test_a_row_that_cannot_be_kept_is_not_answered(kept):
    async def run():
        committed = kept.usage(counted(1))
        with kept.transaction():
            kept.write("DROP TABLE call")
        await committed

    with pytest.raises(sqlite3.OperationalError):
        asyncio.run(run())


def test_state_is_there_again_and_belongs_to_its_owner_alone(tmp_path):
    file = tmp_path / "lab.sqlite"
    store = Store.at(file)
    with store.transaction():
        store.insert("meta", key="a", value="b")
    store.close()
    again = Store.at(file)
    assert again.one("SELECT value FROM meta WHERE key = 'a'")["value"] == "b"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again.close()


def test_a_second_holder_is_refused(tmp_path):
    first = Store.at(tmp_path / "lab.sqlite")
    with pytest.raises(StateInUse):
        Store.at(tmp_path / "lab.sqlite")
    first.close()
    Store.at(tmp_path / "lab.sqlite").close()


def test_a_file_of_another_kind_is_left_as_it_is(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("these are my notes, and they are long enough to be no database" * 20)
    before = file.read_bytes()
    with pytest.raises(sqlite3.DatabaseError):
        Store.at(file)
    assert file.read_bytes() == before


def test_what_many_begin_with_stays_as_it_is():
    store = Store.in_memory()
    one = Store.of(store.prepared())
    with one.transaction():
        one.insert("meta", key="a", value="b")
    assert store.all("SELECT * FROM meta") == []


def test_a_closed_store_leaves_nothing_to_the_next():
    prepared = Store.in_memory().prepared()
    first = Store.of(prepared)
    with first.transaction():
        first.insert("meta", key="a", value="b")
        first.write("DROP TABLE hint")
    asyncio.run(kept_in(first))
    first.close()
    first.close()
    second, third = Store.of(prepared), Store.of(prepared)
    for store in (second, third):
        assert store.all("SELECT * FROM meta") == store.all("SELECT * FROM hint") == []
        assert store.last_usage() == 0
    with second.transaction():
        second.insert("meta", key="a", value="c")
    assert third.all("SELECT * FROM meta") == []
    with pytest.raises(sqlite3.ProgrammingError):
        first.one("SELECT 1")


async def kept_in(store):
    await store.usage(counted(1))


@pytest.mark.parametrize("make", [Store.in_memory, lambda: Store.of(Store.in_memory().prepared())])
def test_what_fails_takes_back_itself_alone(make):
    store = make()
    with store.transaction():
        store.insert("meta", key="kept", value="1")
    with pytest.raises(sqlite3.IntegrityError):
        insert_twice(store)
    assert [row["key"] for row in store.all("SELECT * FROM meta")] == ["kept"]
    with store.transaction(), pytest.raises(RuntimeError, match="one transaction"):
        insert_twice(store)


def test_an_older_state_gets_what_it_lacks_and_keeps_what_it_holds(tmp_path):
    file = tmp_path / "lab.sqlite"
    store = Store.at(file)
    asyncio.run(kept_in(store))
    store.close()
    older = sqlite3.connect(file, isolation_level=None)
    older.executescript(
        "DROP TABLE usage_hour; ALTER TABLE page DROP COLUMN revision; DROP INDEX call_caller;"
        "DELETE FROM meta; CREATE VIEW traffic AS SELECT 1; PRAGMA user_version = 0;"
    )
    older.close()
    store = Store.at(file)
    store.show_traffic(lambda source, collection: [])
    assert store.one("SELECT count(revision) FROM page")[0] == 0
    assert store.one("SELECT transaction_id FROM traffic")[0] == "t1"
    assert store.one("SELECT sum(calls) FROM usage_hour")[0] == 1
    assert store.one("SELECT count(*) FROM sqlite_master WHERE name = 'call_caller'")[0] == 1
    store.close()
