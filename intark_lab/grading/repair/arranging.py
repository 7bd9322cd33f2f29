"""The cells of a repaired notebook, made of those handed in and those handed out."""

import re
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy

from nbformat import NotebookNode

from intark_lab.grading.repair.matching import Found
from intark_lab.grading.repair.places import AFTER, AT, copies_of, given_home, test_home
from intark_lab.grading.repair.reading import Note, new_cell
from intark_lab.grading.repair.released import Released, grade_id, written_into

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")

Piece = tuple[tuple[int, int, int], NotebookNode]
"""A cell, after what it is sorted by: place, rank at the place, index in the released notebook."""


class Arrangement:
    """Handed-in `cells`, of which `found` says which is which, in the form of `released`."""

    def __init__(self, cells: list[NotebookNode], found: Found, released: Released):
        self._cells, self._found, self._released = cells, found, released
        self._done: dict[str, list[str]] = defaultdict(list)
        self._homes = {test: test_home(test, cells, found, released) for test in released.tests}
        homes = {
            given: given_home(given, found, released, self._homes) for given in released.given()
        }
        self._moved = {given: home for given, home in homes.items() if home is not None}
        self._keepers = {index: self._keeper(index) for index in set(found) - {None}}

    def cells(self) -> list[NotebookNode]:
        """Every cell once, with a name of its own, and without outputs."""
        pieces = [*self._own(), *self._tests(), *self._given()]
        return _named([cell for _, cell in sorted(pieces, key=lambda piece: piece[0])])

    def notes(self) -> list[Note]:
        """What `cells` did, each kind once, with the tasks it was done to."""
        return [
            Note(f"repaired.{name}", {"tasks": ", ".join(dict.fromkeys(tasks))})
            for name, tasks in self._done.items()
        ]

    def _keeper(self, index: int) -> int:
        """Of several copies the one that has the name: of an answer, the one that is checked."""
        copies = copies_of(index, self._found)
        if self._released.kind(index) != "answer":
            return copies[0]
        homes = [h[0] for t, h in self._homes.items() if self._released.answer_of(t) == index]
        return max((copy for copy in copies if homes and copy <= homes[0]), default=copies[-1])

    def _own(self) -> Iterator[Piece]:
        """The learner's cells; of test cells only what the learner wrote into them."""
        for place, (cell, index) in enumerate(zip(self._cells, self._found, strict=True)):
            if index in self._homes:
                for source in self._written_into(index, cell):
                    yield (place, AT, 0), new_cell("code", source, "")
            elif index is None or place != self._keepers[index]:
                yield (place, AT, 0), _plain(cell)
            elif index not in self._moved:
                yield (place, AT, 0), self._restored(cell, index)

    def _restored(self, cell: NotebookNode, index: int) -> NotebookNode:
        """A learner's cell with the type, name and metadata it was handed out with."""
        released = self._released.cells[index]
        if self._released.kind(index) == "answer":
            task = self._released.task_of(index)
            if cell.cell_type != released.cell_type:
                self._done["answer-retyped"].append(task)
            if grade_id(cell) != grade_id(released) and cell.id == released.id:
                self._done["metadata"].append(task)
        made = new_cell(released.cell_type, cell.source, released.id)
        made.metadata = deepcopy(released.metadata)
        if released.cell_type == "markdown" and "attachments" in cell:
            made.attachments = cell.attachments
        return made

    def _tests(self) -> Iterator[Piece]:
        for test, (place, rank) in self._homes.items():
            for name in self._wrong_with(test, rank):
                self._done[name].append(self._released.task(test))
            yield (place, rank, test), deepcopy(self._released.cells[test])

    def _wrong_with(self, test: int, rank: int) -> Iterator[str]:
        """What the copies of a test show that was done to it."""
        released = self._released.cells[test]
        copies = [self._cells[place] for place in copies_of(test, self._found)]
        if not copies:
            yield "test-missing"
        elif rank == AFTER:
            yield "test-moved"
        if len(copies) > 1:
            yield "test-copied"
        if any(copy.cell_type != released.cell_type for copy in copies):
            yield "test-retyped"
        if any(copy.source.strip() != released.source.strip() for copy in copies):
            yield "test-edited"
        if any(grade_id(copy) != grade_id(released) for copy in copies):
            yield "metadata"

    def _given(self) -> Iterator[Piece]:
        """Given cells that were lost, or stood below what needs them."""
        for given, (place, rank) in self._moved.items():
            name = "given-moved" if given in self._found else "given-missing"
            self._done[name].append(self._released.cells[given].id)
            cell = deepcopy(self._released.cells[given])
            if given in self._found:
                cell.source = self._cells[self._keepers[given]].source
            yield (place, rank, given), cell

    def _written_into(self, test: int, cell: NotebookNode) -> Iterator[str]:
        for name, source in written_into(cell.source, self._released.cells[test].source):
            self._done[name].append(self._released.task(test))
            yield source


def _plain(cell: NotebookNode) -> NotebookNode:
    """A cell that is the learner's own: no metadata, since tags change how a cell is run."""
    made = new_cell(cell.cell_type, cell.source, cell.id)
    if cell.cell_type != "code" and "attachments" in cell:
        made.attachments = cell.attachments
    return made


def _named(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with names that differ; those of the unit's cells stay."""
    taken = {cell.id for cell in cells if "nbgrader" in cell.metadata}
    for number, cell in enumerate(cells, 1):
        if "nbgrader" in cell.metadata:
            continue
        while cell.id in taken or not _ID.fullmatch(cell.id):
            cell.id = f"own-{number}"
            number += len(cells)
        taken.add(cell.id)
    return cells
