"""What happens to students, and to what they are enrolled in."""

from intark_lab.events.newcomers import STUDENTS, newcomer
from intark_lab.events.scene import Change, Happening, Id, Notice, Scene, replaced
from intark_lab.world.people import STUDENT_BIRTHS
from intark_lab.world.vocabulary import words

COURSES = "fs-emner"
FIRST_STUDENT_NUMBER = 500_000
"""Numbers of the world's students are below it."""


def any_student(scene: Scene) -> Id:
    return scene.any(STUDENTS, "personer")["personlopenummer"]


def any_enrolment(scene: Scene) -> Id:
    return scene.any(STUDENTS, "emnepameldinger")["id"]


def renamed(scene: Scene, number: Id) -> Happening:
    """Another surname. Number and address stay."""
    person = scene.sources.record(STUDENTS, "personer", number)
    surname = scene.other(words("surnames"), person["etternavn"])
    changed = replaced(STUDENTS, "personer", number, person, etternavn=surname)
    return Happening((changed,), (_notice("personer", number, "update", "etternavn"),))


def admitted(scene: Scene, _number: None = None) -> Happening:
    """A new student, on the programme of some other one."""
    person = newcomer(scene, STUDENT_BIRTHS)
    student = {
        "personlopenummer": person.number,
        "studentnummer": str(FIRST_STUDENT_NUMBER + person.number),
        "fornavn": person.given,
        "etternavn": person.family,
        "epost": person.email,
        "studieprogram": scene.any(STUDENTS, "personer")["studieprogram"],
        "kull": scene.day.year,
    }
    identity = {
        "personlopenummer": person.number,
        "fodselsnummer": person.national_id,
        "fodselsdato": person.birth_date,
    }
    changes = (
        Change(STUDENTS, "personer", person.number, student),
        Change(STUDENTS, "fodselsnumre", person.number, identity),
    )
    return Happening(changes, (_notice("personer", person.number, "create", *student),))


def left(scene: Scene, number: Id) -> Happening:
    """A student is no longer there, nor enrolled in anything."""
    gone = tuple(Change(STUDENTS, name, number, None) for name in ("personer", "fodselsnumre"))
    happened = Happening(gone, (_notice("personer", number, "delete"),))
    rows = scene.sources.records(STUDENTS, "emnepameldinger")
    for row in rows:
        if row["personlopenummer"] == number:
            happened += withdrawn(scene, row["id"])
    return happened


def enrolled(scene: Scene, _id: None = None) -> Happening:
    """A student takes one course more."""
    rows = scene.sources.records(STUDENTS, "emnepameldinger")
    student = any_student(scene)
    taken = {row["emne"]["id"] for row in rows if row["personlopenummer"] == student}
    course = scene.one_of(COURSES, "emner", lambda emne: emne["id"] not in taken)
    row = {
        "id": max(scene.sources.ever(STUDENTS, "emnepameldinger")) + 1 + scene.dice.below(3),
        "personlopenummer": student,
        "emne": {name: course[name] for name in ("id", "kode", "versjon")},
        "semester": course["semester"],
    }
    changes = (Change(STUDENTS, "emnepameldinger", row["id"], row), _counted(scene, row, 1))
    return Happening(changes, (_notice("emnepameldinger", row["id"], "create", *row),))


def withdrawn(scene: Scene, id_: Id) -> Happening:
    """A student takes a course no longer."""
    row = scene.sources.record(STUDENTS, "emnepameldinger", id_)
    changes = (Change(STUDENTS, "emnepameldinger", id_, None), _counted(scene, row, -1))
    return Happening(changes, (_notice("emnepameldinger", id_, "delete"),))


def _counted(scene: Scene, row: dict, step: int) -> Change:
    """The number of those enrolled in a course."""
    counts = scene.sources.records(COURSES, "emnepameldinger")
    count = next(one for one in counts if one["emne"]["id"] == row["emne"]["id"])
    antall = count["antall"] + step
    return replaced(COURSES, "emnepameldinger", count["id"], count, antall=antall)


def _notice(collection: str, id_: Id, operation: str, *attributes: str) -> Notice:
    return Notice("fs", STUDENTS, collection, id_, operation, attributes)
