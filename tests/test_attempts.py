"""Every attempt is judged, over a socket, by the function that learners call."""

import pkgutil
import re
from contextlib import suppress
from importlib import import_module
from types import SimpleNamespace

import attempts
import httpx
import pika
import pytest
from pseudo import ENGLISH

from intark_lab import check
from intark_lab.tasks import TASKS
from intark_lab.texts import catalogue

TAKES_ITS_TIME = {
    "unit02.pages.stuck",
    "unit04.acknowledging.hung",
    "unit04.keeping.slow",
}
"""Told after twenty seconds; test_judges and test_unit04 have it at once."""
MODULES = [
    import_module(f"attempts.{each.name}") for each in pkgutil.iter_modules(attempts.__path__)
]
ATTEMPTS = [attempt for module in MODULES for attempt in module.ATTEMPTS]


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
def _every_connection_closed(monkeypatch):
    """So do they with connections to the broker, some of which were cut meanwhile."""
    made = []

    class Kept(pika.BlockingConnection):
        def __init__(self, *settings):
            super().__init__(*settings)
            made.append(self)

    monkeypatch.setattr(pika, "BlockingConnection", Kept)
    yield
    for connection in made:
        with suppress(pika.exceptions.AMQPError, OSError):
            connection.close()


@pytest.fixture(autouse=True)
def _sleeping_moves_lab_time(lab, monkeypatch):
    asleep = SimpleNamespace(sleep=lambda seconds: lab.advance(seconds=seconds))
    for module in MODULES:
        if hasattr(module, "time"):
            monkeypatch.setattr(module, "time", asleep)


def full_names(attempt) -> list[str]:
    name = TASKS[attempt.task].name
    kinds = attempt.kinds.split()
    return [kind if kind.startswith("tasks.") else f"{name}.{kind}" for kind in kinds]


def played(attempt):
    marks = [pytest.mark.slow] if attempt.slow else []
    return pytest.param(attempt, id=f"{attempt.task}-{attempt.answer.__name__}", marks=marks)


@pytest.mark.parametrize("attempt", [played(attempt) for attempt in ATTEMPTS])
def test_attempt(lab, listening, attempt):
    points = check(attempt.task, attempt.answer(lab.task(attempt.task)))
    institution, _ = listening
    (kept,) = institution.store.all("SELECT * FROM attempt")
    assert (kept["outcome"], kept["kind"].split()) == (attempt.outcome, full_names(attempt))
    assert points == kept["points"] == attempt.points


@pytest.mark.parametrize("task_id", TASKS)
def test_every_task_has_attempts_that_are_told_different_things(task_id):
    own = [attempt for attempt in ATTEMPTS if attempt.task == task_id]
    right = [attempt for attempt in own if attempt.outcome == "right"]
    told = {attempt.kinds for attempt in own if attempt.outcome == "wrong"}
    assert len(right) >= 2
    assert len(told) >= 2


def test_every_message_of_a_judge_is_told_to_somebody():
    told = {name for attempt in ATTEMPTS for name in full_names(attempt)}
    names = tuple(f"{task.name}." for task in TASKS.values())
    plain = re.compile(r".*\.(title|read|hint\d)")
    messages = {n for n in catalogue(ENGLISH) if n.startswith(names) and not plain.fullmatch(n)}
    assert sorted(messages - told - TAKES_ITS_TIME) == []
