"""The value of a test cell: what nbgrader will read from its outputs, made sure of beforehand."""

import math

from nbformat import NotebookNode

from intark_lab.grading.repair.released import check_call
from intark_lab.texts import text


def settle(cell: NotebookNode) -> None:
    """Leave a run test cell with outputs of which nbgrader makes a number within its points.

    What was written on stderr costs nothing, and an error is 0 points. A test that ends in `check`
    and gave no error gave a number; anything else becomes an error that says so.
    """
    results = [output for output in cell.outputs if output.output_type == "execute_result"]
    others = [output for output in cell.outputs if output.output_type != "execute_result"]
    for output in others:
        if output.output_type == "stream":
            output.name = "stdout"
    if any(output.output_type == "error" for output in others):
        results = []
    elif check_call(cell.source):
        said = results[-1].data.get("text/plain", "") if results else ""
        fits = within(said, cell.metadata.nbgrader["points"])
        results = [results[-1] if fits else _no_points(said)]
    cell.outputs = [*others, *results]


def number(said: object) -> float | None:
    """The finite number that a cell printed; None for anything else."""
    try:
        value = float("".join(said))
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def within(said: object, points: float) -> bool:
    """Whether what a cell printed is a number from 0 to `points`."""
    value = number(said)
    return value is not None and 0 <= value <= points


def _no_points(said: object) -> NotebookNode:
    words = text("grading.no-number" if said else "grading.no-value", said=str(said)[:80])
    return NotebookNode(
        output_type="error", ename="NoPoints", evalue=words.strip(), traceback=[words.strip()]
    )
