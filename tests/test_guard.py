"""A learner's function is run where it can neither hang the notebook nor write to stderr."""

import asyncio
import contextlib
import sys
import threading

import pytest

from intark_lab.tasks.evidence import called, of_function, of_value
from intark_lab.tasks.guard import TimeUp, guarded, told

ORDERS = {"call": "work()", "arguments": 0}


def for_ever():
    while True:
        pass


def whatever_happens():
    for _ in range(3):
        with contextlib.suppress(BaseException):
            for_ever()


@pytest.mark.parametrize("work", [for_ever, whatever_happens])
def test_a_loop_without_end_is_ended(work):
    before = threading.active_count()
    with pytest.raises(TimeUp):
        guarded(work, seconds=0.05)
    assert threading.active_count() == before


def test_what_it_returns_and_what_it_raises():
    assert guarded(lambda: 7) == 7
    with pytest.raises(KeyError):
        guarded(lambda: {}["items"])


def test_nothing_reaches_stderr(capsys):
    guarded(lambda: print("note", file=sys.stderr))
    assert capsys.readouterr() == ("note\n", "")


def test_asyncio_runs_as_in_a_program():
    async def seven():
        return 7

    async def notebook():
        return guarded(lambda: asyncio.run(seven()))

    assert asyncio.run(notebook()) == 7


def test_the_learners_line_is_told():
    def wrong():
        return {"a": 1}["items"]

    with pytest.raises(KeyError) as caught:
        guarded(wrong)
    said = told(caught.value)
    assert said["line"] == 'return {"a": 1}["items"]'
    assert (said["type"], said["said"]) == ("KeyError", "'items'")
    assert said["number"] == wrong.__code__.co_firstlineno + 1


def test_an_error_inside_a_library_is_told_at_the_learners_line():
    with pytest.raises(ValueError, match="Expecting value") as caught:
        __import__("json").loads("")
    assert "json" in told(caught.value)["line"]


def test_no_line_is_told_where_none_is_theirs():
    assert told(OSError("gone"))["line"] == ""


def test_a_generator_that_raises_is_an_answer_that_raised():
    def rows():
        yield 1
        raise RuntimeError("half way")

    assert of_value(rows())["raised"]["said"] == "half way"


def test_a_coroutine_in_disguise_is_told_and_closed():
    async def work():
        return 1

    found = of_function(lambda: work(), lambda function, _: called(function), ORDERS)
    assert found == {"misfit": "async", "call": "work()"}


def test_no_key_and_no_endless_line_is_told(monkeypatch):
    monkeypatch.setenv("INTARK_API_KEY", "the-key")
    with pytest.raises(ValueError, match="api-key") as caught:
        raise ValueError("/emner?api-key=the-key")  # and a comment that makes this line a long one
    told_of = told(caught.value)
    assert told_of["said"] == "/emner?api-key=***"
    assert len(told_of["line"]) == 64
