"""What was graded as a data frame: a row for each student and task.

from intark_lab.grading.folders import Course
from intark_lab.grading.overview.table import summary, table

rows = table(Course.here(), "02-call-an-api")
summary(rows)
"""

import re
from collections import Counter
from collections.abc import Iterator
from textwrap import shorten

import nbformat
import pandas as pd
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import compute_checksum

from intark_lab import settings
from intark_lab.grading.feedback.model import message_of, task_id, task_title
from intark_lab.grading.folders import Course
from intark_lab.texts import catalogue

COLUMNS = ["student", "task", "title", "points", "max", "tried", "right", "told"]
COLUMNS += ["attempts", "hint_level", "minutes"]
"""`told` are the names of the check's texts, or its paragraphs' first sentences; the last three are
what the learner's own lab recorded, NaN where it did not."""

_LENGTH = 160
_SENTENCE = re.compile(r"[^.!?]*[.!?](?=\s|$)|.+", re.S)


def table(course: Course, unit: str) -> pd.DataFrame:
    """COLUMNS of every graded submission of a unit; no rows where there is none."""
    rows: list[dict] = []
    if course.gradebook.exists():
        with course.book() as book:
            for file in sorted(course.autograded.glob(f"*/{unit}/{unit}.ipynb")):
                student = file.parts[-3]
                scores = _scores(book, unit, student)
                rows += _rows(nbformat.read(file, as_version=4), student, scores)
    return pd.DataFrame(rows, columns=COLUMNS)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a task: how many handed in, tried and had it right, and the median of what they need.

    `wrong` are the commonest things that checks told those who had it not right, with their number.
    """
    groups = rows.groupby("task", sort=False)
    made = pd.DataFrame(
        {
            "title": groups["title"].first(),
            "handed_in": groups.size(),
            "tried": groups["tried"].sum(),
            "right": groups["right"].sum(),
            "mean_points": groups["points"].mean(),
            "max": groups["max"].first(),
            "attempts": groups["attempts"].median(),
            "hint_level": groups["hint_level"].median(),
            "minutes": groups["minutes"].median(),
        }
    )
    made["wrong"] = [_common_wrong(group) for _, group in groups]
    return made


def _scores(book: Gradebook, unit: str, student: str) -> dict[str, float]:
    """Points by test cell, a person's where one entered them."""
    try:
        kept = book.find_submission_notebook(unit, unit, student)
    except MissingEntry:
        return {}
    return {grade.name: grade.score for grade in kept.grades}


def _rows(notebook: NotebookNode, student: str, scores: dict[str, float]) -> Iterator[dict]:
    said = notebook.metadata.get("intark", {})
    judged = {score["cell"]: score for score in said.get("graded", {}).get("scores", ())}
    untouched = False
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("solution"):
            untouched = graded.get("checksum") == compute_checksum(cell)
        if not graded.get("grade"):
            continue
        task, name = task_id(cell), graded["grade_id"]
        record, score = said.get("record", {}).get(task, {}), judged.get(name, {})
        points = scores.get(name, 0.0)
        yield {
            "student": student,
            "task": task,
            "title": task_title(task),
            "points": points,
            "max": graded["points"],
            "tried": score["outcome"] not in ("untried", "none") if score else not untouched,
            "right": points >= graded["points"],
            "told": tuple(score.get("messages", ())) or _first_sentences(message_of(cell)),
            "attempts": record.get("attempts"),
            "hint_level": record.get("hint_level"),
            "minutes": record.get("minutes"),
        }
        untouched = False


def _first_sentences(message: str) -> tuple[str, ...]:
    """What each paragraph of a message begins with, without what differs from lab to lab."""
    parts = [part for part in message.split("\n\n") if not part.startswith(("Task ", "    "))]
    plain = (re.sub(r"`[^`]*`|\d+(?:\.\d+)*", "…", " ".join(part.split())) for part in parts)
    return tuple(_SENTENCE.match(part)[0] for part in plain if part)


def _common_wrong(rows: pd.DataFrame, most: int = 3) -> list[tuple[int, str]]:
    """What was told to those who tried and had it not right, and to nobody who had."""
    fine = {name for told in rows[rows["right"]]["told"] for name in told}
    missed = rows[rows["tried"] & ~rows["right"]]["told"]
    counted = Counter(name for told in missed for name in sorted(set(told) - fine))
    return [(count, _beginning(name)) for name, count in counted.most_common(most)]


def _beginning(name: str) -> str:
    """What a text begins with, with … for its fields; what is no text's name as it is."""
    said = catalogue(settings.read().texts).get(name)
    if said is None:
        return name
    return shorten(re.sub(r"\{\w[^{}]*\}", "…", said), _LENGTH, placeholder=" …")
