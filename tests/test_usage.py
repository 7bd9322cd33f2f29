"""The use of APIs as judges count it, and the figure of task 5.4 as the kernel reads it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intark_lab.control.usage import HOUR, Usage
from intark_lab.control.words import judged
from intark_lab.institution import Institution
from intark_lab.tasks import TASKS
from intark_lab.tasks.task import Bench
from intark_lab.tasks.unit05.figures import read_figure

SUNDAY = datetime(2027, 3, 28, 20, 30, tzinfo=ZoneInfo("Europe/Oslo"))
"""The day on which clocks go forward."""
OWN = [task for task in TASKS.values() if task.id.startswith("5.")]


@pytest.fixture(scope="module")
def born_on_sunday():
    made = Institution.fresh(seed=1, start=SUNDAY.timestamp())
    yield made
    made.close()


@pytest.fixture
def usage(born_on_sunday):
    return Usage(born_on_sunday)


def local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, ZoneInfo("Europe/Oslo"))


def test_tallies_add_up_to_what_the_manager_counts(institution, management_as):
    own = Usage(institution)
    span = own.days(3, 2)
    answer = management_as("developer").get(
        f"/apis/{own.id('api', 'rombooking')}/analytics",
        params={"type": "count", "from": span.start, "to": span.end - 1, "interval": HOUR},
    )
    hits = answer.json()["hits"]
    assert hits == sum(tally.calls for tally in own.tallies("rombooking", span)) > 1000


@pytest.mark.parametrize(("api", "status"), [("fs-studenter", 504), ("dfo-ansatte", 401)])
def test_the_day_of_an_incident_has_it_and_the_week_before_has_not(usage, api, status):
    there, before = usage.incident(api), usage.incident(api, weeks_before=1)
    assert status in {tally.status for tally in usage.tallies(api, there)}
    assert status not in {tally.status for tally in usage.tallies(api, before)}
    assert local(there.start).weekday() == local(before.start).weekday() < 5


def test_days_begin_and_end_at_midnight_when_clocks_change_too(usage):
    week = usage.days(7, 7)
    assert [local(end).hour for end in week] == [0, 0]
    assert local(week.end).date() == SUNDAY.date()
    assert (usage.days(0, 1).end - usage.days(0, 1).start) // HOUR == 23


def test_addresses_are_counted_once(usage):
    assert 1 < usage.addresses("fs-emner", "grade-report", usage.days(5, 2)) < 20


@pytest.mark.parametrize("task", OWN, ids=lambda task: task.id)
def test_another_seed_asks_something_else(task, usage):
    other = Institution.fresh(seed=2, start=SUNDAY.timestamp())
    asked = [task.inputs(_bench(seed, each)) for seed, each in ((1, usage), (2, Usage(other)))]
    assert asked[0] != asked[1]
    other.close()


def _bench(seed: int, usage: Usage, params: dict | None = None) -> Bench:
    view = type("View", (), {"usage": usage})
    return Bench(seed, None, params, [], None, view)


WORDS = st.sampled_from(["A", "200", "time", "status", "calls", "top", "slow", "normal", "name"])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(answer=PLAIN)
@pytest.mark.parametrize("task", [task for task in OWN if task.id != "5.4"], ids=lambda t: t.id)
def test_no_answer_makes_a_judge_fail(task, usage, answer):
    result = judged(task, task.judge(_bench(1, usage), {"answer": answer, "type": "list"}))
    assert 0 <= result["points"] <= 1
    assert result["text"]


@pytest.mark.parametrize("answer", [None, "text", [], 42, type(pytest), object()])
def test_what_is_no_figure_is_named_by_its_type(answer):
    assert read_figure(answer) == {"none": type(answer).__name__}


def test_reading_a_figure_leaves_it_as_it_was():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot(range(5))
    canvas = figure.canvas
    assert len(read_figure(figure)["series"]) == 1
    assert figure.canvas is canvas
