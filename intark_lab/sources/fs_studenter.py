"""FS (Felles studentsystem), the half with people: students and what they are enrolled in.

National ids are a collection of their own, so that a plan can leave them out by path.
"""

from intark_lab.sources.collection import Spec
from intark_lab.sources.records import (
    about_course,
    bilingual,
    course_reference,
    in_semester,
    semester,
)
from intark_lab.world import World


def personer(world: World) -> list[dict]:
    """The students, by number."""
    return [
        {
            "personlopenummer": student.person.number,
            "studentnummer": student.number,
            "fornavn": student.person.given,
            "etternavn": student.person.family,
            "epost": student.person.email,
            "studieprogram": {
                "kode": student.programme.code,
                "navn": bilingual(student.programme.name),
            },
            "kull": student.since,
        }
        for student in world.students
    ]


def fodselsnumre(world: World) -> list[dict]:
    """The national ids of the same students, in the same order."""
    return [
        {
            "personlopenummer": student.person.number,
            "fodselsnummer": student.person.national_id,
            "fodselsdato": student.person.birth_date,
        }
        for student in world.students
    ]


def emnepameldinger(world: World) -> list[dict]:
    """Who is enrolled in what."""
    return [
        {
            "id": enrolment.number,
            "personlopenummer": enrolment.student.person.number,
            "emne": course_reference(enrolment.course),
            "semester": semester(enrolment.course.term),
        }
        for enrolment in world.enrolments
    ]


COLLECTIONS = {
    "personer": Spec(
        personer,
        "personlopenummer",
        {
            "studentnummer": lambda person, value: person["studentnummer"] == value,
            "studieprogram": lambda person, value: person["studieprogram"]["kode"] == value,
        },
    ),
    "fodselsnumre": Spec(fodselsnumre, "personlopenummer", {}),
    "emnepameldinger": Spec(
        emnepameldinger,
        "id",
        {
            "kode": about_course,
            "personlopenummer": lambda row, value: row["personlopenummer"] == value,
            "semester": in_semester,
        },
    ),
}
