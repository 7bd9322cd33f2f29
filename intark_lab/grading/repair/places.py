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
        copy = next(copy for copy in copies if copy > checked[-1])
        undone = any(checked[-1] < place < copy for place in set(answers) - set(tried))
        if not undone:
            return copy, TEST
    if tried:
        last = (checked or tried)[-1]
        return _below_given(last, answer, test, found, released), AFTER
    if copies:
        return copies[-1], TEST
    if answers:
        return _below_given(answers[-1], answer, test, found, released), AFTER
    return _end_before(test, found), AFTER


def given_home(given: int, found: Found, released: Released, homes: dict[int, Home]) -> Home | None:
    """Where a given cell has to be put, None where it stands well: above what needs it.

    What opens the lab goes above everything; what belongs to a task, above its answer, or where it
    comes after that, above its check.
    """
    group = released.group(given)
    needing = [
        (place, BEFORE)
        for place, index in enumerate(found)
        if index is not None and index > given and _needs(index, group, released)
    ]
    checking = [
        (place, BEFORE if rank == TEST else AFTER)
        for test, (place, rank) in homes.items()
        if group and released.group(test) == group
        if (released.answer_of(test) or 0) < given < test
    ]
    copies, wanted = copies_of(given, found), (needing or checking)[:1]
    if not wanted or (copies and copies[0] < wanted[0][0] + (wanted[0][1] == AFTER)):
        return None
    return wanted[0] if group else (0, BEFORE)


def _needs(index: int, group: str, released: Released) -> bool:
    alike = not group or released.group(index) == group
    return alike and released.kind(index) in ("answer", "code")


def _below_given(place: int, answer: int, test: int, found: Found, released: Released) -> int:
    """The place, or that of the last given cell between an answer and its test."""
    between = (
        other
        for other, index in enumerate(found)
        if index is not None
        and answer < index < test
        and released.kind(index) == "code"
        and released.group(index) == released.group(test)
    )
    return max([place, *between])


def copies_of(index: int, found: Found) -> list[int]:
    return [place for place, each in enumerate(found) if each == index]


def _end_before(test: int, found: Found) -> int:
    """The last place that holds something from before the test, and what follows it unnamed."""
    earlier = [p for p, index in enumerate(found) if index is not None and index < test]
    place = earlier[-1] if earlier else -1
    while place + 1 < len(found) and found[place + 1] is None:
        place += 1
    return place
