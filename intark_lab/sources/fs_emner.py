"""FS (Felles studentsystem), the half without people: courses and their teaching."""

from collections import Counter

from intark_lab.sources.collection import Spec
from intark_lab.sources.records import (
    about_course,
    bilingual,
    course_reference,
    in_semester,
    semester,
    unit_reference,
)
from intark_lab.world import World


def emner(world: World) -> list[dict]:
    """The courses, by code."""
    return [
        {
            **course_reference(course),
            "navn": bilingual(course.name),
            "studiepoeng": course.credits,
            "undervisningssprak": course.language,
            "semester": semester(course.term),
            "organisasjonsenhet": unit_reference(course.unit),
        }
        for course in world.courses
    ]


def undervisningsaktiviteter(world: World) -> list[dict]:
    """The teaching of both terms, course by course."""
    return [
        {
            "id": activity.id,
            "emne": course_reference(activity.course),
            "semester": semester(activity.course.term),
            "form": {"kode": activity.kind, "navn": bilingual(activity.form)},
            "navn": {
                "nb": f"{activity.form.nb} {activity.group}, {activity.course.name.nb}",
                "en": f"{activity.form.en} {activity.group}, {activity.course.name.en}",
            },
            "antall_plasser": activity.places,
            "organisasjonsenhet": {"ou_id": activity.course.unit.ou_id},
        }
        for activity in world.activities
    ]


def emnepameldinger(world: World) -> list[dict]:
    """How many are enrolled in each course."""
    enrolled = Counter(enrolment.course.id for enrolment in world.enrolments)
    return [
        {
            "id": f"{course.term.code}-{course.id}",
            "emne": course_reference(course),
            "semester": semester(course.term),
            "antall": enrolled[course.id],
        }
        for course in world.courses
    ]


COLLECTIONS = {
    "emner": Spec(
        emner,
        "id",
        {
            "kode": lambda emne, value: emne["kode"] == value,
            "ou_id": lambda emne, value: emne["organisasjonsenhet"]["ou_id"] == value,
            "semester": in_semester,
            "undervisningssprak": lambda emne, value: emne["undervisningssprak"] == value,
        },
    ),
    "undervisningsaktiviteter": Spec(
        undervisningsaktiviteter,
        "id",
        {
            "kode": about_course,
            "ou_id": lambda activity, value: activity["organisasjonsenhet"]["ou_id"] == value,
            "semester": in_semester,
            "form": lambda activity, value: activity["form"]["kode"] == value,
        },
    ),
    "emnepameldinger": Spec(emnepameldinger, "id", {"kode": about_course, "semester": in_semester}),
}
