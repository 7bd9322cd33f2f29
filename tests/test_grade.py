"""The verb `grade`: the same scores as nbgrader's own command, and a batch that nothing stops."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import held
import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from running import copy_checkout, nbgrader
from submissions import UNIT, read, solved, submissions

from intark_lab.grading import table
from intark_lab.grading.batch import Graded

EXITS = "import os; os._exit(1)"
SAME = ("right-1", "untouched", "searched", "frozen-key", "exits", "raises", "edited-checks")


def hand_in(root, student: str, notebook, name: str = UNIT) -> None:
    folder = root / "submitted" / student / UNIT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def beginning_with(code: str):
    notebook = solved(1, 2, 3, 4)
    notebook.cells.insert(0, new_code_cell(code))
    return notebook


def environ(root) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root), "INTARK_LAB_FOLDER": str(root / ".lab")}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "intark_lab", "grade", *arguments]


def grade(root, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        command(*arguments), cwd=root, env=environ(root), capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr == "" or code
    return done.stdout + done.stderr


def scores(root) -> dict[tuple[str, str], float]:
    """Auto score by student and cell."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in book.assignment_submissions(UNIT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture(scope="module", autouse=True)
def _level():
    held.full()


@pytest.fixture
def root(tmp_path):
    return copy_checkout(tmp_path)


@pytest.mark.slow
def test_scores_are_those_of_nbgraders_own_command(root):
    for student, notebook, _ in submissions():
        if student in SAME:
            hand_in(root, student, notebook)
    grade(root)
    ours = scores(root)
    nbgrader(root, "autograde", UNIT, "--force", environ={"INTARK_LAB_FOLDER": f"{root}/.lab"})
    assert ours == scores(root)
    assert len(ours) == 4 * len(SAME)


@pytest.mark.slow
def test_a_batch_goes_on_whatever_one_submission_does(root):
    hand_in(root, "exits", beginning_with(EXITS))
    hand_in(root, "renamed", solved(1), name="mine")
    hand_in(root, "right", solved(1, 2, 3, 4))
    right = root / "submitted" / "right" / UNIT
    (right / "timestamp.txt").write_text(f"no time at all {'9' * 300}")
    Path(os.fsdecode(bytes(right) + b"/bj\xf8rn.csv")).touch()
    (root / "submitted" / "empty" / UNIT).mkdir(parents=True)
    (root / "submitted" / "link" / UNIT).mkdir(parents=True)
    (root / "submitted" / "link" / UNIT / f"{UNIT}.ipynb").symlink_to("/etc/passwd")
    rows = {row["student"]: row for row in json.loads(grade(root, "--json", code=1))}
    sums = {student: sum(row["scores"].values()) for student, row in rows.items()}
    assert sums == {"exits": 0, "renamed": 2, "right": 8, "empty": 0, "link": 0}
    assert "ended while this cell ran" in rows["exits"]["failed"]
    assert rows["right"]["level"] == "full"
    assert all(b"root:" not in f.read_bytes() for f in root.glob("autograded/link/*/*"))
    for student in rows:
        assert (root / "autograded" / student / UNIT / f"{UNIT}.ipynb").exists()


@pytest.mark.slow
def test_an_interrupted_batch_goes_on_where_it_stopped(root):
    for number in range(8):
        hand_in(root, f"s{number}", solved(1))
    batch = subprocess.Popen(command("--jobs", "1"), cwd=root, env=environ(root))
    deadline = time.monotonic() + 120
    while not (before := list(root.glob("autograded/*/*/*.ipynb"))):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    batch.send_signal(signal.SIGINT)
    assert batch.wait(60) == 130
    kept = {file: file.stat().st_mtime_ns for file in before}
    assert "8 graded" not in grade(root)
    assert {file: file.stat().st_mtime_ns for file in before} == kept
    assert sum(points or 0 for points in scores(root).values()) == 16
    assert "0 graded" in grade(root)


@pytest.mark.slow
def test_what_a_person_entered_stays(root):
    hand_in(root, "anna", solved(1))
    grade(root)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.find_grade("u2-t2-check", UNIT, UNIT, "anna").manual_score = 1.5
        book.find_comment("u2-t2-answer", UNIT, UNIT, "anna").manual_comment = "See me."
        book.db.commit()
    grade(root, UNIT, "--force", "--student", "anna")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        kept = book.find_grade("u2-t2-check", UNIT, UNIT, "anna")
        assert (kept.auto_score, kept.score, kept.needs_manual_grade) == (0, 1.5, True)
        assert book.find_comment("u2-t2-answer", UNIT, UNIT, "anna").comment == "See me."


@pytest.mark.slow
def test_a_changed_submission_is_graded_again(root):
    hand_in(root, "anna", read("exercises"))
    grade(root)
    nbformat.write(solved(1), root / "submitted" / "anna" / UNIT / f"{UNIT}.ipynb")
    assert "1 graded" in grade(root)
    assert scores(root)["anna", "u2-t1-check"] == 2


def test_a_strangers_words_do_not_steer_the_terminal():
    steered = Graded("anna\x1b[2J", UNIT, None, failure="\x9b2J\nberit: all is well")
    assert not set("\x1b\x9b") & set(table.lines([steered], "full"))
    assert "\nberit" not in table.lines([steered], "full")


@pytest.mark.slow
def test_what_cannot_be_done_is_said(root):
    assert "Nothing to grade" in grade(root, code=2)
    assert "There is no unit 77" in grade(root, "77", code=2)
