"""Validate, the button above an exercise: what it runs, and the words that its reader gets."""

import nbformat
import pytest
from nbgrader.validator import Validator
from running import nbgrader, running_lab
from submissions import FROZEN_CLIENT, UNIT, answered, hard_coded, read, solved
from test_nbgrader import learners_environment

NOTEBOOKS = {
    "right": solved(1, 2, 3, 4),
    "partial": answered(2, FROZEN_CLIENT),
    "wrong": answered(1, "course = {'id': 'NONE1000-1'}"),
    "untouched": read("exercises"),
    "hard-coded": hard_coded(),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What the dialog gets of each notebook, while a learner's lab runs."""
    work = tmp_path_factory.mktemp("work")
    with running_lab(work / ".lab") as lab, pytest.MonkeyPatch.context() as patch:
        for name, value in learners_environment(lab).items():
            patch.setenv(name, value)
        yield {name: validated(work / f"{name}.ipynb", nb) for name, nb in NOTEBOOKS.items()}
        assert lab.journal == []


def validated(file, notebook) -> dict:
    nbformat.write(notebook, file)
    return Validator().validate(str(file))


@pytest.mark.slow
def test_a_right_answer_passes(results):
    assert results["right"] == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("partial", {"2.2": "1 of 2 points"}),
        ("wrong", {"2.1": "`course` is NONE1000-1. Expected was"}),
        ("untouched", {f"2.{number}": "not tried yet" for number in range(1, 5)}),
        ("hard-coded", {"2.1": "no call", "2.2": "0 of", "2.3": "0 of", "2.4": "1 of"}),
    ],
)
def test_what_is_missed_is_said_in_the_courses_words(results, name, words):
    failed = results[name]["failed"]
    assert [cell["source"].split('"')[1] for cell in failed] == list(words)
    for cell, (task, expected) in zip(failed, words.items(), strict=True):
        assert cell["raw_error"].startswith(f"Task {task}, ")
        assert expected in " ".join(cell["raw_error"].split())


@pytest.mark.slow
def test_the_stock_command_says_the_same(tmp_path):
    file = tmp_path / f"{UNIT}.ipynb"
    nbformat.write(read("exercises"), file)
    said = nbgrader(tmp_path, "validate", file.name)
    assert "VALIDATION FAILED ON 4 CELL(S)" in said
    assert said.count("not tried yet") == 4
    assert not any(len(line) == 90 and line.endswith("...") for line in said.splitlines())
