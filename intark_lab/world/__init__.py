"""A made-up institution from a seed: the truth that the source systems tell.

Pure: the same seed gives the same world on every Python and machine, and nothing here looks at
the clock. The vocabularies are the only thing read.
"""

from typing import NamedTuple

from intark_lab.world.campus import (
    Booking,
    Lesson,
    Room,
    make_bookings,
    make_rooms,
    make_timetable,
)
from intark_lab.world.dice import Dice
from intark_lab.world.organisation import Institution, Unit, make_institution, make_units
from intark_lab.world.people import (
    EMPLOYEE_BIRTHS,
    STUDENT_BIRTHS,
    Employee,
    Person,
    Register,
    make_employees,
)
from intark_lab.world.teaching import (
    Activity,
    Course,
    Enrolment,
    Student,
    make_activities,
    make_courses,
    make_enrolments,
    make_students,
)


class World(NamedTuple):
    seed: int
    institution: Institution
    units: list[Unit]
    people: list[Person]
    employees: list[Employee]
    students: list[Student]
    courses: list[Course]
    activities: list[Activity]
    enrolments: list[Enrolment]
    rooms: list[Room]
    lessons: list[Lesson]
    bookings: list[Booking]


def make_world(seed: int) -> World:
    """The institution of `seed`: more than 2,000 people, 1,600 students and 320 courses."""
    institution = make_institution(seed)
    units = make_units(seed, institution)
    learning, staff, assistants = _population(seed, institution)
    students = make_students(seed, units, learning)
    courses = make_courses(seed, units)
    activities = make_activities(seed, courses)
    rooms = make_rooms(seed)
    return World(
        seed=seed,
        institution=institution,
        units=units,
        people=learning + staff,
        employees=make_employees(seed, units, staff, assistants),
        students=students,
        courses=courses,
        activities=activities,
        enrolments=make_enrolments(seed, students, courses),
        rooms=rooms,
        lessons=make_timetable(seed, activities, rooms),
        bookings=make_bookings(seed, units, rooms),
    )


def _population(seed: int, institution: Institution):
    """Those who study, those who work, and the students who do both: one in forty."""
    dice = Dice(seed, "population")
    register = Register(seed, institution)
    learning = [register.person(STUDENT_BIRTHS) for _ in range(1640 + dice.below(120))]
    staff = [register.person(EMPLOYEE_BIRTHS) for _ in range(420 + dice.below(60))]
    return learning, staff, learning[::40]
