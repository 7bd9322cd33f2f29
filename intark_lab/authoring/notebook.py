"""An authored notebook, read once, as the rules look at it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import nbformat
from nbformat import NotebookNode

GLOSSARY = "91-glossary.ipynb"
"""The notebook that is made from data/glossary.csv."""
PLAYGROUND = "90-playground.ipynb"


class Problem(NamedTuple):
    """What a rule found: the cell's id, `-` for the notebook as a whole, and how to mend it."""

    cell: str
    what: str
    mend: str


class Finding(NamedTuple):
    """A problem and the file that has it; prints as one line."""

    path: Path
    problem: Problem

    def __str__(self) -> str:
        cell, what, mend = self.problem
        return f"{self.path}: {cell}: {what}; {mend}"


class Task(Protocol):
    """What the rules read of a graded task; `hints` are names of texts."""

    points: float
    hints: tuple[str, ...]


class UnreadableError(Exception):
    """The file is no notebook; the message says why."""


@dataclass(frozen=True)
class Notebook:
    """`name` is the file's stem, such as 02-call-an-api; `root` the checkout it stands in."""

    path: Path
    root: Path
    text: str
    node: NotebookNode
    tasks: Mapping[str, Task]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def number(self) -> int:
        return int(self.name[:2])

    @property
    def kind(self) -> str:
        """start, lesson, playground, glossary or solution."""
        if self.path.name == GLOSSARY:
            return "glossary"
        if self.path.name == PLAYGROUND:
            return "playground"
        if self.path.parent.parent.name == "solutions":
            return "solution"
        return "lesson" if self.number else "start"

    @property
    def prefix(self) -> str:
        """What its cell ids begin with: `s0-` in 00-start, `u2-` in unit 2."""
        return f"u{self.number}-" if self.number else "s0-"

    @property
    def cells(self) -> list[NotebookNode]:
        return self.node.cells

    def of_type(self, cell_type: str) -> Iterator[tuple[str, str]]:
        """Id and source of each cell of this type."""
        return ((c.id, c.source) for c in self.cells if c.cell_type == cell_type)

    def cell(self, cell_id: str) -> NotebookNode | None:
        return next((c for c in self.cells if c.id == cell_id), None)


def read(path: Path, tasks: Mapping[str, Task]) -> Notebook:
    """The notebook at notebooks/NAME.ipynb or solutions/NAME/NAME.ipynb, `tasks` being all of them.

    Raises UnreadableError where the name, the place or the JSON is not a notebook's.
    """
    path = path.resolve()
    if not re.match(r"\d\d-", path.name):
        raise UnreadableError("the name does not begin with two digits and a hyphen, such as 02-")
    folder = next((p for p in path.parents if p.name in ("notebooks", "solutions")), None)
    if folder is None:
        raise UnreadableError("only files under notebooks/ and solutions/ are authored")
    text = path.read_text(encoding="utf-8")
    unit = f"{int(path.name[:2])}."
    own = {name: task for name, task in tasks.items() if name.startswith(unit)}
    return Notebook(path, folder.parent, text, parse(text), own)


def parse(text: str) -> NotebookNode:
    """A notebook's JSON with sources joined, every cell with an id, nothing else changed."""
    try:
        node = nbformat.from_dict(json.loads(text))
        if node["nbformat"] != 4:
            raise UnreadableError(f"it is nbformat {node['nbformat']}")
        node = nbformat.v4.rwbase.rejoin_lines(node)
        for cell in node.cells:
            cell.setdefault("id", "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(f"it is not a notebook's JSON ({error})") from error
    return node
