"""The program that a lesson leaves behind: its tagged cells, which run without the lab."""

import ast
from collections.abc import Iterator

from intark_lab.jupyter.script import TAG, composed

from .notebook import Notebook, Problem


def check_program(notebook: Notebook) -> Iterator[Problem]:
    """There is one, it knows nothing of the lab, and the lesson ends in writing it."""
    cell_id, unit = "-", notebook.name[:2]
    code = composed(notebook.cells)
    if not code.strip():
        yield Problem(cell_id, f"no cell is tagged {TAG}", "tag those that are worth keeping")
        return
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    if known := names & {"lab", "open_lab", "check"}:
        mend = "move that to a cell without the tag"
        yield Problem(cell_id, f"the program uses {', '.join(sorted(known))}", mend)
    cells = [source for _, source in notebook.of_type("code")]
    if not cells or cells[-1] != f'lab.script("{unit}")':
        yield Problem(
            cell_id, "the last code cell does not write it", f'end in lab.script("{unit}")'
        )
