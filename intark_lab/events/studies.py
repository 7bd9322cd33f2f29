"""What happens to courses, to teaching, and to the rooms it is in."""

from collections.abc import Iterator

from intark_lab.events.scene import Change, Happening, Id, Notice, Scene, replaced
from intark_lab.world.campus import TEACHING_HOURS, WEEKDAYS
from intark_lab.world.vocabulary import words

COURSES, TIMETABLE, ROOMS = "fs-emner", "tp-timeplan", "rombooking"
CREDITS = [5, 7.5, 10, 15, 20]


def any_course(scene: Scene) -> Id:
    return scene.any(COURSES, "emner")["id"]


def any_activity(scene: Scene) -> Id:
    return scene.any(TIMETABLE, "aktiviteter")["id"]


def any_open_room(scene: Scene) -> Id:
    return scene.one_of(ROOMS, "rom", lambda rom: rom["stengt_fra"] is None)["id"]


def course_renamed(scene: Scene, id_: Id) -> Happening:
    """A course gets another ending to its name; its teaching is called after it."""
    course = scene.sources.record(COURSES, "emner", id_)
    nb, en = course["navn"]["nb"], course["navn"]["en"]
    endings = words("teaching")["endings"]
    has = next((one for one in endings if nb.endswith(one["nb"])), {"nb": "", "en": ""})
    new = scene.other(endings, has)
    name = {
        "nb": nb.removesuffix(has["nb"]) + new["nb"],
        "en": en.removesuffix(has["en"]) + new["en"],
    }
    changes = (
        replaced(COURSES, "emner", id_, course, navn=name),
        *_teaching_renamed(scene, id_, name),
    )
    return Happening(changes, (_course_notice(id_, "navn"),))


def credits_changed(scene: Scene, id_: Id) -> Happening:
    course = scene.sources.record(COURSES, "emner", id_)
    new = scene.other(CREDITS, course["studiepoeng"])
    changed = replaced(COURSES, "emner", id_, course, studiepoeng=new)
    return Happening((changed,), (_course_notice(id_, "studiepoeng"),))


def activity_moved(scene: Scene, id_: Id) -> Happening:
    """Another time in a room of the same kind, which nobody has then."""
    line = scene.sources.record(TIMETABLE, "aktiviteter", id_)
    new = _free_place(scene, line)
    changed = replaced(TIMETABLE, "aktiviteter", id_, line, **new)
    attributes = tuple(name for name in new if new[name] != line[name])
    return Happening(
        (changed,), (Notice("tp", TIMETABLE, "aktiviteter", id_, "update", attributes),)
    )


def activity_cancelled(_scene: Scene, id_: Id) -> Happening:
    """Gone from the timetable and from the student system, and each says so."""
    changes = (
        Change(COURSES, "undervisningsaktiviteter", id_, None),
        Change(TIMETABLE, "aktiviteter", id_, None),
    )
    return Happening(
        changes,
        (
            Notice("fs", COURSES, "undervisningsaktiviteter", id_, "delete"),
            Notice("tp", TIMETABLE, "aktiviteter", id_, "delete"),
        ),
    )


def room_closed(scene: Scene, id_: Id) -> Happening:
    """A room takes no more bookings from a day on; those that it has are for others to move."""
    room = scene.sources.record(ROOMS, "rom", id_)
    changed = replaced(ROOMS, "rom", id_, room, stengt_fra=scene.effective)
    notice = Notice("rombooking", ROOMS, "rom", id_, "update", ("stengt_fra",))
    return Happening((changed,), (notice,))


def _teaching_renamed(scene: Scene, course: Id, name: dict) -> Iterator[Change]:
    for activity in scene.sources.records(COURSES, "undervisningsaktiviteter"):
        if activity["emne"]["id"] == course:
            navn = {
                language: f"{old.partition(', ')[0]}, {name[language]}"
                for language, old in activity["navn"].items()
            }
            collection = "undervisningsaktiviteter"
            yield replaced(COURSES, collection, activity["id"], activity, navn=navn)


def _free_place(scene: Scene, line: dict) -> dict:
    taken = {
        (one["rom"]["id"], one["ukedag"], one["fra"])
        for one in scene.sources.records(TIMETABLE, "aktiviteter")
        if one["semester"] == line["semester"]
    }
    kind = scene.sources.record(ROOMS, "rom", line["rom"]["id"])["type"]
    free = [
        {"ukedag": day, "fra": start, "til": end, "rom": _reference(room)}
        for room in scene.sources.records(ROOMS, "rom")
        if room["type"] == kind and room["stengt_fra"] is None
        for day in range(1, WEEKDAYS + 1)
        for start, end in TEACHING_HOURS
        if (room["id"], day, start) not in taken
    ]
    return scene.dice.pick(free)


def _reference(room: dict) -> dict:
    return {name: room[name] for name in ("id", "navn", "bygning")}


def _course_notice(id_: Id, attribute: str) -> Notice:
    return Notice("fs", COURSES, "emner", id_, "update", (attribute,))
