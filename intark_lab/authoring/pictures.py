"""Diagrams, attached from one source each, and links between notebooks."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from .notebook import Notebook, Problem

IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
ATTACHED = re.compile(r"attachment:([\w-]+\.svg)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def diagrams(root: Path) -> Path:
    """Where the source of every attachment is."""
    return root / "data" / "diagrams"


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
    names = [ATTACHED.fullmatch(target) for _, target in IMAGE.findall(source)]
    files = [diagrams(root) / name[1] for name in names if name]
    return {
        file.name: {"image/svg+xml": base64.b64encode(file.read_bytes()).decode()}
        for file in files
        if file.is_file()
    }


def check_pictures(notebook: Notebook) -> Iterator[Problem]:
    """Each picture is a diagram with words for who does not see it."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        if re.search(r"<(img|svg)\b", cell.source, re.I):
            yield Problem(cell.id, "a picture as HTML", "write ![alt](attachment:x.svg)")
        for alt, target in IMAGE.findall(cell.source):
            yield from _picture(notebook, cell.id, alt, target)
        if dict(cell.get("attachments", {})) != _attachments(cell.source, notebook.root):
            yield Problem(cell.id, "attachments are not those of data/diagrams", "run lint --fix")


def _picture(notebook: Notebook, cell_id: str, alt: str, target: str) -> Iterator[Problem]:
    attached = ATTACHED.fullmatch(target)
    if len(alt.split()) < 3:
        yield Problem(cell_id, f"{target} has no alt text", "say in words what it shows")
    if not attached:
        yield Problem(cell_id, f"{target} is no attached diagram", "write attachment:x.svg")
    elif not (diagrams(notebook.root) / attached[1]).is_file():
        yield Problem(cell_id, f"{attached[1]} is missing", "draw it in data/diagrams/")


def check_links(notebook: Notebook) -> Iterator[Problem]:
    """A link without a scheme leads to a file that is there."""
    for cell_id, source in notebook.of_type("markdown"):
        for target in LINK.findall(source):
            path = target.partition("#")[0]
            if re.match(r"[a-z]+:", target) or not path:
                continue
            if not (notebook.path.parent / path).is_file():
                yield Problem(cell_id, f"{path} is not there", "correct the link")
