"""Pieces that records of several source systems share, spelt as the systems spell them."""

from intark_lab.world.campus import Room
from intark_lab.world.organisation import Name, Unit
from intark_lab.world.teaching import Course, Term


def bilingual(name: Name) -> dict:
    """A name in Norwegian (bokmål) and English."""
    return {"nb": name.nb, "en": name.en}


def unit_reference(unit: Unit) -> dict:
    """Where something belongs (organisasjonsenhet)."""
    return {"ou_id": unit.ou_id, "navn": bilingual(unit.name)}


def course_reference(course: Course) -> dict:
    """Which course (emne) something is about."""
    return {"id": course.id, "kode": course.code, "versjon": course.version}


def semester(term: Term) -> dict:
    """Year and term; `in_semester` finds it again."""
    return {"ar": term.year, "termin": term.season}


def in_semester(record: dict, value: str) -> bool:
    """Whether a record is of the semester `2026-HØST`."""
    return f"{record['semester']['ar']}-{record['semester']['termin']}" == value


def about_course(record: dict, value: str) -> bool:
    """Whether a record is about a course of that code, in any version."""
    return record["emne"]["kode"] == value


def room_reference(room: Room) -> dict:
    """Which room (rom), and the building it is in."""
    return {
        "id": room.id,
        "navn": bilingual(room.name),
        "bygning": {"kode": room.building.code, "navn": bilingual(room.building.name)},
    }


def dfo_id(unit: Unit) -> str:
    """The number by which DFØ knows a unit (organisasjonId); Orgreg has it as an external key."""
    return str(10_000_000 + unit.ou_id)
