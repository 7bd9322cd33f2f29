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
    graded = {*released.tests, *released.answers}
    if not graded.intersection(found):
        _refuse_another(cells, released)
    _by_words(cells, found, released)
    _by_call(cells, found, released)
    told = [index for index in released.answers if _find_answer(cells, found, released, index)]
    if not graded.intersection(found) and not any(_gives(cell, released) for cell in cells):
        raise Unreadable("no-tasks", unit=released.name)
    tasks = ", ".join(released.task_of(index) for index in told)
    return found, [Note("repaired.answer-found", {"tasks": tasks})] if told else []


def _by_name(cell: NotebookNode, released: Released) -> int | None:
    by_grade_id = released.by_grade_id.get(grade_id(cell))
    return released.by_id.get(cell.id, by_grade_id) if cell.id else by_grade_id


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


def _refuse_another(cells: list[NotebookNode], released: Released) -> None:
    """Raise Unreadable where the cells' names are those of a lesson, or of another unit."""
    names = {name for cell in cells for name in (cell.id, grade_id(cell) or "")}
    known = names.intersection(released.by_id)
    numbers = Counter(name[1] for name in map(_NAME.match, names - known) if name)
    for number, count in numbers.most_common(1):
        if count > len(known):
            reason = "lesson" if number == released.number else "another-unit"
            raise Unreadable(reason, unit=released.name, other=number)


def _find_answer(cells: list[NotebookNode], found: Found, released: Released, answer: int) -> bool:
    """Find an answer that lost its names, or was written elsewhere and its own cell left untouched.

    True where the answer had to be looked for, and is found.
    """
    if any(found[p] == answer and _tried(cell, released, answer) for p, cell in enumerate(cells)):
        return False
    low, high = _bounds(found, answer)
    free = [p for p, cell in enumerate(cells) if found[p] is None and cell.cell_type == "code"]
    between = [place for place in free if low < place < high and cells[place].source.strip()]
    giving = [place for place in free if _gives(cells[place], released, answer)]
    chosen = [place for place in between if place in giving] or giving
    if answer not in found:
        chosen = chosen or between
    if chosen:
        found[chosen[-1]] = answer
    return bool(chosen)


def _tried(cell: NotebookNode, released: Released, answer: int) -> bool:
    return not released.untried(answer, cell.source)


def _bounds(found: Found, index: int) -> tuple[int, int]:
    """Between which two places a cell belongs; between none, where nothing was found."""
    known = [(place, each) for place, each in enumerate(found) if each is not None]
    low = max((place for place, each in known if each < index), default=-1)
    return low, min(
        (place for place, each in known if each > index), default=len(found) * bool(known)
    )


def _gives(cell: NotebookNode, released: Released, answer: int | None = None) -> bool:
    """Whether a cell makes what the check of an answer takes; of any, without one."""
    takes = [
        released.call(test)[1]
        for test in released.tests
        if answer is None or released.answer_of(test) == answer
    ]
    return any(isinstance(value, ast.Name) and binds(cell.source, value.id) for value in takes)
