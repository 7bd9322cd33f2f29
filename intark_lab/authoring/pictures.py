"""Diagrams, attached from one source each, and links between notebooks."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode

from . import drawing
from .notebook import Notebook, Problem, parse

IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
ATTACHED = re.compile(r"attachment:([\w-]+)\.png")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def redraw(notebook: Notebook) -> None:
    """Make the pictures that the notebook names and whose drawings have changed."""
    for _, source in notebook.of_type("markdown"):
        for svg in _drawings(source, notebook.root):
            if svg.is_file() and not drawing.is_current(svg):
                drawing.draw(svg)


def attach(node: NotebookNode, root: Path) -> NotebookNode:
    """Put in each named diagram as it is now, and take out what no text names. Changes `node`."""
    for cell in node.cells:
        if cell.cell_type == "markdown":
            wanted = _attachments(cell.source, root)
            if wanted:
                cell.attachments = wanted
            else:
                cell.pop("attachments", None)
    return node


def _attachments(source: str, root: Path) -> dict[str, dict[str, str]]:
    files = [drawing.picture(svg) for svg in _drawings(source, root)]
    return {
        file.name: {"image/png": base64.b64encode(file.read_bytes()).decode()}
        for file in files
        if file.is_file()
    }


def _drawings(source: str, root: Path) -> list[Path]:
    """The SVG behind each attachment that a text names."""
    names = [ATTACHED.fullmatch(target) for _, target in IMAGE.findall(source)]
    return [root / "data" / "diagrams" / f"{name[1]}.svg" for name in names if name]


def check_pictures(notebook: Notebook) -> Iterator[Problem]:
    """Each picture is a diagram with words for who does not see it."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        if re.search(r"<(img|svg)\b", cell.source, re.I):
            yield Problem(cell.id, "a picture as HTML", "write ![alt](attachment:x.png)")
        for alt, target in IMAGE.findall(cell.source):
            yield from _picture(cell.id, alt, target)
        for svg in _drawings(cell.source, notebook.root):
            yield from _drawing(cell.id, svg)
        if dict(cell.get("attachments", {})) != _attachments(cell.source, notebook.root):
            yield Problem(cell.id, "attachments are not those of data/diagrams", "run lint --fix")


def _picture(cell_id: str, alt: str, target: str) -> Iterator[Problem]:
    if len(alt.split()) < 3:
        yield Problem(cell_id, f"{target} has no alt text", "say in words what it shows")
    if not ATTACHED.fullmatch(target):
        yield Problem(cell_id, f"{target} is no attached diagram", "write attachment:x.png")


def _drawing(cell_id: str, svg: Path) -> Iterator[Problem]:
    if not svg.is_file():
        yield Problem(cell_id, f"{svg.name} is missing", "draw it in data/diagrams/")
    elif not drawing.is_current(svg):
        mend = "run lint --fix where Chromium is installed"
        yield Problem(cell_id, f"{drawing.picture(svg).name} is not of {svg.name}", mend)


def check_links(notebook: Notebook) -> Iterator[Problem]:
    """A link without a scheme leads to a file that is there, and to a heading in it."""
    for cell_id, source in notebook.of_type("markdown"):
        for target in LINK.findall(source):
            path, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = notebook.path.parent / path if path else notebook.path
            if not file.is_file():
                yield Problem(cell_id, f"{path} is not there", "correct the link")
            elif anchor and file.suffix == ".ipynb" and unquote(anchor) not in _anchors(file):
                yield Problem(cell_id, f"no heading there is #{anchor}", "correct the link")


def _anchors(file: Path) -> set[str]:
    """What leads to a notebook's headings, as JupyterLab makes it of them."""
    cells = parse(file.read_text(encoding="utf-8")).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    headings = [words for text in texts for words in re.findall(r"^#+ +(.+?) *$", text, re.M)]
    return {heading.replace(" ", "-") for heading in headings}
