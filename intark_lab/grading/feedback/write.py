"""Writes a feedback page from a gradebook that is open, as `nbgrader generate_feedback` does."""

from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook

from intark_lab.grading.feedback.export import rendered
from intark_lab.grading.feedback.model import page
from intark_lab.grading.folders import Course


def write(course: Course, book: Gradebook, notebook: NotebookNode, student: str, unit: str) -> Path:
    """The page of a graded notebook, with the points and comments that the gradebook has now."""
    kept = book.find_submission_notebook(unit, unit, student)
    penalty = kept.late_submission_penalty or 0
    graded = {"assignment": unit, "score": kept.score - penalty, "max_score": kept.max_score}
    marked = _marked(notebook, kept)
    file = course.feedback / student / unit / f"{unit}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    values = page(marked, {**graded, "late_penalty": penalty})
    draft.write_text(rendered("feedback.html.j2", page=values), encoding="utf-8")
    return draft.replace(file)


def _marked(notebook: NotebookNode, kept) -> NotebookNode:
    """The notebook with what nbgrader's GetGrades writes into it."""
    grades = {grade.name: grade for grade in kept.grades}
    comments = {comment.name: comment for comment in kept.comments}
    marked = deepcopy(notebook)
    for cell in marked.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in grades:
            cell.metadata.nbgrader.update(score=grades[name].score, points=grades[name].max_score)
        if name in comments:
            cell.metadata.nbgrader["comment"] = comments[name].comment
    return marked
