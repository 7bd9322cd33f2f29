"""Calls counted by hour: every question finds what it would find call by call."""

import asyncio

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from many_calls import BORN, ENDS, OWNERS, filled

from intark_lab.institution import Institution
from intark_lab.manager import analytics
from intark_lab.manager.analytics import Aggregation
from intark_lab.manager.counted import relation
from intark_lab.manager.usage import Span
from intark_lab.store import Store
from intark_lab.traffic import COUNT_EACH, HOUR

FIELDS = ("status", "api", "application", "plan")


@pytest.fixture(scope="module")
def store():
    made = Institution.fresh(seed=1, start=BORN / 1000)
    made.remember()
    asyncio.run(filled(made.store, 2 * COUNT_EACH + 300))
    yield made.store
    made.close()


def one_by_one(store, span: Span, name: str) -> dict:
    where, values = span.where()
    ask = f"SELECT {name}, count(*) FROM traffic WHERE {where} GROUP BY 1"
    return {name: calls for name, calls in store.all(ask, *values) if name is not None}


def len_of(store, span: Span) -> int:
    return sum(one_by_one(store, span, "1").values())


@example(ends=(-182 * HOUR, -181 * HOUR, 0), owner=OWNERS[1], field="status")
@settings(deadline=None)
@given(ends=ENDS, owner=st.sampled_from(OWNERS), field=st.sampled_from(FIELDS))
def test_sums_and_groups_are_those_of_the_calls(store, ends, owner, field):
    low, high, shift = ends
    span = Span(BORN + low, BORN + high + shift, **owner)
    expected = one_by_one(store, span, field)
    groups = asyncio.run(analytics.group_by(store, span, field))
    assert groups == {str(k): v for k, v in expected.items()}
    assert asyncio.run(analytics.count(store, span)) == len_of(store, span)


@settings(deadline=None)
@given(ends=ENDS, owner=st.sampled_from(OWNERS), hours=st.sampled_from((1, 3, 24)))
def test_so_is_every_step_of_a_histogram(store, ends, owner, hours):
    span = Span(BORN + ends[0], BORN + ends[1], **owner)
    by_status = [Aggregation("FIELD", "status")]
    found = asyncio.run(analytics.histogram(store, span, hours * HOUR, by_status))
    wide = Span(found.instants[0], found.instants[-1], **owner)
    step = f"(at - {wide.start}) / {hours * HOUR}"
    ((_, series),) = found.series
    for status, calls in series.items():
        query = Span(wide.start, wide.end, **owner, query=f"status:{status}")
        by_step = one_by_one(store, query, step)
        assert calls == [by_step.get(n, 0) for n in range(len(calls))]


BY_TIME = (
    "SCAN caller",
    "SEARCH call USING COVERING INDEX call_caller (caller=? AND at>? AND at<?)",
)
BY_ID = (
    "SEARCH call USING INTEGER PRIMARY KEY (rowid>?)",
    "SEARCH caller USING INTEGER PRIMARY KEY (rowid=?)",
)


@pytest.mark.parametrize("owner", [{}, *OWNERS])
@pytest.mark.parametrize("field", FIELDS)
def test_no_calls_are_read_but_those_at_both_ends_and_the_newest(store, owner, field):
    calls, values = relation(Span(BORN + 1, BORN + 30 * HOUR, **owner), field)
    plan = store.all(f"EXPLAIN QUERY PLAN SELECT * FROM {calls}", *values)
    found = [row["detail"] for row in plan if " call" in row["detail"]]
    assert found == [*BY_TIME, *BY_TIME, *BY_ID]


def test_a_state_is_counted_when_it_is_opened(tmp_path):
    file = tmp_path / "lab.sqlite"
    store = Store.at(file)
    asyncio.run(filled(store, 20))
    assert not store.all("SELECT * FROM usage_hour")
    store.close()
    store = Store.at(file)
    assert store.one("SELECT sum(calls) FROM usage_hour")[0] == 20
    store.close()


def test_after_a_reset_the_count_begins_anew():
    lab = Institution.fresh(seed=1, start=BORN / 1000)
    asyncio.run(filled(lab.store, COUNT_EACH))
    lab.reset()
    asyncio.run(filled(lab.store, 30))
    lab.remember()
    span = Span(BORN, BORN + 9 * HOUR, application=OWNERS[3]["application"])
    assert asyncio.run(analytics.count(lab.store, span)) == len_of(lab.store, span) > 5
    lab.close()
