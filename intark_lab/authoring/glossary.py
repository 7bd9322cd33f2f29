"""The glossary: the words of the platform in data/glossary.csv, and the notebook made from it.

A Term has a name, its Norwegian name, its meaning in one sentence, and a page to read more.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from .form import FIX, canonical, written
from .notebook import Notebook, Problem

OPENING = """# Glossary

The words of the platform, each with its Norwegian name, which you meet on the platform's own pages.

**You need** nothing but a word to look up. Lessons link each where they first use it; while this \
page is open, their links lead right to the word."""


class Term(NamedTuple):
    """A row of the glossary."""

    term: str
    norwegian: str
    meaning: str
    source: str

    @property
    def anchor(self) -> str:
        """What follows the # in a link, as JupyterLab makes it of the heading."""
        return self.term.replace(" ", "-")


def terms(root: Path) -> list[Term]:
    """All terms, in the order of the file; none where there is no glossary."""
    file = root / "data" / "glossary.csv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as rows:
        return [Term(**row) for row in csv.DictReader(rows)]


def generated(root: Path) -> NotebookNode:
    """The glossary as a notebook: a cell for each term, so that a link leads right to it."""
    node = new_notebook()
    node.cells = [new_markdown_cell(OPENING, id="u91-opening"), *map(_cell, terms(root))]
    return canonical(node)


def _cell(term: Term) -> NotebookNode:
    name = re.sub(r"[^a-z0-9]+", "-", term.term.lower().replace("ø", "o"))
    text = f"## {term.term}\n\n*{term.norwegian}*. {term.meaning} [Read more]({term.source})"
    return new_markdown_cell(text, id=f"u91-{name}")


def check_generated(notebook: Notebook) -> Iterator[Problem]:
    """The notebook is what the CSV makes it."""
    if notebook.text != written(generated(notebook.root)):
        yield Problem("-", "it is not what data/glossary.csv generates", FIX)
