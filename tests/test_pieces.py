"""Questions that look at calls one by one: in pieces they find what they would find in one go."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from many_calls import BORN, COURSES, ENDS, OWNERS, filled

from intark_lab.institution import Institution
from intark_lab.journal import UNKNOWN
from intark_lab.manager import analytics, logs, pieces
from intark_lab.manager.analytics import Aggregation, Order
from intark_lab.manager.errors import ManagerError
from intark_lab.manager.logs import Slice
from intark_lab.manager.usage import FIELDS, Span
from intark_lab.traffic import COUNT_EACH, HOUR

QUERIES = ("status:>=400", "response-time:[10 TO 200] AND NOT status:404", "host:*")
GROUPED = ("status", "mapped-path", "response-time", "plan")


@pytest.fixture(scope="module")
def store():
    made = Institution.fresh(seed=1, start=BORN / 1000)
    made.remember()
    asyncio.run(filled(made.store, COUNT_EACH + 300))
    yield made.store
    made.close()


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 60)


def asked(store, span: Span, sql: str) -> list[tuple]:
    where, values = span.where()
    return [tuple(row) for row in store.all(sql.format(where=where), *values)]


spans = st.builds(
    lambda ends, owner, query: Span(BORN + ends[0], BORN + ends[1], **owner, query=query),
    ENDS,
    st.sampled_from(OWNERS),
    st.sampled_from(QUERIES),
)


@settings(deadline=None, max_examples=30)
@given(span=spans, field=st.sampled_from(GROUPED), descending=st.booleans())
def test_groups(store, span, field, descending):
    name, sign = FIELDS[field].sql, "DESC" if descending else "ASC"
    sql = f"SELECT {name}, %s FROM traffic WHERE {{where}} GROUP BY 1 HAVING {name} IS NOT NULL"
    order = f"ORDER BY avg(response_ms) {sign}, 1 LIMIT 1000"
    by_calls = asked(store, span, sql % "count(*)" + " ORDER BY 2 DESC, 1 LIMIT 1000")
    by_time = asked(store, span, sql % "CAST(avg(response_ms) AS INTEGER)" + f" {order}")
    found = asyncio.run(analytics.group_by(store, span, field))
    assert list(found.items()) == [(str(name), calls) for name, calls in by_calls]
    found = asyncio.run(analytics.group_by(store, span, field, Order("response-time", descending)))
    assert list(found.items()) == [(str(name), average) for name, average in by_time]


@settings(deadline=None, max_examples=30)
@given(span=spans)
def test_statistics(store, span):
    ms = "response_ms"
    sql = f"SELECT count(*), min({ms}), max({ms}), avg({ms}), total({ms}) FROM traffic"
    ((*expected,),) = asked(store, span, sql + " WHERE {where}")
    found = asyncio.run(analytics.stats(store, span, "response-time"))
    names = ("count", "min", "max", "avg", "sum")
    assert [found.get(name) for name in names] == expected


@settings(deadline=None, max_examples=20)
@given(span=spans, minutes=st.sampled_from((7, 60, 24 * 60)))
def test_steps(store, span, minutes):
    wanted = [Aggregation(kind, "response-time") for kind in ("AVG", "MIN", "MAX")]
    found = asyncio.run(analytics.histogram(store, span, minutes * 60_000, wanted))
    start, step = found.instants.start, found.instants.step
    wide = Span(start, found.instants[-1], span.api, span.application, span.query)
    sql = f"SELECT (at - {start}) / {step}, %s(response_ms) FROM traffic WHERE {{where}} GROUP BY 1"
    for aggregation, series in found.series:
        expected = dict(asked(store, wide, sql % aggregation.kind))
        (values,) = series.values() or ([0] * len(found.instants),)
        assert values == [int(expected.get(n, 0)) for n in range(len(values))]


@settings(deadline=None, max_examples=30)
@given(
    span=spans,
    field=st.sampled_from(("@timestamp", "response-time", "plan", "uri", "nothing")),
    page=st.integers(1, 4),
    descending=st.booleans(),
)
def test_pages_of_a_log(store, span, field, page, descending):
    sign, by = "DESC" if descending else "ASC", FIELDS.get(field, FIELDS["@timestamp"]).sql
    sql = f"SELECT id FROM traffic WHERE {{where}} ORDER BY {by} {sign}, id {sign}"
    expected = [identity for (identity,) in asked(store, span, sql)]
    part = Slice(page, 45, field, descending)
    total, rows = asyncio.run(logs.search(store, span, part))
    assert (total, [row["id"] for row in rows]) == (
        len(expected),
        expected[(page - 1) * 45 : page * 45],
    )


def test_pieces_are_small_and_leave_out_no_call(store):
    span = Span(0, BORN + 100 * HOUR, api=COURSES)
    parts = pieces.pieces(store, span)
    assert len(parts) > 1000
    assert all(one.end < next_one.start for one, next_one in pairwise(parts))
    calls = [
        asked(store, part, "SELECT count(*) FROM traffic WHERE {where}")[0][0] for part in parts
    ]
    assert sum(calls) == asyncio.run(analytics.count(store, span))
    assert max(calls) < 3 * pieces.PIECE


def test_other_work_goes_on_between_them(store):
    span = Span(0, BORN + 100 * HOUR, api=COURSES, query="status:404")
    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both():
        working = asyncio.create_task(others())
        await analytics.group_by(store, span, "path")
        await analytics.stats(store, span, "response-time")
        await logs.search(store, span, Slice(size=10, field="response-time"))
        working.cancel()

    asyncio.run(both())
    assert turns >= 4 * len(pieces.pieces(store, span)) > 4000


def test_of_many_names_the_rarest_are_left_out(store, monkeypatch):
    monkeypatch.setattr(pieces, "KEPT", 1200)
    span = Span(BORN - 30 * HOUR, BORN + 10 * HOUR, api=COURSES)
    sql = "SELECT request_id, count(*) FROM traffic WHERE {where} GROUP BY 1 ORDER BY 2 DESC, 1"
    expected = asked(store, span, sql)
    assert len(expected) > 2 * pieces.KEPT
    found = asyncio.run(analytics.group_by(store, span, "_id"))
    assert list(found.items()) == expected[:1000]


def test_a_histogram_of_too_many_names_is_refused(store, monkeypatch):
    span = Span(BORN - 30 * HOUR, BORN, api=COURSES)
    by_id = [Aggregation("FIELD", "_id")]
    monkeypatch.setattr(pieces, "MOST", 1000)
    with pytest.raises(ManagerError, match="too many"):
        asyncio.run(analytics.histogram(store, span, HOUR, by_id))


def test_a_sorted_log_ends_where_elasticsearch_does(store, monkeypatch):
    monkeypatch.setattr(logs, "MOST_ROWS", 100)
    span = Span(BORN - 30 * HOUR, BORN, api=COURSES)
    pages = [Slice(page, 40, "response-time") for page in (1, 3, 4, 10**6)]
    found = [len(asyncio.run(logs.search(store, span, page))[1]) for page in pages]
    assert found == [40, 20, 0, 0]


def test_a_query_that_is_none_is_refused_where_there_was_no_call(store):
    span = Span(0, 1, application=UNKNOWN, query="((")
    for question in (analytics.count(store, span), logs.search(store, span, Slice())):
        with pytest.raises(ManagerError, match="Unable"):
            asyncio.run(question)
