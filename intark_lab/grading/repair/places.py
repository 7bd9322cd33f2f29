"""Where test cells and given cells belong among the cells that were handed in."""

from nbformat import NotebookNode

from intark_lab.grading.repair.matching import Found
from intark_lab.grading.repair.released import Released

BEFORE, AT, TEST, AFTER = range(4)
"""What stands at one place: cells put before it, the cell itself, a test in its place, or after."""

Home = tuple[int, int]
"""A handed-in cell's index, and one of the four."""


def test_home(test: int, cells: list[NotebookNode], found: Found, released: Released) -> Home:
    """Where a test runs: in the first copy of it after the last answer that has one, else after.

    A copy of an answer without a check of its own, further down, is the learner's to keep there.
    """
    copies = copies_of(test, found)
    answer = released.answer_of(test)
    answers = copies_of(answer, found) if answer is not None else []
    tried = [place for place in answers if not released.untried(answer, cells[place].source)]
    checked = [place for place in tried if copies and copies[-1] > place]
    if checked:
        return next(copy for copy in copies if copy > checked[-1]), TEST
    if tried:
        return tried[-1], AFTER
    if copies:
        return copies[-1], TEST
    return (answers[-1] if answers else _end_before(test, found)), AFTER


def given_home(given: int, found: Found, released: Released) -> int | None:
    """The place before which a given cell has to stand, None where it does, or need not."""
    group = released.group(given)
    needing = [
        place
        for place, index in enumerate(found)
        if index is not None
        and index > given
        and released.kind(index) in ("answer", "code")
        and (released.group(index) == group or not group)
    ]
    copies = copies_of(given, found)
    if not needing or (copies and copies[0] < needing[0]):
        return None
    return needing[0] if group else 0


def copies_of(index: int, found: Found) -> list[int]:
    return [place for place, each in enumerate(found) if each == index]


def _end_before(test: int, found: Found) -> int:
    """The last place that holds something from before the test, and what follows it unnamed."""
    earlier = [p for p, index in enumerate(found) if index is not None and index < test]
    place = earlier[-1] if earlier else -1
    while place + 1 < len(found) and found[place + 1] is None:
        place += 1
    return place
