"""Buildings and rooms, when teaching uses them, and what else they are booked for."""

from datetime import date
from typing import NamedTuple

from intark_lab.world.dice import Dice
from intark_lab.world.organisation import Name, Unit
from intark_lab.world.teaching import AUTUMN, Activity
from intark_lab.world.vocabulary import words

BOOKINGS = 420
TEACHING_HOURS = (("08:15", "10:00"), ("10:15", "12:00"), ("12:15", "14:00"), ("14:15", "16:00"))
EVENING_HOURS = (("16:15", "18:00"), ("18:15", "20:00"))
ROOM_KINDS = {"FOR": "AUD", "SEM": "SEM", "GRU": "SEM", "LAB": "LAB", "VEI": "GRP"}
"""The kind of room that a form of teaching needs."""
WEEKDAYS = 5


class Building(NamedTuple):
    code: str
    name: Name


class Room(NamedTuple):
    id: str
    building: Building
    kind: str
    """AUD, SEM, GRP or LAB."""
    name: Name
    seats: int
    floor: int


class Lesson(NamedTuple):
    """One line of the timetable: an activity, weekly in a room."""

    activity: Activity
    room: Room
    weekday: int
    """ISO: 1 is Monday."""
    start: str
    end: str
    weeks: tuple[int, ...]


class Booking(NamedTuple):
    """A room in use for something other than teaching, after four in the afternoon."""

    number: int
    room: Room
    date: str
    start: str
    end: str
    purpose: Name
    unit: Unit


def make_rooms(seed: int) -> list[Room]:
    """All rooms, building by building."""
    dice = Dice(seed, "rooms")
    rooms = []
    for index, plan in enumerate(words("campus")["buildings"], 1):
        building = Building(f"B{index:02}", Name(plan["nb"], plan["en"]))
        for kind in words("campus")["rooms"]:
            for _ in range(kind["in_each_building"]):
                rooms.append(_room(dice, building, kind, len(rooms)))
    return rooms


def _room(dice: Dice, building: Building, kind: dict, index: int) -> Room:
    floor = 1 + dice.below(4)
    number = f"{floor}{index % 13 + 1:02}"
    return Room(
        f"{building.code}-{number}",
        building,
        kind["code"],
        Name(f"{kind['nb']} {number}", f"{kind['en']} {number}"),
        dice.pick(kind["seats"]),
        floor,
    )


def make_timetable(seed: int, activities: list[Activity], rooms: list[Room]) -> list[Lesson]:
    """A weekly time and room for every activity; no room holds two at once."""
    dice = Dice(seed, "timetable")
    of_kind: dict[str, list[Room]] = {}
    for room in rooms:
        of_kind.setdefault(room.kind, []).append(room)
    taken = set()
    lessons = []
    for activity in activities:
        suitable = of_kind[ROOM_KINDS[activity.kind]]
        hours = WEEKDAYS * len(TEACHING_HOURS)
        place = dice.below(len(suitable) * hours)
        term = activity.course.term
        while (term.code, suitable[0].kind, place) in taken:
            place = (place + 1) % (len(suitable) * hours)
        taken.add((term.code, suitable[0].kind, place))
        room, hour = divmod(place, hours)
        weekday, slot = divmod(hour, len(TEACHING_HOURS))
        weeks = _weeks(dice, *term.weeks, every=1 if activity.kind == "FOR" else 1 + dice.below(2))
        lessons.append(Lesson(activity, suitable[room], weekday + 1, *TEACHING_HOURS[slot], weeks))
    return lessons


def _weeks(dice: Dice, first: int, last: int, every: int) -> tuple[int, ...]:
    return tuple(range(first + dice.below(3), last + 1 - dice.below(3), every))


def make_bookings(seed: int, units: list[Unit], rooms: list[Room]) -> list[Booking]:
    """Bookings of the autumn term, in the order of their time."""
    dice = Dice(seed, "bookings")
    purposes = [Name(purpose["nb"], purpose["en"]) for purpose in words("campus")["purposes"]]
    first, last = AUTUMN.weeks
    times = set()
    while len(times) < BOOKINGS:
        week, weekday = first + dice.below(last - first + 1), 1 + dice.below(WEEKDAYS)
        times.add((week, weekday, dice.below(len(EVENING_HOURS)), dice.below(len(rooms))))
    number = 5_000
    bookings = []
    for week, weekday, hour, room in sorted(times):
        number += 1 + dice.below(7)
        day = date.fromisocalendar(AUTUMN.year, week, weekday).isoformat()
        purpose, unit = dice.pick(purposes), dice.pick(units)
        bookings.append(Booking(number, rooms[room], day, *EVENING_HOURS[hour], purpose, unit))
    return bookings
