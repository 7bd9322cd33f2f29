"""Reads a task's solution out of the solved exercise."""

import json
import textwrap

from intark_lab import paths
from intark_lab.tasks.task import Task


def code(task: Task) -> str:
    """What stands between BEGIN and END SOLUTION in the task's answer cell, and around it."""
    unit, number = task.id.split(".")
    (file,) = paths.solutions().glob(f"{int(unit):02}-*/*.ipynb")
    cells = json.loads(file.read_text("utf-8"))["cells"]
    cell = next(cell for cell in cells if cell["id"] == f"u{unit}-t{number}-answer")
    source = "".join(cell["source"])
    kept = [line for line in source.splitlines() if "### " not in line]
    return textwrap.dedent("\n".join(kept)).strip()
