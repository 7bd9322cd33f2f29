"""A course of one lesson and one solution, made and in form, for the tests of lint."""

from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from intark_lab.authoring import drawing, form, rules
from intark_lab.authoring.notebook import read
from intark_lab.authoring.pictures import attach

HINTS = ("unit02.hint1", "unit02.hint2", "unit02.hint3")
TASKS = {f"2.{number}": SimpleNamespace(points=2, hints=HINTS) for number in (1, 2)}
OPENING = """# Made

Learn one thing by making it.

**You can**, when you are done:

- make it
- read it
- mend it

**Time:** 3–5 minutes. **You need** nothing."""
CLOSING = """**Key points**

- One.
- Two, which goes on
  in a second line.
- Three.

**Questions** on the start:

1. Who?
2. What?
3. Why?

**Next:** [the start]({link})."""
PICTURE = "![A square that is empty](attachment:square.png)"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"/>'


def markdown(cell_id: str, source: str):
    return new_markdown_cell(source, id=cell_id)


def code(cell_id: str, source: str, **nbgrader):
    cell = new_code_cell(source, id=cell_id)
    if nbgrader:
        common = {"grade_id": cell_id, "schema_version": 3, "task": False}
        cell.metadata = nbformat.from_dict({"nbgrader": common | nbgrader})
    return cell


def lesson():
    middle = [code(f"u2-step-{n}", "print(1)") for n in range(16)]
    picture = markdown("u2-picture", PICTURE)
    program = code("u2-program", "number = 1\nnumber")
    program.metadata["tags"] = ["script"]
    middle += [program, code("u2-keep", 'lab.script("02")')]
    return [markdown("u2-opening", OPENING), picture, *middle, closing("00-start.ipynb")]


def solution():
    cells = [markdown("u2-opening", OPENING), code("u2-setup", "from intark_lab import check")]
    for number, task in enumerate(TASKS, 1):
        stem = f"u2-t{number}-"
        answer = f"### BEGIN SOLUTION\nvalue_{number} = 1\n### END SOLUTION"
        check = f'check("{task}", value_{number})'
        cells += [
            markdown(stem + "task", "## One\n\n**Input:** a\n\n**Goal:** b\n\n**Example:** c"),
            code(stem + "answer", answer, grade=False, locked=False, solution=True),
            code(stem + "check", check, grade=True, locked=True, points=2, solution=False),
        ]
    return [*cells, closing("../../notebooks/00-start.ipynb")]


def closing(link: str):
    return markdown("u2-closing", CLOSING.format(link=link))


def make(root: Path) -> Path:
    """Write a diagram, hints, a lesson and a solution into `root`."""
    (root / "data" / "diagrams").mkdir(parents=True)
    square = root / "data" / "diagrams" / "square.svg"
    square.write_text(SQUARE)
    drawing.save(Image.new("RGBA", (12, 12), "white"), square)
    (root / "data" / "texts" / "en").mkdir(parents=True)
    hints = "hint1 = 'Read.'\nhint2 = 'Look.'\nhint3 = 'Copy.'\n"
    (root / "data" / "texts" / "en" / "unit02.toml").write_text(hints)
    (root / "notebooks").mkdir()
    (root / "solutions" / "02-made").mkdir(parents=True)
    (root / "notebooks" / "00-start.ipynb").write_text(form.written(new_notebook()))
    save(root, "lesson", lesson())
    save(root, "solution", solution())
    return root


def file(root: Path, kind: str) -> Path:
    folders = {"lesson": "notebooks", "solution": "solutions/02-made"}
    return root / folders[kind] / "02-made.ipynb"


def save(root: Path, kind: str, cells: list) -> None:
    node = new_notebook()
    node.cells = cells
    file(root, kind).write_text(form.written(attach(form.canonical(node), root)))


def found(root: Path, kind: str) -> list[str]:
    notebook = read(file(root, kind), TASKS)
    return [f"{cell}: {what}; {mend}" for cell, what, mend in rules.problems(notebook)]


def put(cell_id: str, source: str):
    """A change: this cell's source becomes another."""

    def change(cells):
        next(cell for cell in cells if cell.id == cell_id).source = source

    return change


def edit(cell_id: str, old: str, new: str):
    """A change: a part of this cell's source is another."""

    def change(cells):
        cell = next(cell for cell in cells if cell.id == cell_id)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change
