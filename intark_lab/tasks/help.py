"""`hint`, `solution` and `progress`."""

from html import escape
from itertools import groupby

from intark_lab.tasks.show import Card
from intark_lab.texts import html, text, wrapped


def hint(task_id: str) -> None:
    """Show the next of a task's three hints. Raises LabError for a task that is not there."""
    given = _control("POST", f"/tasks/{task_id}/hint")
    words = [given["title"], given["text"], given["next"]]
    Card("\n\n".join(map(wrapped, words)), "".join(map(html, words)), given["record"]).show()


def solution(task_id: str) -> None:
    """Show a solution's code. Raises LabError for a task that is not there."""
    given = _control("GET", f"/tasks/{task_id}/solution")
    rich = f"{html(given['title'])}<pre>{escape(given['code'])}</pre>"
    Card(f"{wrapped(given['title'])}\n\n{given['code']}", rich, given["record"]).show()


def progress(code: str | None = None) -> None:
    """Show units, tasks, points, what is next, and the code that brings the points elsewhere.

    With the `code` of another lab its points are counted here first. Raises LabError for no code.
    """
    standing = (
        _control("POST", "/progress", {"code": code}) if code else _control("GET", "/progress")
    )
    table = Table(standing["tasks"], standing["code"])
    Card(table.plain(), table.html(), {}).show()


COLUMNS = ("task", "points", "attempts", "help", "minutes")


class Table:
    """The standing of all tasks, unit by unit."""

    def __init__(self, tasks: list[dict], code: str):
        self._heads = [text(f"tasks.column.{name}") for name in COLUMNS]
        groups = groupby(tasks, key=lambda task: task["unit"])
        self._units = {unit: [_row(task) for task in group] for unit, group in groups}
        began = next((at for at, task in enumerate(tasks) if task["tried"]), 0)
        in_turn = (*tasks[began:], *tasks[:began])  # nobody is sent back before the end
        left = [task["task"] for task in in_turn if task["points"] < task["max"]]
        self._next = text("tasks.next-task", task=left[0]) if left else text("tasks.all-done")
        tried = any(task["tried"] for task in tasks)
        self._code = text("tasks.code.yours", code=code) if tried else ""

    def plain(self) -> str:
        rows = [self._heads, *(row for unit in self._units.values() for row in unit)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(self._heads, widths)]
        for unit, own in self._units.items():
            lines += ["", unit, *(_line(row, widths) for row in own)]
        return "\n".join([*lines, "", wrapped(self._next), wrapped(self._code)]).rstrip()

    def html(self) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self._heads)
        body = "".join(_part(unit, own) for unit, own in self._units.items())
        return f"<table><tr>{head}</tr>{body}</table>{html(self._next)}{html(self._code)}"


def _row(task: dict) -> list[str]:
    return [
        f"{task['task']} {task['title']}",
        text("tasks.points-of", points=f"{task['points']:g}", max=task["max"]),
        str(task["attempts"]),
        text(f"tasks.help-level.{task['hint_level']}"),
        str(task["minutes"]),
    ]


def _line(row: list[str], widths: list[int]) -> str:
    return "  ".join(map(str.ljust, row, widths)).rstrip()


def _part(unit: str, rows: list[list[str]]) -> str:
    """A unit's heading and its tasks; left-aligned, as the notebook's own tables are not."""
    left = 'style="text-align:left"'
    lines = [f'<tr><th colspan="{len(COLUMNS)}" {left}>{escape(unit)}</th></tr>']
    for name, *values in rows:
        cells = "".join(f"<td>{escape(value)}</td>" for value in values)
        lines.append(f'<tr><th scope="row" {left}>{escape(name)}</th>{cells}</tr>')
    return "".join(lines)


def _control(method: str, path: str, body: dict | None = None) -> dict:
    from intark_lab.lab import current

    return current().control(method, path, body)
