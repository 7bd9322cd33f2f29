"""Graded tasks in a solution: the text, the answer and the locked check, as nbgrader needs them."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from intark_lab.texts import catalogue

from .notebook import Notebook, Problem, Task

LABELS = ("Input", "Goal", "Example")
HINTS = 3


def check_graded(notebook: Notebook) -> Iterator[Problem]:
    """Every task of the unit in its order, and no nbgrader cell besides."""
    expected = []
    for number, (task_id, task) in enumerate(notebook.tasks.items(), 1):
        stem = f"{notebook.prefix}t{number}-"
        expected += [stem + "answer", stem + "check"]
        yield from _text(notebook, stem + "task")
        yield from _answer(notebook, stem + "answer")
        yield from _check(notebook, stem + "check", task_id, task)
        yield from _hints(notebook, stem + "task", task)
    graded = [cell.id for cell in notebook.cells if "nbgrader" in cell.metadata]
    for cell_id in graded:
        if cell_id not in expected:
            yield Problem(cell_id, "nbgrader metadata outside a task", "remove it")
    if sorted(graded) == sorted(expected) and graded != expected:
        yield Problem("-", "the tasks are not in their order", "move the cells")


def _text(notebook: Notebook, cell_id: str) -> Iterator[Problem]:
    cell = notebook.cell(cell_id)
    if cell is None or cell.cell_type != "markdown":
        yield Problem(cell_id, "the task has no text cell of this id", "write it")
        return
    for label in LABELS:
        if not re.search(rf"\*\*{label}\b", cell.source):
            yield Problem(cell_id, f"it does not say the {label}", f"say it after **{label}**")


def _answer(notebook: Notebook, cell_id: str) -> Iterator[Problem]:
    cell = notebook.cell(cell_id)
    if cell is None or cell.cell_type != "code":
        yield Problem(cell_id, "the task has no answer cell of this id", "write it")
        return
    marks = re.findall(r"^\s*### (BEGIN|END) SOLUTION$", cell.source, re.M)
    if not marks or marks != ["BEGIN", "END"] * (len(marks) // 2):
        yield Problem(cell_id, "BEGIN and END SOLUTION do not pair", "enclose the answer in both")
    yield from _metadata(cell, {"grade": False, "locked": False, "solution": True})


def _check(notebook: Notebook, cell_id: str, task_id: str, task: Task) -> Iterator[Problem]:
    cell = notebook.cell(cell_id)
    if cell is None or cell.cell_type != "code":
        yield Problem(cell_id, "the task has no check cell of this id", "write it")
        return
    if not _calls_check(cell.source, task_id):
        yield Problem(cell_id, "it is not the task's check", f'end in check("{task_id}", ...)')
    wanted = {"grade": True, "locked": True, "points": task.points, "solution": False}
    yield from _metadata(cell, wanted)


def _metadata(cell: NotebookNode, wanted: dict) -> Iterator[Problem]:
    wanted = {**wanted, "grade_id": cell.id, "schema_version": 3, "task": False}
    if cell.metadata.get("nbgrader") != wanted:
        yield Problem(cell.id, "nbgrader metadata is not that of the cell", f"make it {wanted}")


def _hints(notebook: Notebook, cell_id: str, task: Task) -> Iterator[Problem]:
    texts = catalogue(notebook.root / "data" / "texts" / "en")
    said = {texts[name] for name in task.hints if texts.get(name)}
    if len(said) != HINTS:
        yield Problem(cell_id, f"{len(said)} hints of {HINTS}", "write them in data/texts/")


def _calls_check(source: str, task_id: str) -> bool:
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return False
    match last:
        case ast.Expr(ast.Call(func=ast.Name("check"), args=[ast.Constant(value), _, *_])):
            return value == task_id
    return False


def check_folder(notebook: Notebook) -> Iterator[Problem]:
    """Nothing beside a solution: nbgrader copies every file of the folder to the learners."""
    folder = notebook.path.parent
    if folder.name != notebook.name:
        yield Problem("-", f"the folder is {folder.name}", f"name it {notebook.name}")
    for other in sorted(folder.iterdir()):
        if other not in (notebook.path, folder / ".ipynb_checkpoints"):
            yield Problem("-", f"{other.name} lies beside it", "move it; learners would get it")
