"""Which cell of the unit each handed-in cell is: by its names, its words, its work, its place."""

import ast
import re
from collections import Counter

from nbformat import NotebookNode

from intark_lab.grading.repair.reading import Note, Unreadable
from intark_lab.grading.repair.released import Released, binds, check_call, grade_id, parsed

Found = list[int | None]
"""For each handed-in cell the index of the released one; several may be the same."""

_NAME = re.compile(r"u(\d+)-")


def match(cells: list[NotebookNode], released: Released) -> tuple[Found, list[Note]]:
    """Find each cell. Raises Unreadable where this is not the unit's exercise."""
    found: Found = [_by_name(cell, released) for cell in cells]
    _by_words(cells, found, released)
    _by_call(cells, found, released)
    graded = {*released.tests, *released.answers}
    if not graded.intersection(found):
        _refuse_another(cells, found, released)
    told = [index for index in released.answers if _find_answer(cells, found, released, index)]
    if not graded.intersection(found) and not any(_gives(cell, released) for cell in cells):
        raise Unreadable("no-tasks", unit=released.name)
    tasks = ", ".join(released.task_of(index) for index in told)
    return found, [Note("repaired.answer-found", {"tasks": tasks})] if told else []


def _by_name(cell: NotebookNode, released: Released) -> int | None:
    by_id = released.by_id.get(cell.id) if cell.id else None
    return released.by_grade_id.get(grade_id(cell), by_id)


def _by_words(cells: list[NotebookNode], found: Found, released: Released) -> None:
    """A cell that lost its names, and has the words of one that was not found."""
    words = {
        cell.source.strip(): index
        for index, cell in enumerate(released.cells)
        if index not in found and cell.source.strip()
    }
    for place, cell in enumerate(cells):
        if found[place] is None:
            found[place] = words.get(cell.source.strip())


def _by_call(cells: list[NotebookNode], found: Found, released: Released) -> None:
    """A cell that does nothing but call a check that was not found is that check."""
    calls = {released.call(index)[0]: index for index in released.tests if index not in found}
    for place, cell in enumerate(cells):
        if calls and found[place] is None and "check" in cell.source:
            call = check_call(cell.source)
            if call and len(parsed(cell.source)) == 1:
                found[place] = calls.get(call[0])


def _refuse_another(cells: list[NotebookNode], found: Found, released: Released) -> None:
    """Raise Unreadable where the cells' names are those of a lesson, or of another unit."""
    if any(index is not None and released.group(index) for index in found):
        return
    names = [_NAME.match(name) for cell in cells for name in (cell.id, grade_id(cell) or "")]
    numbers = Counter(name[1] for name in names if name and name.string not in released.by_id)
    for number, _ in numbers.most_common(1):
        reason = "lesson" if number == released.number else "another-unit"
        raise Unreadable(reason, unit=released.name, other=number)


def _find_answer(cells: list[NotebookNode], found: Found, released: Released, answer: int) -> bool:
    """Find an answer that lost its names; True where it was lost and is found."""
    if answer in found:
        return False
    low = max((p for p, i in enumerate(found) if i is not None and i < answer), default=-1)
    high = min((p for p, i in enumerate(found) if i is not None and i > answer), default=len(cells))
    free = [p for p, cell in enumerate(cells) if found[p] is None and cell.cell_type == "code"]
    between = [place for place in free if low < place < high and cells[place].source.strip()]
    giving = [place for place in free if _gives(cells[place], released, answer)]
    chosen = [place for place in between if place in giving] or giving or between
    if chosen:
        found[chosen[-1]] = answer
    return bool(chosen)


def _gives(cell: NotebookNode, released: Released, answer: int | None = None) -> bool:
    """Whether a cell makes what the check of an answer takes; of any, without one."""
    takes = [
        released.call(test)[1]
        for test in released.tests
        if answer is None or released.answer_of(test) == answer
    ]
    return any(isinstance(value, ast.Name) and binds(cell.source, value.id) for value in takes)
