"""The unit as it was handed out, as repair looks at it: which cell is whose, and what it is for."""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import cached_property

from nbformat import NotebookNode

_TASK = re.compile(r"u\d+-t(\d+)-")
_MOST_CODE = 100_000


class Released:
    """A released notebook. Cells are named by their index in it."""

    def __init__(self, node: NotebookNode, name: str):
        self.node, self.name, self.cells = node, name, node.cells
        self.by_id = {cell.get("id"): index for index, cell in enumerate(self.cells)}
        self.by_grade_id = {grade_id(cell): index for index, cell in enumerate(self.cells)}
        self.by_grade_id.pop(None, None)

    @property
    def number(self) -> str:
        """The unit's, without leading zeros: `2` of 02-call-an-api; empty where it has none."""
        return self.name[:2].lstrip("0") if self.name[:2].isdigit() else ""

    @cached_property
    def tests(self) -> list[int]:
        return [index for index in range(len(self.cells)) if self.kind(index) == "test"]

    @cached_property
    def answers(self) -> list[int]:
        return [index for index in range(len(self.cells)) if self.kind(index) == "answer"]

    def kind(self, index: int) -> str:
        """test (restored whatever became of it), answer, code (given) or text."""
        cell = self.cells[index]
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") or graded.get("locked"):
            return "test"
        if graded.get("solution"):
            return "answer"
        return "code" if cell.cell_type == "code" else "text"

    def group(self, index: int) -> str:
        """The number of the task that a cell belongs to; empty for what belongs to none."""
        found = _TASK.match(self.cells[index].get("id") or "")
        return found[1] if found else ""

    def answer_of(self, test: int) -> int | None:
        """The answer that a test is about: the last one before it, of its own task if any."""
        before = [index for index in self.answers if index < test]
        own = [index for index in before if self.group(index) == self.group(test)]
        return (own or before or [None])[-1]

    def call(self, test: int) -> tuple[str, ast.expr | None]:
        """What a test checks: the task's id and the expression it hands over."""
        return self._calls[test] or ("", None)

    @cached_property
    def _calls(self) -> dict[int, tuple[str, ast.expr | None] | None]:
        return {test: check_call(self.cells[test].source) for test in self.tests}

    def task(self, test: int) -> str:
        """What to call a test: the task's id, or the cell's own."""
        return self.call(test)[0] or self.cells[test].metadata["nbgrader"]["grade_id"]

    def task_of(self, answer: int) -> str:
        """What to call an answer: the task of the test that is about it."""
        tests = (test for test in self.tests if self.answer_of(test) == answer)
        return next(map(self.task, tests), self.cells[answer].id)

    def given(self) -> list[int]:
        """The code cells that answers and tests rely on: what opens the lab, and each task."""
        last = self.tests[-1] if self.tests else 0
        return [index for index in range(last) if self.kind(index) == "code"]

    def untried(self, index: int, source: str) -> bool:
        """Whether an answer is as it was handed out, or empty."""
        return source.strip() in ("", self.cells[index].source.strip())


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name for a cell, None without one."""
    graded = cell.metadata.get("nbgrader")
    name = graded.get("grade_id") if isinstance(graded, dict) else None
    return name if isinstance(name, str) and name else None


def parsed(source: str) -> list[ast.stmt] | None:
    """The statements of a source; None where it is not plain Python, or more than one writes."""
    if len(source) > _MOST_CODE:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def check_call(source: str) -> tuple[str, ast.expr | None] | None:
    """Task and value of the `check` that a source ends in."""
    statements = parsed(source)
    return as_check(statements[-1]) if statements else None


def as_check(statement: ast.stmt) -> tuple[str, ast.expr | None] | None:
    """Task and value, where the statement is a call of `check`."""
    match statement:
        case ast.Expr(ast.Call(func=ast.Name("check"), args=[ast.Constant(str(task)), *rest])):
            return task, rest[0] if rest else None
    return None


def written_into(source: str, test: str) -> list[tuple[str, str]]:
    """What a learner wrote into a test cell, as (`own-code` or `handed-over`, code).

    Statements are own code; another value for the check becomes the name that the check takes.
    """
    try:
        return list(_written_into(parsed(source) or [], parsed(test) or []))
    except RecursionError:
        return []


def _written_into(statements: list[ast.stmt], test: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    known = {ast.dump(statement) for statement in test}
    taken = as_check(test[-1]) if test else None
    for statement in statements:
        call = as_check(statement)
        if ast.dump(statement) in known:
            continue
        if not isinstance(statement, ast.Expr):
            yield "own-code", ast.unparse(statement)
        elif call and taken and call[1] and isinstance(taken[1], ast.Name):
            yield "handed-over", f"{taken[1].id} = {ast.unparse(call[1])}"


def binds(source: str, name: str) -> bool:
    """Whether a cell gives `name` a value, at its top level."""
    name = re.escape(name)
    made = rf"(?:async\s+)?(?:def|class)\s+{name}\b|{name}\s*(?::[^=\n]+)?=[^=]"
    return bool(re.search(rf"^(?:{made})", source, re.M))
