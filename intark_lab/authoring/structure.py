"""What every lesson begins and ends with, and its headings."""

import re
from collections.abc import Iterator

from .notebook import Notebook, Problem

ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) +\S", re.M)
MINUTES = re.compile(r"\b(\d+)\s?[–-]\s?(\d+) minutes\b")


def check_opening(notebook: Notebook) -> Iterator[Problem]:
    """Title, minutes and needs; in a lesson also the goal and what one can do afterwards."""
    first = notebook.cells[0] if notebook.cells else None
    cell_id = f"{notebook.prefix}opening"
    if first is None or first.id != cell_id or first.cell_type != "markdown":
        yield Problem(cell_id, "the first cell is not this text cell", "open with it")
        return
    text = first.source
    if not re.match(r"# \S[^\n]*\n\n\w[^\n]*[.]", text):
        yield Problem(cell_id, "no title followed by the goal in a sentence", "begin with both")
    minutes = MINUTES.search(text)
    if not minutes or int(minutes[1]) >= int(minutes[2]):
        yield Problem(cell_id, "no minutes from low to high", "say such as: 30–45 minutes")
    if "you need" not in text.lower():
        yield Problem(cell_id, "no word on what the reader needs", "say: You need ...")
    if notebook.kind != "solution":
        yield from _list_after(cell_id, text, "you can", "objectives")


def check_closing(notebook: Notebook) -> Iterator[Problem]:
    """Key points, questions on earlier units where there are any, and the way on."""
    last = notebook.cells[-1] if notebook.cells else None
    cell_id = f"{notebook.prefix}closing"
    if last is None or last.id != cell_id or last.cell_type != "markdown":
        yield Problem(cell_id, "the last cell is not this text cell", "close with it")
        return
    if not re.search(r"\]\([^)]+\.ipynb\)", last.source):
        yield Problem(cell_id, "no link to what comes next", "link the next notebook")
    if notebook.kind != "solution":
        yield from _list_after(cell_id, last.source, "key points", "key points")
    if notebook.kind == "lesson":
        yield from _list_after(cell_id, last.source, "questions", "questions on earlier units")


def _list_after(cell_id: str, text: str, label: str, things: str) -> Iterator[Problem]:
    """A problem unless exactly three list items follow the label, up to the next paragraph."""
    _, found, rest = text.lower().partition(label)
    block = re.match(r"[^\n]*\n+((?:\s*(?:[-*]|\d+\.) [^\n]*\n?(?:  +[^\n]+\n?)*)*)", rest)
    count = len(ITEM.findall(block[1])) if block else 0
    if not found or count != 3:
        yield Problem(cell_id, f"{count} {things} after '{label}'", "list three of them")


def check_headings(notebook: Notebook) -> Iterator[Problem]:
    """One title, and no level left out on the way down: screen readers go by them."""
    level = 0
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        text = re.sub(r"^```.*?^```", "", cell.source, flags=re.S | re.M)
        for marks in re.findall(r"^(#+) ", text, re.M):
            if index and len(marks) == 1:
                yield Problem(cell.id, "a second title", "use ## for the steps")
            if len(marks) > level + 1:
                yield Problem(cell.id, f"level {len(marks)} right below {level}", "leave none out")
            level = len(marks)
