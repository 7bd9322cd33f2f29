"""A made-up institution from a seed: the truth that the source systems tell.

Pure: the same seed gives the same world on every Python and machine, and nothing here looks at
the clock. The vocabularies are the only thing read.
"""

from functools import cached_property

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


class World:
    """The institution of `seed`: more than 2,000 people, 1,600 students and 320 courses.

    Each part is made when first asked for; whether and when that is changes nothing in it.
    """

    def __init__(self, seed: int):
        self.seed = seed

    @cached_property
    def institution(self) -> Institution:
        return make_institution(self.seed)

    @cached_property
    def units(self) -> list[Unit]:
        return make_units(self.seed, self.institution)

    @cached_property
    def people(self) -> list[Person]:
        learning, staff = self._population
        return learning + staff

    @cached_property
    def employees(self) -> list[Employee]:
        """Those who work, and the students who do both: one in forty."""
        learning, staff = self._population
        return make_employees(self.seed, self.units, staff, learning[::40])

    @cached_property
    def students(self) -> list[Student]:
        learning, _ = self._population
        return make_students(self.seed, self.units, learning)

    @cached_property
    def courses(self) -> list[Course]:
        return make_courses(self.seed, self.units)

    @cached_property
    def activities(self) -> list[Activity]:
        return make_activities(self.seed, self.courses)

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        return make_enrolments(self.seed, self.students, self.courses)

    @cached_property
    def rooms(self) -> list[Room]:
        return make_rooms(self.seed)

    @cached_property
    def lessons(self) -> list[Lesson]:
        return make_timetable(self.seed, self.activities, self.rooms)

    @cached_property
    def bookings(self) -> list[Booking]:
        return make_bookings(self.seed, self.units, self.rooms)

    @cached_property
    def _population(self) -> tuple[list[Person], list[Person]]:
        """Those who study, and those who only work."""
        dice = Dice(self.seed, "population")
        register = Register(self.seed, self.institution)
        learning = [register.person(STUDENT_BIRTHS) for _ in range(1640 + dice.below(120))]
        staff = [register.person(EMPLOYEE_BIRTHS) for _ in range(420 + dice.below(60))]
        return learning, staff
