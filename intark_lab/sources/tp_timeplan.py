"""TP, the timetable (timeplan): when and where teaching is."""

from intark_lab.sources.collection import Spec
from intark_lab.sources.records import (
    about_course,
    bilingual,
    course_reference,
    in_semester,
    room_reference,
    semester,
)
from intark_lab.world import World


def aktiviteter(world: World) -> list[dict]:
    """The timetable, a line for each teaching activity."""
    return [
        {
            "id": lesson.activity.id,
            "emne": course_reference(lesson.activity.course),
            "semester": semester(lesson.activity.course.term),
            "form": {"kode": lesson.activity.kind, "navn": bilingual(lesson.activity.form)},
            "ukedag": lesson.weekday,
            "fra": lesson.start,
            "til": lesson.end,
            "uker": list(lesson.weeks),
            "rom": room_reference(lesson.room),
        }
        for lesson in world.lessons
    ]


COLLECTIONS = {
    "aktiviteter": Spec(
        aktiviteter,
        "id",
        {
            "kode": about_course,
            "semester": in_semester,
            "rom": lambda activity, value: activity["rom"]["id"] == value,
            "uke": lambda activity, value: value in activity["uker"],
            "ukedag": lambda activity, value: activity["ukedag"] == value,
        },
    )
}
