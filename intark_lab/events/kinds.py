"""Everything that can happen, by its name."""

from collections.abc import Callable
from typing import NamedTuple

from intark_lab.events import staff, students, studies
from intark_lab.events.scene import Happening, Id, Scene

Happens = Callable[[Scene, Id | None], Happening]


class Kind(NamedTuple):
    name: str
    happen: Happens
    weight: int
    """How often it comes about by itself, beside the others."""
    choose: Callable[[Scene], Id] | None = None
    """To which record; None where a new one is made."""
    collection: tuple[str, str] | None = None
    """Source and collection of that record."""
    again: bool = False
    """Whether it can happen to one record twice."""
    dated: bool = False
    """Whether it may hold from a later day on."""
    arrive: Happens | None = None
    """How such a record comes to be there."""
    leave: Happens | None = None
    """How such a record, or the one just made, goes."""


_STUDENT = (students.any_student, ("fs-studenter", "personer"))
_ENROLMENT = (students.any_enrolment, ("fs-studenter", "emnepameldinger"))
_EMPLOYEE = (staff.any_employee, ("dfo-ansatte", "ansatte"))
_COURSE = (studies.any_course, ("fs-emner", "emner"))
_ACTIVITY = (studies.any_activity, ("tp-timeplan", "aktiviteter"))
_ROOM = (studies.any_open_room, ("rombooking", "rom"))

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "a student changes name",
            students.renamed,
            4,
            *_STUDENT,
            again=True,
            arrive=students.admitted,
            leave=students.left,
        ),
        Kind("a student is admitted", students.admitted, 3, leave=students.left),
        Kind("an enrolment is made", students.enrolled, 6, leave=students.withdrawn),
        Kind("an enrolment is withdrawn", students.withdrawn, 4, *_ENROLMENT),
        Kind("an employee starts", staff.started, 2, dated=True, leave=staff.left),
        Kind("an employee ends", staff.ended, 2, *_EMPLOYEE, dated=True, leave=staff.left),
        Kind(
            "an employee moves unit",
            staff.moved,
            3,
            *_EMPLOYEE,
            again=True,
            arrive=staff.started,
            leave=staff.left,
        ),
        Kind("a course changes name", studies.course_renamed, 1, *_COURSE, again=True),
        Kind("a course changes credits", studies.credits_changed, 1, *_COURSE, again=True),
        Kind(
            "a teaching activity is moved",
            studies.activity_moved,
            5,
            *_ACTIVITY,
            again=True,
            leave=studies.activity_cancelled,
        ),
        Kind("a teaching activity is cancelled", studies.activity_cancelled, 2, *_ACTIVITY),
        Kind("a room is closed", studies.room_closed, 1, *_ROOM, dated=True),
    )
}
