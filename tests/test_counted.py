"""Calls counted by hour: every question finds what it would find call by call."""

import asyncio
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intark_lab.birth import identity
from intark_lab.institution import Institution
from intark_lab.journal import UNKNOWN
from intark_lab.manager import analytics
from intark_lab.manager.analytics import Aggregation
from intark_lab.manager.usage import Span
from intark_lab.store import Store
from intark_lab.traffic import COUNT_EACH, HOUR

BORN = 1_800_000_000_000
ROOMS, COURSES = identity(1, "api", "rombooking"), identity(1, "api", "fs-emner")
OWNERS = (
    *({"api": ROOMS}, {"api": COURSES}, {"application": UNKNOWN}),
    {"application": identity(1, "application", "course")},
    {"api": COURSES, "application": identity(1, "application", "grade-report")},
)
FIELDS = ("status", "api", "application", "plan")
NEAR = st.integers(-40 * HOUR, 12 * HOUR) | st.integers(-40, 12).map(lambda n: n * HOUR)
ENDS = st.tuples(NEAR, NEAR, st.sampled_from((-1, 0, 1))).filter(lambda ends: ends[0] < ends[1])


def call(at: int, dice: Random) -> tuple:
    """The columns of a usage row but its id."""
    plan, application = dice.choice([(None, UNKNOWN), ("p", OWNERS[3]["application"])])
    return (
        *(at, "t", "r", dice.choice((ROOMS, COURSES)), plan, application, None, "GET", "/x", ""),
        *(dice.choice((200, 200, 404, 429)), dice.randrange(40), 1, 0, 8, "source:x", "h", "u"),
        *("127.0.0.1", "header", None, None),
    )


async def filled(store: Store, calls: int) -> None:
    """Calls of the eight hours after birth, of which the last few are not counted yet."""
    dice = Random(3)
    for number in range(calls):
        kept = store.usage(call(BORN + number * 8 * HOUR // calls, dice))
        if number % 100 == 99:
            await kept
    await kept


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


@example(ends=(-182 * HOUR, -181 * HOUR, 0), owner=OWNERS[1], field="status")
@settings(deadline=None)
@given(ends=ENDS, owner=st.sampled_from(OWNERS), field=st.sampled_from(FIELDS))
def test_sums_and_groups_are_those_of_the_calls(store, ends, owner, field):
    low, high, shift = ends
    span = Span(BORN + low, BORN + high + shift, **owner)
    expected = one_by_one(store, span, field)
    assert analytics.count(store, span) == sum(one_by_one(store, span, "1").values())
    assert analytics.group_by(store, span, field) == {str(k): v for k, v in expected.items()}


@settings(deadline=None)
@given(ends=ENDS, owner=st.sampled_from(OWNERS), hours=st.sampled_from((1, 3, 24)))
def test_so_is_every_step_of_a_histogram(store, ends, owner, hours):
    span = Span(BORN + ends[0], BORN + ends[1], **owner)
    found = analytics.histogram(store, span, hours * HOUR, [Aggregation("FIELD", "status")])
    wide = Span(found.instants[0], found.instants[-1], **owner)
    step = f"(at - {wide.start}) / {hours * HOUR}"
    ((_, series),) = found.series
    for status, calls in series.items():
        query = Span(wide.start, wide.end, **owner, query=f"status:{status}")
        by_step = one_by_one(store, query, step)
        assert calls == [by_step.get(n, 0) for n in range(len(calls))]


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
    assert analytics.count(lab.store, span) == sum(one_by_one(lab.store, span, "1").values()) > 5
    lab.close()
