"""The month of usage before a lab's birth: what stands in it, and that every question agrees."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intark_lab.birth import identity
from intark_lab.institution import Institution

BORN = datetime(2027, 3, 11, 10, 30, tzinfo=ZoneInfo("Europe/Oslo")).timestamp()
DAY = 86_400_000


@pytest.fixture(scope="module")
def store():
    """The state of an institution that was born on a Thursday, its history made."""
    made = Institution.fresh(seed=1, start=BORN)
    made.remember()
    yield made.store
    made.close()


def local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, ZoneInfo("Europe/Oslo"))


def grouped(store, what: str, where: str = "1", *values) -> dict:
    rows = store.all(f"SELECT {what}, count(*) FROM traffic WHERE {where} GROUP BY 1", *values)
    return dict(map(tuple, rows))


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_it_stands_for_half_a_million_calls_of_ten_applications(seed):
    made = Institution.fresh(seed=seed, start=BORN)
    made.remember()
    row = made.store.one("SELECT count(*), sum(calls) FROM history")
    assert row[1] >= 500_000
    assert len(grouped(made.store, "application", "hour >= ?", BORN // 3600 - 48)) == 11
    assert len(made.store.image()) < 3 * 2**20
    made.close()


def test_the_same_seed_and_birth_tell_the_same(store):
    again = Institution.fresh(seed=1, start=BORN)
    again.remember()
    ask = "SELECT * FROM traffic WHERE hour = ? ORDER BY at, id"
    hour = int(BORN // 3600) - 50
    assert [tuple(row) for row in store.all(ask, hour)] == [
        tuple(row) for row in again.store.all(ask, hour)
    ]
    again.close()


def test_made_twice_it_is_there_once():
    made = Institution.fresh(seed=1, start=BORN)
    made.remember()
    before = made.store.one("SELECT sum(calls) FROM history")[0]
    made.remember()
    assert made.store.one("SELECT sum(calls) FROM history")[0] == before
    made.close()


def test_it_ends_at_birth_and_covers_thirty_days(store):
    first, last = store.one("SELECT min(at), max(at) FROM traffic")
    assert 29.5 * DAY < BORN * 1000 - first < 31 * DAY
    assert 0 < BORN * 1000 - last < 600_000


def test_each_call_has_an_id_of_its_own(store):
    hour = int(BORN // 3600) - 30
    calls, ids, requests = store.one(
        "SELECT count(*), count(DISTINCT id), count(DISTINCT request_id) FROM traffic "
        "WHERE hour BETWEEN ? AND ?",
        hour,
        hour + 6,
    )
    assert calls == ids == requests > 1000


def test_every_look_up_is_of_a_record_that_is_there():
    made = Institution.fresh(seed=1, start=BORN)
    made.remember()
    calls = made.store.all(
        "SELECT DISTINCT path, status FROM traffic WHERE application = ? AND hour >= ?",
        identity(1, "application", "access-cards"),
        int(BORN // 3600) - 24,
    )
    prefix = "/dfo/ansatte/v2"
    for path, status in calls:
        assert made.sources.respond("dfo-ansatte", "GET", path[len(prefix) :], b"").status == status
    made.close()


def test_offices_work_by_day_and_on_weekdays(store):
    of = "application = ?", identity(1, "application", "study-catalogue")
    hours = grouped(store, "(at / 3600000 + 1) % 24", *of)
    assert hours[10] > 5 * hours.get(6, 0)
    days = {}
    for hour, calls in grouped(store, "hour", *of).items():
        weekday = local(hour * 3_600_000).weekday()
        days[weekday] = days.get(weekday, 0) + calls
    assert days.get(6, 0) < days[1] / 5


INCIDENTS = {
    "fs-studenter": (504, 9, (3, 4), (6, 31)),
    "dfo-ansatte": (401, 6, (12, 35), (15, 52)),
    "rombooking": (400, 3, (9, 12), (14, 40)),
}


@pytest.mark.parametrize("slug", INCIDENTS)
def test_an_incident_is_met_by_every_call_to_its_api(store, slug):
    status, days_ago, start, end = INCIDENTS[slug]
    day = local(int(BORN * 1000) - days_ago * DAY)
    assert day.weekday() < 5 or days_ago == 6
    found = store.one(
        "SELECT min(at), max(at), count(*) FROM traffic WHERE api = ? AND status = ?",
        identity(1, "api", slug),
        status,
    )
    first, last = local(found[0]), local(found[1])
    assert found[2] > 50
    assert start <= (first.hour, first.minute) <= (start[0], start[1] + 20)
    assert (end[0], end[1] - 25) <= (last.hour, last.minute) <= end
    assert first.date() == last.date()
    assert first.weekday() < 5
    meanwhile = grouped(
        store, "status", "api = ? AND at BETWEEN ? AND ?", identity(1, "api", slug), *found[:2]
    )
    assert set(meanwhile) == {status}


def test_the_backend_that_is_gone_takes_the_connect_time_out(store):
    shortest, longest = store.one(
        "SELECT min(response_ms), max(response_ms) FROM traffic WHERE status = 504"
    )
    assert 5000 <= shortest <= longest < 5010


def test_one_fetches_everything_again_and_again_and_one_meets_404s(store):
    report = identity(1, "application", "grade-report")
    pages = grouped(store, "query", "application = ?", report)
    assert min(pages.values()) > 1000
    assert len(pages) < 10
    cards = grouped(store, "status", "application = ?", identity(1, "application", "access-cards"))
    assert 0.3 < cards[404] / sum(cards.values()) < 0.45
