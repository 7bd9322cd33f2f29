"""Courses (emner), their teaching (undervisningsaktiviteter), and who takes them."""

from itertools import groupby
from typing import NamedTuple

from intark_lab.world.dice import Dice, Weighted
from intark_lab.world.organisation import Name, Unit
from intark_lab.world.people import Person
from intark_lab.world.vocabulary import words


class Term(NamedTuple):
    year: int
    season: str
    """`VÅR` or `HØST`."""
    code: str
    """Short form, `26H`."""
    weeks: tuple[int, int]
    """First and last week with teaching."""


AUTUMN = Term(2026, "HØST", "26H", (34, 47))
SPRING = Term(2027, "VÅR", "27V", (2, 16))


class Course(NamedTuple):
    code: str
    version: str
    name: Name
    credits: float
    """studiepoeng."""
    unit: Unit
    subject: str
    """The letters before the number: who studies a subject takes its courses."""
    language: str
    """`nb` or `en`."""
    term: Term

    @property
    def id(self) -> str:
        return f"{self.code}-{self.version}"


class Activity(NamedTuple):
    id: str
    course: Course
    kind: str
    """Code of the form of teaching: FOR, SEM, GRU, LAB, VEI."""
    form: Name
    group: int
    places: int


class Programme(NamedTuple):
    code: str
    name: Name
    subject: str
    unit: Unit


class Student(NamedTuple):
    number: str
    """studentnummer."""
    person: Person
    programme: Programme
    since: int
    """Year of the first autumn term."""


class Enrolment(NamedTuple):
    number: int
    student: Student
    course: Course


def make_courses(seed: int, units: list[Unit]) -> list[Course]:
    """Eight to ten courses a subject, in the order of their codes."""
    dice = Dice(seed, "courses")
    core = words("teaching")["core"]
    courses = []
    for unit in units:
        for subject in unit.subjects:
            courses.append(_course(unit, subject, core, 0, "1", "nb", AUTUMN))
            courses += [_any_course(dice, unit, subject, plan) for plan in _chosen(dice)]
    return sorted(courses, key=lambda course: course.code)


def _chosen(dice: Dice) -> list[dict]:
    plans = list(words("teaching")["courses"])
    count = 7 + dice.below(3)
    while len(plans) > count:
        del plans[dice.below(len(plans))]
    return plans


def _any_course(dice: Dice, unit: Unit, subject: dict, plan: dict) -> Course:
    step = 10 * dice.below(9)
    version = "1" if dice.below(5) else "2"
    language = "nb" if dice.below(6) else "en"
    return _course(
        unit, subject, plan, step, version, language, AUTUMN if dice.below(5) < 3 else SPRING
    )


def _course(
    unit: Unit, subject: dict, plan: dict, step: int, version: str, language: str, term: Term
) -> Course:
    return Course(
        f"{subject['prefix']}{plan['number'] + step}",
        version,
        Name(plan["nb"].format(nb=subject["nb"]), plan["en"].format(en=subject["en"])),
        plan["credits"],
        unit,
        subject["prefix"],
        language,
        term,
    )


def make_activities(seed: int, courses: list[Course]) -> list[Activity]:
    """One series of lectures a course, and one or two other activities."""
    dice = Dice(seed, "activities")
    forms = words("teaching")["activities"]
    lecture, others = forms[0], Weighted([(form, form["weight"]) for form in forms[1:]])
    activities = []
    for course in courses:
        chosen = [lecture, dice.draw(others)]
        if dice.below(2):
            chosen.append(dice.draw(others))
        groups: dict[str, int] = {}
        for form in chosen:
            kind = form["code"]
            group = groups[kind] = groups.get(kind, 0) + 1
            places = 60 + 10 * dice.below(12) if form is lecture else 12 + 4 * dice.below(5)
            activities.append(
                Activity(
                    f"{course.term.code}-{course.id}-{kind}{group}",
                    course,
                    kind,
                    Name(form["nb"], form["en"]),
                    group,
                    places,
                )
            )
    return activities


def make_students(seed: int, units: list[Unit], people: list[Person]) -> list[Student]:
    """`people` as students, each on the programme of one subject."""
    dice = Dice(seed, "students")
    programmes = [
        Programme(
            f"B-{subject['prefix']}",
            Name(f"Bachelor i {subject['nb']}", f"Bachelor's programme in {subject['en']}"),
            subject["prefix"],
            unit,
        )
        for unit in units
        for subject in unit.subjects
    ]
    number = 400_000 + dice.below(1000)
    students = []
    for person in people:
        number += 1 + dice.below(9)
        students.append(
            Student(str(number), person, dice.pick(programmes), AUTUMN.year - dice.below(4))
        )
    return students


def make_enrolments(seed: int, students: list[Student], courses: list[Course]) -> list[Enrolment]:
    """One to three courses of a student's own subject, and one from anywhere."""
    dice = Dice(seed, "enrolments")
    own = {key: list(group) for key, group in groupby(courses, lambda course: course.subject)}
    number = 0
    enrolments = []
    for student in students:
        offered = own[student.programme.subject]
        first = dice.below(len(offered))
        chosen = [offered[(first + step) % len(offered)] for step in range(1 + dice.below(3))]
        other = dice.pick(courses)
        if other not in chosen:
            chosen.append(other)
        for course in chosen:
            number += 1 + dice.below(3)
            enrolments.append(Enrolment(number, student, course))
    return enrolments
