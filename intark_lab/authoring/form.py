"""The canonical form: what a notebook's file looks like, whoever saved it last."""

import copy
import re
from collections import Counter
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode
from nbformat.validator import iter_validate

from .notebook import Notebook, Problem

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_KEYS = {"instructor", "jupyter", "nbgrader", "tags"}
FIX = "run lint --fix"


def written(node: NotebookNode) -> str:
    """The file's text: keys sorted, indent 1, letters as they are, one newline at the end.

    nbgrader writes its exercises the same way, so both kinds compare byte for byte.
    """
    return nbformat.v4.writes(node) + "\n"


def canonical(node: NotebookNode) -> NotebookNode:
    """A copy without what a run or an editor left in it."""
    node = copy.deepcopy(node)
    node.nbformat_minor = 5
    node.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC})
    for cell in node.cells:
        cell.metadata = _kept(cell.metadata)
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return node


def _kept(metadata: NotebookNode) -> NotebookNode:
    kept = {key: value for key, value in metadata.items() if key in CELL_KEYS}
    folded = metadata.get("jupyter", {}).get("source_hidden")
    kept.pop("jupyter", None)
    if folded:
        kept["jupyter"] = {"source_hidden": True}
    if not kept.get("tags"):
        kept.pop("tags", None)
    return nbformat.from_dict(kept)


def check_form(notebook: Notebook) -> Iterator[Problem]:
    """Outputs, counts and foreign metadata by cell, and whatever else differs in the file."""
    clean = canonical(notebook.node)
    for cell, mended in zip(notebook.cells, clean.cells, strict=True):
        for key in sorted(cell.keys() | mended.keys()):
            if cell.get(key) != mended.get(key):
                yield Problem(cell.id, f"{key} is not in canonical form", FIX)
    if notebook.node.get("nbformat_minor") != 5:
        yield Problem("-", "it is not nbformat 4.5", FIX)
    if notebook.node.metadata != clean.metadata:
        yield Problem("-", "metadata is more or less than the python3 kernelspec", FIX)
    if notebook.text != written(notebook.node):
        yield Problem("-", "keys, indent or line ends are not as nbformat writes them", FIX)


def check_schema(notebook: Notebook) -> Iterator[Problem]:
    """What nbformat's own schema refuses."""
    for error in iter_validate(canonical(notebook.node)):
        yield Problem("-", f"nbformat refuses it: {error.message[:80]}", "correct the file")


def check_ids(notebook: Notebook) -> Iterator[Problem]:
    """Readable, stable and unique ids."""
    pattern = re.escape(notebook.prefix) + r"[a-z0-9]+(-[a-z0-9]+)*"
    mend = f"name it for what it is, such as {notebook.prefix}first-call"
    for cell_id, count in Counter(cell.id for cell in notebook.cells).items():
        if count > 1:
            yield Problem(cell_id, f"{count} cells have this id", "give each its own")
        if not re.fullmatch(pattern, cell_id) or len(cell_id) > 40:
            yield Problem(cell_id or "-", "the id is not a readable one", mend)
