"""What a feedback page says, taken from a graded notebook and the gradebook's points."""

from dataclasses import dataclass, field

from markupsafe import Markup
from nbformat import NotebookNode

from intark_lab.grading.feedback import shown
from intark_lab.grading.repair.released import check_call
from intark_lab.tasks import TASKS
from intark_lab.texts import html, text

MOST_SOURCE = 1_000_000
"""Characters of all cells that are shown; an honest notebook has a twentieth of it."""


@dataclass(frozen=True)
class TaskPart:
    """A task on the page. Points are the gradebook's, so a person's have their way."""

    id: str
    title: str
    points: float
    max: float
    message: Markup
    """What the check said."""
    attempts: str
    help: str
    answer: str = ""
    """The learner's code."""
    comment: str = ""
    """An instructor's."""


@dataclass(frozen=True)
class Page:
    """All that a page says."""

    unit: str
    title: str
    points: float
    max: float
    penalty: float
    refused: str
    """Why nothing could be graded, else empty."""
    stopped: str
    """Why it was not run to its end, else empty."""
    seed: int
    """Of the lab it ran in; 0 where only the notebook's own outputs say it."""
    repaired: list[str]
    tasks: list[TaskPart]
    cells: list[tuple[str, object, list[Markup]]] = field(default_factory=list)
    """(`code` or `text`, source or HTML, outputs) of every cell, in order."""


def page(notebook: NotebookNode, graded: dict) -> Page:
    """The page of a graded notebook; `graded` is what nbgrader's GetGrades gathered."""
    said = notebook.metadata.get("intark", {})
    run = said.get("graded", {})
    tasks = list(_tasks(notebook, said))
    return Page(
        unit=graded["assignment"],
        title=_unit_title(tasks) or graded["assignment"],
        points=graded["score"],
        max=graded["max_score"],
        penalty=graded["late_penalty"],
        refused=said.get("refused", ""),
        stopped=run.get("failure", ""),
        seed=run.get("seed", 0),
        repaired=list(said.get("repaired", [])),
        tasks=tasks,
        cells=list(_cells(notebook)),
    )


def _tasks(notebook: NotebookNode, said: dict):
    scores = {score["cell"]: score for score in said.get("graded", {}).get("scores", ())}
    answer = None
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("solution"):
            answer = cell
        if graded.get("grade"):
            yield _task(cell, answer, scores.get(graded["grade_id"], {}), said.get("record", {}))
            answer = None


def _task(cell: NotebookNode, answer: NotebookNode | None, score: dict, records: dict) -> TaskPart:
    name = task_id(cell)
    record = records.get(name, {})
    message = score.get("message") or message_of(cell)
    comments = (each.metadata.nbgrader.get("comment") for each in filter(None, [answer, cell]))
    return TaskPart(
        id=name,
        title=task_title(name),
        points=cell.metadata.nbgrader.get("score") or 0.0,
        max=cell.metadata.nbgrader["points"],
        message=Markup(html(message)),
        attempts=_attempts(record.get("attempts")),
        help=_help(record.get("hint_level")),
        answer=answer.source if answer else "",
        comment="\n\n".join(filter(None, comments)),
    )


def task_id(test: NotebookNode) -> str:
    """The task that a test cell checks; the cell's own name where it calls no check."""
    call = check_call(test.source)
    return call[0] if call else test.metadata.nbgrader["grade_id"]


def task_title(task: str) -> str:
    """A task's title; empty for one that this course does not have."""
    return text(f"{TASKS[task].name}.title") if task in TASKS else ""


def message_of(cell: NotebookNode) -> str:
    """What a check said, from its cell's outputs: the printed words, or the error's."""
    said = [_words(output) for output in cell.get("outputs", ())]
    return "\n\n".join(shown.plain(part).strip("\n") for part in said if part)


def _words(output: NotebookNode) -> object:
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        own = output.ename in ("Shortfall", "NoPoints")
        return output.evalue if own else text("grading.feedback.raised", **output)
    return ""


def _unit_title(tasks: list[TaskPart]) -> str:
    names = [TASKS[task.id].name for task in tasks if task.id in TASKS]
    return text(f"{names[0].partition('.')[0]}.title") if names else ""


def _attempts(count: int | None) -> str:
    return text("grading.feedback.not-recorded") if count is None else str(count)


def _help(level: int | None) -> str:
    if level is None:
        return text("grading.feedback.not-recorded")
    return text(f"tasks.help-level.{level}")


def _cells(notebook: NotebookNode):
    """The cells that say something, as far as a page has room for them."""
    left = MOST_SOURCE
    for cell in notebook.cells:
        left -= len(cell.source)
        if left >= 0 and (cell.source or cell.get("outputs")):
            yield _cell(cell)


def _cell(cell: NotebookNode) -> tuple[str, object, list[Markup]]:
    if cell.cell_type == "markdown":
        return "text", shown.words(cell), []
    test = cell.metadata.get("nbgrader", {}).get("grade")
    said = [] if test else shown.outputs(cell) if cell.cell_type == "code" else []
    return "code", shown.code(cell.source), said
