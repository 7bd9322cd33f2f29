"""Writes scores into nbgrader's gradebook, with its own API, as `nbgrader autograde` does.

One process writes, and one connection stays open. A comment or a point that a person entered is
never touched.
"""

import subprocess
import sys
import warnings

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy.exc import SAWarning

from intark_lab.grading.folders import Course
from intark_lab.grading.submission import Report
from intark_lab.grading.value import settle

UNTOUCHED = "No response."
"""nbgrader's own comment on an answer cell that is as it was handed out."""


class Register:
    """The gradebook of one course; a context that closes it."""

    def __init__(self, course: Course):
        self._root = course.root
        self.book = course.book()

    def __enter__(self) -> "Register":
        return self

    def __exit__(self, *_error) -> None:
        self.book.close()

    def know(self, unit: str) -> None:
        """Let the gradebook have the unit's cells, from its solved exercise.

        Raises CalledProcessError with nbgrader's words.
        """
        try:
            self.book.find_notebook(unit, unit)
        except MissingEntry:
            command = [sys.executable, "-m", "nbgrader", "generate_assignment", unit, "--create"]
            subprocess.run(
                command, cwd=self._root, check=True, capture_output=True, text=True, timeout=300
            )
            self.book.db.expire_all()

    def enter(self, report: Report, notebook: NotebookNode, timestamp: str | None) -> None:
        """Write one student's scores and comments; the notebook is the executed one."""
        book, unit, student = self.book, report.unit, report.student
        book.update_or_create_student(student)
        submission = self._submission(unit, student, timestamp)
        (kept,) = (one for one in submission.notebooks if one.name == unit)
        cells = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in notebook.cells
            if "nbgrader" in cell.metadata
        }
        recorded = {score.cell: score.points for score in report.scores}
        for grade in kept.grades:
            grade.auto_score = _points(cells.get(grade.name), recorded.get(grade.name))
            entered = grade.manual_score is not None
            grade.needs_manual_grade = entered or grade.auto_score is None
        for comment in kept.comments:
            comment.auto_comment = _comment(cells.get(comment.name))
        book.db.commit()
        self._penalize(submission)

    def _submission(self, unit: str, student: str, timestamp: str | None):
        when = {"timestamp": timestamp} if timestamp else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader makes it cell by cell
            return self.book.update_or_create_submission(unit, student, **when)

    def _penalize(self, submission) -> None:
        """What the course takes off for being late, if it does; by nbgrader's own plugin."""
        if submission.total_seconds_late > 0:
            from nbgrader.plugins import LateSubmissionPlugin

            late = submission.total_seconds_late
            for notebook in submission.notebooks:
                penalty = LateSubmissionPlugin().late_submission_penalty(
                    submission.student.id, notebook.score, late
                )
                notebook.late_submission_penalty = penalty
            self.book.db.commit()


def _points(cell: NotebookNode | None, recorded: float | None) -> float | None:
    """The lab's record, else what nbgrader reads from the cell; None is a person's to grade."""
    if cell is None or not is_grade(cell):
        return 0.0
    if recorded is not None:
        return recorded
    if cell.cell_type == "code" and not is_solution(cell):
        settle(cell)
    return determine_grade(cell)[0]


def _comment(cell: NotebookNode | None) -> str | None:
    if cell is None or is_task(cell):
        return None
    same = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return UNTOUCHED if same else None
