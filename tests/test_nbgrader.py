"""nbgrader's own commands on the course: scores, feedback, and nothing that leaks."""

import csv
import os
import re
import stat

import nbformat
import pytest
from nbgrader.api import Gradebook
from running import copy_checkout, nbgrader, running_lab
from submissions import MARKS, UNIT, cell, read, solved, submissions

from intark_lab import paths

HANDED_IN = list(submissions())
TASKS = [f"u2-t{number}-check" for number in range(1, 5)]


def hand_in(root, student, notebook, name=UNIT):
    folder = root / "submitted" / student / UNIT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A checkout in which all was graded while a learner's lab ran: (root, that lab's calls)."""
    root = copy_checkout(tmp_path_factory.mktemp("course"))
    for student, notebook, _ in HANDED_IN:
        hand_in(root, student, notebook)
    with running_lab(tmp_path_factory.mktemp("learner")) as lab:
        environ = learners_environment(lab)
        for command in ("generate_assignment", "autograde", "generate_feedback"):
            nbgrader(root, command, UNIT, environ=environ)
        nbgrader(root, "export", environ=environ)
        calls = lab.journal
    return root, calls


def learners_environment(lab) -> dict[str, str]:
    """Every variable that a learner's lab sets or reads."""
    return {
        "INTARK_LAB_URL": lab.gateway_url.removesuffix("/gateway"),
        "INTARK_LAB_TOKEN": "wrong",
        "INTARK_LAB_FOLDER": "/nowhere",
        "INTARK_GRADING_SEED": "2026",
        "INTARK_PORTAL_URL": lab.portal_url,
        "INTARK_PORTAL_AUTH": "Basic wrong",
        "INTARK_GATEWAY_URL": lab.gateway_url,
        "INTARK_API_KEY": "wrong",
    }


def output_text(root, student: str) -> str:
    """All that a student's graded notebook says."""
    notebook = nbformat.read(root / "autograded" / student / UNIT / f"{UNIT}.ipynb", as_version=4)
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    return "".join(o.get("text", "") + "\n".join(o.get("traceback", [])) for o in outputs)


def seed_of(root, student: str) -> int:
    return int(re.search(r"of seed (\d+)", output_text(root, student))[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("student", "points"), [(s, p) for s, _, p in HANDED_IN], ids=[s for s, _, _ in HANDED_IN]
)
def test_scores_are_as_expected(graded, student, points):
    with Gradebook(f"sqlite:///{graded[0]}/gradebook.db") as gradebook:
        [notebook] = gradebook.find_submission(UNIT, student).notebooks
        scores = {grade.name: grade.auto_score or 0 for grade in notebook.grades}
    assert [scores[task] for task in TASKS] == list(points)


@pytest.mark.slow
def test_the_export_has_the_same_sums(graded):
    with (graded[0] / "grades.csv").open() as file:
        sums = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert sums == {student: sum(points) for student, _, points in HANDED_IN}


@pytest.mark.slow
def test_each_submission_meets_a_lab_of_its_own(graded):
    root, calls = graded
    seeds = [seed_of(root, student) for student in ("right-1", "right-2", "right-3")]
    assert len({*seeds, 2026}) == 4
    assert calls == []


@pytest.mark.slow
def test_feedback_names_the_seed_and_says_what_was_missed(graded):
    root, _ = graded
    feedback = (root / "feedback" / "frozen-key" / UNIT / f"{UNIT}.html").read_text()
    assert f"of seed {seed_of(root, 'frozen-key')}" in feedback
    shown = re.findall(r"<pre>[^<]*", feedback)
    assert any("INTARK_API_KEY" in text for text in shown)


@pytest.mark.slow
def test_feedback_keeps_the_words_of_pictures(graded):
    feedback = (graded[0] / "feedback" / "with-pictures" / UNIT / f"{UNIT}.html").read_text()
    words = [re.search(r'alt="([^"]*)"', image)[1] for image in re.findall(r"<img[^>]*>", feedback)]
    assert words == ["A dot in a text", "A dot that a cell drew"]


@pytest.mark.slow
def test_the_secret_stays_with_the_instructor(graded):
    root, _ = graded
    secret = root / ".lab" / "course-secret"
    if os.name != "nt":
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    for folder in ("autograded", "feedback", "exercises"):
        for file in (root / folder).rglob("*.*"):
            assert secret.read_bytes() not in file.read_bytes()


@pytest.mark.slow
def test_the_stock_command_generates_what_is_committed(graded):
    made = graded[0] / "exercises" / UNIT / f"{UNIT}.ipynb"
    assert made.read_bytes() == (paths.exercises() / UNIT / f"{UNIT}.ipynb").read_bytes()


@pytest.mark.slow
def test_a_renamed_file_is_named_and_the_others_are_graded(tmp_path):
    root = copy_checkout(tmp_path)
    hand_in(root, "renamed", solved(1), name="my-answers")
    hand_in(root, "right", solved(1))
    nbgrader(root, "generate_assignment", UNIT)
    said = nbgrader(root, "autograde", UNIT, code=1)
    assert "Skipping unknown notebook" in said
    assert "for student 'renamed'" in said
    assert (root / "autograded" / "right" / UNIT / f"{UNIT}.ipynb").exists()


def test_no_line_of_a_solution_leaks():
    solution, exercise = read("solutions"), read("exercises")
    shown = "\n".join(cell.source for cell in exercise.cells)
    hidden = [line for number in range(1, 5) for line in solution_lines(solution, number)]
    assert len(hidden) > 20
    assert [line for line in hidden if line in shown] == []


def solution_lines(notebook, number: int) -> list[str]:
    """The lines between the marks, those apart that say too little to be known again."""
    source = cell(notebook, number, "answer").source
    between = re.findall(r"### BEGIN SOLUTION\n(.*?)\s*### END SOLUTION", source, re.S)
    lines = [line.strip() for block in between for line in block.split("\n")]
    return [line for line in lines if len(line) > 12]


def test_what_the_exercise_leaves_in_an_answer_is_no_answer():
    for number in range(1, 5):
        left = cell(read("exercises"), number, "answer").source
        assert "...  # your code here" in left
        assert not MARKS.search(left)
