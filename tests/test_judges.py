"""No answer makes a judge fail: each gets points within range, and words."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intark_lab.control.words import judged
from intark_lab.sources import Sources
from intark_lab.tasks import TASKS
from intark_lab.tasks.task import Bench
from intark_lab.tasks.unit02.statuses import CASES, WORDS
from intark_lab.world import World

TRUTH = Sources(World(1))
KEYS = st.sampled_from(["id", "items", "total", "status", "http_status_code", "navn", "emne"])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(["dict", "list", "Response", "str", "DataFrame", "NoneType"])
IDS = [record["id"] for record in TRUTH.records("fs-emner", "undervisningsaktiviteter")]
RECORDS = st.lists(st.sampled_from(IDS).map(lambda identity: {"id": identity}), max_size=5)
DECISION = st.fixed_dictionaries({"word": st.sampled_from([*WORDS, None, "42"])})
RAISED = {"type": "KeyError", "said": "'x'", "line": "", "number": 0}
DECISIONS = st.tuples(*[DECISION | st.just({"raised": RAISED}) for _ in CASES]).map(
    lambda made: [{"case": case.case, **one} for case, one in zip(CASES, made, strict=True)]
)


def bench(task) -> Bench:
    opened = Bench(1, TRUTH, None, [], None, view=None)
    return replace(opened, params=task.inputs(opened), probe="subscription of the check")


def judge(task_id: str, evidence: dict) -> None:
    task = TASKS[task_id]
    result = judged(task, task.judge(bench(task), evidence))
    assert 0 <= result["points"] <= result["max"] == task.points
    assert result["text"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=PLAIN, kind=TYPES)
@example(answer={"items": 1}, kind="dict")
def test_a_course(answer, kind):
    judge("2.1", {"answer": answer, "type": kind})


@settings(deadline=None)
@given(answer=PLAIN | RECORDS, kind=TYPES)
@example(answer={"items": 1}, kind="dict")
@example(answer=[{"id": ["no", "id"]}], kind="list")
def test_a_list(answer, kind):
    judge("2.4", {"answer": answer, "type": kind})


@settings(deadline=None)
@given(decisions=DECISIONS)
def test_decisions(decisions):
    judge("2.3", {"decisions": decisions})


def test_a_limit_that_was_not_met_is_not_judged():
    decisions = [{"case": case.case, "word": case.words[0]} for case in CASES]
    (limit,) = (one for one in decisions if one["case"] == "limit")
    limit["word"] = "use"  # what a busy machine's six calls of one second get
    task = TASKS["2.3"]
    assert task.judge(bench(task), {"decisions": decisions}).points == 2


@pytest.mark.parametrize(
    ("task_id", "evidence"), [("2.2", {"stopped": 20}), ("2.4", {"unfinished": "time"})]
)
def test_a_function_that_was_stopped(lab, task_id, evidence):
    lab.control("POST", f"/tasks/{task_id}/start")
    result = lab.control("POST", f"/tasks/{task_id}/judge", evidence)
    assert result["points"] == 0
    assert "stopped your" in result["text"]
