"""Every attempt is judged, over a socket, by the function that learners call."""

from types import SimpleNamespace

import httpx
import pytest
from attempts import unit02_client, unit02_course, unit02_pages, unit02_statuses

from intark_lab import check
from intark_lab.tasks import TASKS

ATTEMPTS = [
    *unit02_course.ATTEMPTS,
    *unit02_client.ATTEMPTS,
    *unit02_statuses.ATTEMPTS,
    *unit02_pages.ATTEMPTS,
]


@pytest.fixture(autouse=True)
def _every_client_closed(monkeypatch):
    """Learners leave clients open; a test may not."""
    made = []

    class Kept(httpx.Client):
        def __init__(self, **settings):
            super().__init__(**settings)
            made.append(self)

    monkeypatch.setattr(httpx, "Client", Kept)
    yield
    for client in made:
        client.close()


@pytest.fixture(autouse=True)
def _sleeping_moves_lab_time(lab, monkeypatch):
    asleep = SimpleNamespace(sleep=lambda seconds: lab.advance(seconds=seconds))
    monkeypatch.setattr(unit02_pages, "time", asleep)


@pytest.mark.parametrize(
    "attempt", ATTEMPTS, ids=lambda attempt: f"{attempt.task}-{attempt.answer.__name__}"
)
def test_attempt(lab, listening, attempt):
    points = check(attempt.task, attempt.answer(lab.task(attempt.task)))
    institution, _ = listening
    (kept,) = institution.store.all("SELECT * FROM attempt")
    name = TASKS[attempt.task].name
    kinds = [
        kind if kind.startswith("tasks.") else f"{name}.{kind}" for kind in attempt.kinds.split()
    ]
    assert (kept["outcome"], kept["kind"].split()) == (attempt.outcome, kinds)
    assert points == kept["points"] == attempt.points
