"""A class that was graded, made without grading it: gradebook and graded notebooks of unit 02."""

from pathlib import Path
from typing import NamedTuple

import nbformat
from damaged import written
from submissions import UNIT, cell, read, solved

from intark_lab import paths
from intark_lab.grading.folders import Course
from intark_lab.grading.repair import repair

TESTS = [f"u2-t{number}-check" for number in range(1, 5)]


class Student(NamedTuple):
    """Points of the four tasks; names of what each check told; what the learner's lab recorded."""

    points: tuple[float, ...]
    told: tuple[tuple[str, ...], ...] = ((),) * 4
    record: dict = {}  # noqa: RUF012 - a value that nobody changes


def make_course(root: Path) -> Course:
    """A course's folder with the exercise of unit 02 in it."""
    (root / "exercises").mkdir(parents=True)
    (root / "exercises" / UNIT).symlink_to(paths.exercises() / UNIT)
    (root / "nbgrader_config.py").touch()
    return Course(root)


def make_class(course: Course, students: dict[str, Student]) -> None:
    """As if each had been graded. A task nothing was told about was not tried."""
    with course.book() as book:
        book.add_assignment(UNIT)
        book.add_notebook(UNIT, UNIT)
        for test in TESTS:
            book.add_grade_cell(test, UNIT, UNIT, max_score=2, cell_type="code")
            answer = test.replace("check", "answer")
            book.add_solution_cell(answer, UNIT, UNIT)
        for name, student in students.items():
            book.add_student(name)
            submission = book.add_submission(UNIT, name)
            for grade in submission.notebooks[0].grades:
                grade.auto_score = student.points[TESTS.index(grade.name)]
            book.db.commit()
            _put(course, name, _notebook(student))


def _notebook(student: Student) -> nbformat.NotebookNode:
    tried = [number for number in range(1, 5) if student.told[number - 1]]
    made = repair(written(solved(*tried)), read("exercises"), UNIT).notebook
    scores = [
        {
            "cell": test,
            "outcome": "wrong" if student.told[number] else "untried",
            "message": f"Said of {number + 1}.",
            "messages": student.told[number],
        }
        for number, test in enumerate(TESTS)
    ]
    made.metadata.intark.update(record=student.record, graded={"scores": scores, "seed": 7})
    for number in range(1, 5):
        said = nbformat.v4.new_output("stream", text=f"Said of {number}.")
        cell(made, number, "check").outputs = [said]
    return made


def _put(course: Course, student: str, notebook: nbformat.NotebookNode) -> None:
    folder = course.autograded / student / UNIT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{UNIT}.ipynb")
