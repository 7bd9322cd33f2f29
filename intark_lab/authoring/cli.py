"""`python -m intark_lab lint`: finds what is out of form in the notebooks, and mends it."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from . import exercises, teaching
from .form import canonical, written
from .glossary import generated, terms
from .linking import link
from .notebook import Finding, Notebook, Problem, Task, UnreadableError, read
from .pictures import attach, redraw
from .rules import problems

DESCRIPTION = """Look at the authored notebooks, those of notebooks/ and solutions/, and at the
exercises made from the solutions. Each line names a file, a cell (- for the whole), what is not
in form, and how to mend it. Exit code 1 if there is such a line, else 0."""
FIX_HELP = """first do what is mechanical: canonical form, diagrams attached, terms linked, glossary
and exercises generated"""


def main(arguments: list[str]) -> int:
    """Print the findings in the given paths; 1 if there is one, 2 if a path is not there."""
    parser = argparse.ArgumentParser(prog="python -m intark_lab lint", description=DESCRIPTION)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--fix", action="store_true", help=FIX_HELP)
    options = parser.parse_args(arguments)
    paths = options.paths or [Path("notebooks"), Path("solutions")]
    if missing := [path for path in paths if not path.exists()]:
        print(f"{missing[0]} is not there; run lint in the checkout.", file=sys.stderr)
        return 2
    from intark_lab.tasks import TASKS

    found = 0
    for finding in findings(paths, TASKS, options.fix):
        print(finding)
        found = 1
    return found


def findings(paths: list[Path], tasks: Mapping[str, Task], fix: bool = False) -> Iterator[Finding]:
    """Findings of every notebook in `paths`, then of the exercises if a solution was among them."""
    roots = set()
    for path in _notebooks(paths):
        try:
            if fix:
                _fix(path, tasks)
            notebook = read(path, tasks)
        except UnreadableError as error:
            yield Finding(path, Problem("-", str(error), "restore it from git or name it right"))
            continue
        yield from (Finding(path, problem) for problem in problems(notebook))
        if notebook.kind == "solution":
            roots.add(notebook.root)
    for root in sorted(roots):
        yield from teaching.differences(root, fix)
        try:
            yield from exercises.differences(root, fix)
        except exercises.GenerationError as error:
            yield Finding(root / "exercises", Problem("-", str(error), "correct the solution"))


def _notebooks(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        for file in sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]:
            if ".ipynb_checkpoints" not in file.parts:
                yield file


def _fix(path: Path, tasks: Mapping[str, Task]) -> None:
    """Rewrite the file where its canonical form differs."""
    notebook = read(path, tasks)
    redraw(notebook)
    text = written(_mended(notebook))
    if text != notebook.text:
        path.write_text(text, encoding="utf-8", newline="\n")


def _mended(notebook: Notebook) -> NotebookNode:
    if notebook.kind == "glossary":
        return generated(notebook.root)
    node = canonical(notebook.node)
    if notebook.kind != "solution":
        link(node.cells, terms(notebook.root))
    return attach(node, notebook.root)
