"""Validate, the button above an exercise: what it runs, and the words that its reader gets."""

import nbformat
import pytest
from running import copy_checkout, nbgrader, running_lab
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
def said(tmp_path_factory):
    """What Validate says of each notebook, while a learner's lab runs."""
    root = copy_checkout(tmp_path_factory.mktemp("course"))
    words = {}
    with running_lab(tmp_path_factory.mktemp("learner")) as lab:
        for name, notebook in NOTEBOOKS.items():
            file = root / "work" / "exercises" / UNIT / f"{name}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, file)
            words[name] = nbgrader(root, "validate", str(file), environ=learners_environment(lab))
        assert lab.journal == []
    return words


@pytest.mark.slow
def test_a_right_answer_passes(said):
    assert "Success! Your notebook passes all the tests." in said["right"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cells", "words"),
    [
        ("partial", 1, "INTARK_API_KEY"),
        ("wrong", 1, "NONE1000-1"),
        ("untouched", 4, "..."),
        ("hard-coded", 4, "by id"),
    ],
)
def test_what_is_missed_is_said_in_the_courses_words(said, name, cells, words):
    head, _, failed = said[name].partition("The following cell failed:")
    assert f"VALIDATION FAILED ON {cells} CELL(S)" in head
    assert words in failed
    assert "Traceback" not in failed
    assert "Partial credit; passed some" not in failed
