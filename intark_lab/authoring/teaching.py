"""solutions/README.md: what the notebooks say to an instructor, gathered on one page.

A cell says it in its metadata, as `instructor`; the tag `skip-if-short` says that a short workshop
may leave the cell out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .form import FIX
from .notebook import Finding, Notebook, Problem
from .structure import MINUTES

SKIP = "skip-if-short"
MARK = "*Skip if short of time.*"
OPENING = """# Teaching notes

What each notebook says to whoever teaches it. Learners do not see the notes: they stand in the \
metadata of cells, as `instructor`. What a short workshop may leave out is marked in the text, too.

Made by `python -m intark_lab lint --fix`. Grading has \
[a page of its own](../intark_lab/grading/README.md).
"""


def check_marks(notebook: Notebook) -> Iterator[Problem]:
    """A text says that it may be skipped exactly where its tag does; notes are plain text."""
    for cell in notebook.cells:
        if not isinstance(cell.metadata.get("instructor", ""), str):
            yield Problem(cell.id, "its note is no text", "write `instructor` as one string")
        if cell.cell_type == "markdown" and _skippable(cell) != (MARK in cell.source):
            yield Problem(cell.id, f"the tag {SKIP} and {MARK} do not go together", "use both")


def page(root: Path) -> str:
    """The page as it should be."""
    files = [*(root / "notebooks").glob("*.ipynb"), *(root / "solutions").glob("*/*.ipynb")]
    ordered = sorted(files, key=lambda file: (file.stem, file.parent.name != "notebooks"))
    return "\n".join([OPENING, *filter(None, map(_part, ordered))])


def differences(root: Path, fix: bool) -> Iterator[Finding]:
    """The page where it is not as the notebooks make it; with `fix` it is brought there instead."""
    file, wanted = root / "solutions" / "README.md", page(root)
    if file.exists() and file.read_text("utf-8") == wanted:
        return
    if fix:
        file.write_text(wanted, encoding="utf-8", newline="\n")
    else:
        yield Finding(file, Problem("-", "it is not what the notebooks say", FIX))


def _part(file: Path) -> str:
    """A notebook's title and minutes, and a line for each note; nothing where there is none."""
    cells = nbformat.read(file, as_version=4).cells
    lines, heading = [], ""
    for cell in cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^##? (.+)$", cell.source, re.M)):
            heading = found[1]
        lines += _line(cell, heading)
    if not lines:
        return ""
    folder = "../notebooks" if file.parent.name == "notebooks" else file.stem
    title, minutes = cells[0].source.partition("\n")[0][2:], MINUTES.search(cells[0].source)
    about = f"[{title}]({folder}/{file.name})" + (f", {minutes[0]}" if minutes else "")
    return "\n".join([f"## {about}\n", *lines, ""])


def _line(cell: NotebookNode, heading: str) -> Iterator[str]:
    note = cell.metadata.get("instructor", "")
    if note or (_skippable(cell) and cell.cell_type == "markdown"):
        words = " ".join(filter(None, [note, "May be left out." if _skippable(cell) else ""]))
        yield f"- **{heading}** (`{cell.id}`): {words}"


def _skippable(cell: NotebookNode) -> bool:
    return SKIP in cell.metadata.get("tags", [])
