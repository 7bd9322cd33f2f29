"""A submission brought back into the form of its unit, so that it can be graded.

The learner's own code stays, in the learner's order. Test cells become those that were handed out,
one each, after the answer they are about. What was done is said in notes.
"""

import json
from copy import deepcopy
from dataclasses import dataclass

from nbformat import NotebookNode, from_dict

from intark_lab.grading.repair.arranging import Arrangement
from intark_lab.grading.repair.matching import match
from intark_lab.grading.repair.reading import Note, Unreadable, read_cells
from intark_lab.grading.repair.record import recorded
from intark_lab.grading.repair.released import Released


@dataclass(frozen=True)
class Repaired:
    """A notebook that can be run, or where `refused` says why not, the unit as it was handed out.

    `notes` say what was repaired, `record` is what the learner's own lab left in the outputs; see
    record.recorded. The notebook's metadata has all three, in words, under `intark`.
    """

    notebook: NotebookNode
    notes: list[Note]
    refused: Note | None
    record: dict[str, dict]

    def json(self) -> bytes:
        """The notebook as a file holds it."""
        return json.dumps(self.notebook, ensure_ascii=False, indent=1).encode()


def repair(raw: bytes, released: NotebookNode, unit: str) -> Repaired:
    """Bring a file that was handed in for `unit` into the form of the `released` notebook.

    A pure function: it reads no file, runs no code, and raises nothing, whatever the file holds.
    """
    given = Released(released, unit)
    try:
        cells, notes = read_cells(raw)
        found, more = match(cells, given)
    except Unreadable as error:
        return _finished(deepcopy(released.cells), given, [], error.note, {})
    record = recorded(cells)
    arrangement = Arrangement(cells, found, given)
    made = arrangement.cells()
    return _finished(made, given, notes + more + arrangement.notes(), None, record)


def _finished(
    cells: list[NotebookNode],
    released: Released,
    notes: list[Note],
    refused: Note | None,
    record: dict[str, dict],
) -> Repaired:
    said = {"repaired": list(map(str, notes)), "refused": str(refused or ""), "record": record}
    metadata = from_dict({**released.node.metadata, "intark": said})
    notebook = NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)
    return Repaired(notebook, notes, refused, record)
