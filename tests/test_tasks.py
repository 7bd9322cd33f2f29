"""Opening, checking, hints, solutions, progress: what they keep and what they show."""

import json
import os
import re

import httpx
import pytest

from intark_lab import check, hint, progress, solution
from intark_lab.lab import LabError
from intark_lab.tasks import TASKS
from intark_lab.tasks.report import main
from intark_lab.tasks.show import Points, Shortfall
from intark_lab.texts import text


def fetched(emne_id) -> dict:
    headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
    address = f"{os.environ['INTARK_GATEWAY_URL']}/fs/emner/v1/emner/{emne_id}"
    return httpx.get(address, headers=headers).json()


def rows(listening, table):
    return [dict(row) for row in listening[0].store.all(f"SELECT * FROM {table}")]


def test_inputs_are_the_same_each_time_and_another_seed_has_others(lab):
    assert repr(lab.task("2.1")) == repr(lab.task("2.1"))
    assert lab.task("2.1").emne_id in repr(lab.task("2.1"))
    assert repr(lab.task("2.2")) == text("tasks.no-inputs")


def test_who_goes_back_to_a_task_is_told_that_another_was_opened(lab):
    task = lab.task("2.1")
    with pytest.raises(AttributeError, match="has no `ours`, but: emne_id"):
        _ = task.ours


def test_only_calls_since_the_task_was_opened_count(lab):
    course = fetched(lab.task("2.1").emne_id)
    assert check("2.1", course) == 2
    lab.task("2.1")
    assert check("2.1", course) == 1


def test_a_task_that_is_not_open_says_so(lab, listening):
    assert check("2.1", {"id": "INF1100-1"}) == 0
    assert rows(listening, "attempt")[0]["kind"] == "tasks.not-open"


@pytest.mark.parametrize("task_id", ["9.9", "nine", "2.9"])
def test_a_task_that_is_not_there(lab, task_id):
    for ask in (lab.task, check, hint, solution):
        with pytest.raises(LabError, match=r"2\.1"):
            ask(task_id)


def test_a_check_leaves_no_access_behind(lab, listening):
    def live():
        subscriptions = [row["status"] for row in rows(listening, "subscription")]
        applications = [row["status"] for row in rows(listening, "application")]
        return subscriptions.count("ACCEPTED"), applications.count("ACTIVE")

    before = live()
    for _ in range(2):
        check("2.2", lambda: httpx.Client())
    assert live() == before


def test_a_check_leaves_a_client_of_the_learners_as_it_was(lab):
    with httpx.Client(base_url=lab.gateway_url) as kept:
        check("2.2", lambda: kept)
        assert not kept.is_closed
        assert kept.event_hooks["request"] == []


def test_no_key_gets_into_what_is_sent_to_be_judged(lab, monkeypatch):
    sent, ask = [], lab.control

    def listen(method, path, body=None):
        answer = ask(method, path, body)
        sent.append((json.dumps(body), answer.get("key", "no key")))
        return answer

    monkeypatch.setattr(lab, "control", listen)
    address, names = lab.gateway_url, ("X-Gravitee-Api-Key", "Authorization")
    check(
        "2.2",
        lambda: httpx.Client(
            base_url=f"{address}?api-key={os.environ['INTARK_API_KEY']}",
            headers=dict.fromkeys(names, os.environ["INTARK_API_KEY"]),
        ),
    )
    (_, key), (body, _) = sent
    assert key not in body


def test_the_value_is_the_points_and_its_record_is_in_the_metadata(lab):
    points = check("2.1", fetched(lab.task("2.1").emne_id))
    data, metadata = points._repr_mimebundle_()
    assert (repr(points), points.points, points.max) == ("2.0", 2.0, 2)
    assert data["text/plain"] == "2.0"
    assert "2 of 2 points" in data["text/html"]
    assert metadata["intark"] | {"time": ""} == {
        "task": "2.1",
        "attempt": 1,
        "time": "",
        "outcome": "right",
        "hint_level": 0,
    }


@pytest.mark.parametrize("points", [-1, 3, float("nan"), float("inf")])
def test_points_are_never_out_of_range(points):
    with pytest.raises(ValueError, match="of 2"):
        Points({"points": points, "max": 2, "headline": "", "text": "", "read": "", "next": ""})


@pytest.mark.parametrize(
    ("execution", "answer", "raises"),
    [
        ("validate", "nothing", True),
        ("validate", "half", True),
        ("validate", "all", False),
        ("autograde", "nothing", True),
        ("autograde", "half", False),
        ("autograde", "all", False),
    ],
)
def test_what_nbgrader_gets_to_see(lab, monkeypatch, capsys, execution, answer, raises):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    course = fetched(lab.task("2.1").emne_id)
    answers = {"nothing": ..., "half": json.dumps(course), "all": course}
    if not raises:
        check("2.1", answers[answer])
        assert capsys.readouterr().out
        return
    with pytest.raises(Shortfall) as caught:
        check("2.1", answers[answer])
    lines = caught.value._render_traceback_()
    assert lines == str(caught.value).splitlines()
    assert max(map(len, lines)) <= 87
    assert "\x1b" not in str(caught.value)
    assert capsys.readouterr() == ("", "")


def test_a_message_has_all_that_a_learner_needs(lab, capsys):
    said = check("2.1", fetched(lab.task("2.1").emne_id + "/")).message
    for needed in ("0 of 2 points", "/fs/emner/v1/emner/", "404", "Expected", "Read more", "hint("):
        assert needed in said
    assert capsys.readouterr().out.strip() == said


def test_three_hints_of_rising_strength_then_the_offer_of_a_solution(lab, capsys):
    said = []
    for _ in range(4):
        hint("2.4")
        said.append(capsys.readouterr().out)
    assert len(set(said)) == 3
    assert said[2] == said[3]
    assert ["solution(" in words for words in said] == [False, False, True, True]


def test_a_check_offers_the_solution_after_the_last_hint(lab):
    assert 'hint("2.1")' in check("2.1").message
    for _ in range(3):
        hint("2.1")
    assert 'solution("2.1")' in check("2.1").message


@pytest.mark.parametrize("task_id", TASKS)
def test_a_solution_is_code_without_marks(lab, capsys, task_id):
    solution(task_id)
    _, _, code = capsys.readouterr().out.partition("\n\n")
    compile(code, task_id, "exec")
    assert "###" not in code


def test_progress_shows_the_best_points_attempts_and_help(lab, capsys):
    course = fetched(lab.task("2.1").emne_id)
    for answer in (course, ...):
        check("2.1", answer)
    hint("2.2")
    solution("2.3")
    capsys.readouterr()
    progress()
    heads, _, *rows, following, take_along = capsys.readouterr().out.splitlines()
    first = rows.index(text("unit02.title")) + 1
    course, client, statuses = rows[first : first + 3]
    assert re.split("  +", heads) == ["Task", "Points", "Attempts", "Help taken", "Minutes"]
    assert re.split("  +", course)[1:] == ["2 of 2", "2", "none", "5"]
    assert re.split("  +", client)[1:] == ["0 of 2", "0", "1 hint", "8"]
    assert re.split("  +", statuses)[1:] == ["0 of 2", "0", "solution", "10"]
    assert "task 2.2" in following
    assert lab.control("GET", "/progress")["code"] in take_along


def test_progress_on_the_command_line(lab, capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert "2.4" in shown
    assert f"task {next(iter(TASKS))}" in shown.splitlines()[-1]


def test_a_plan_that_is_gone_is_named_with_the_mend(lab, listening):
    store = listening[0].store
    with store.transaction():
        store.write("UPDATE plan SET status = 'CLOSED' WHERE slug = 'open-study-data'")
    with pytest.raises(LabError, match=r"open-study-data.*\n*.*reset"):
        check("2.4", lambda client: [])


def test_a_judge_that_fails_says_whose_fault_it_is(lab):
    with pytest.raises(LabError, match="not you"):
        lab.control("POST", "/tasks/2.3/judge", {"decisions": []})
