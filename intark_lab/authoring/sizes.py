"""How much a cell and a notebook hold, so that a learner sees one idea at a time."""

import re
from collections.abc import Iterator

from .notebook import Notebook, Problem

CELLS = {"start": (8, 35), "lesson": (20, 40), "solution": (8, 35)}
CODE_LINES = 15
CODE_COLUMNS = 88
# 110 is what to write for; a few words more are no reason to cut a sentence in two.
WORDS = 120


def check_length(notebook: Notebook) -> Iterator[Problem]:
    """The number of cells."""
    low, high = CELLS[notebook.kind]
    count = len(notebook.cells)
    if not low <= count <= high:
        yield Problem("-", f"{count} cells, where {low} to {high} are read well", "split or join")


def check_code_size(notebook: Notebook) -> Iterator[Problem]:
    """Lines of a code cell, and columns of a line."""
    for cell_id, source in notebook.of_type("code"):
        lines = source.split("\n")
        if not source.strip():
            yield Problem(cell_id, "the cell is empty", "fill or delete it")
        if len(lines) > CODE_LINES:
            yield Problem(cell_id, f"{len(lines)} lines of code", f"keep it to {CODE_LINES}")
        if (widest := max(map(len, lines))) > CODE_COLUMNS:
            yield Problem(cell_id, f"a line of {widest} columns", f"keep it to {CODE_COLUMNS}")


def check_text_size(notebook: Notebook) -> Iterator[Problem]:
    """Words of a text cell."""
    for cell_id, source in notebook.of_type("markdown"):
        count = words(source)
        if not count:
            yield Problem(cell_id, "the cell is empty", "fill or delete it")
        if count > WORDS:
            yield Problem(cell_id, f"{count} words", "keep it to about 110, or split it")


def words(markdown: str) -> int:
    """Words that are read: no link targets, no fenced code, no marks alone."""
    text = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.S | re.M)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return sum(1 for word in text.split() if re.search(r"\w", word))
