"""The made-up institution: big enough, coherent, nobody's, and the same everywhere."""

import hashlib
import json

import pytest

from intark_lab.world import World
from intark_lab.world.campus import ROOM_KINDS
from intark_lab.world.dice import Dice, Weighted
from intark_lab.world.national_id import national_id
from intark_lab.world.vocabulary import words

PINNED = {
    1: "f055d21c4d476e70f48ddbaf3c12de571df4192aa64fd4c6c0275e2ff4d9dd61",
    2026: "f8a724c2d2a087af01d9de82a61dad8e97353cafadc56e67e918dc2124e5fcf1",
}
"""What two seeds make. A new digest means that every lesson's printed output has changed too."""


PARTS = (
    *("institution", "units", "people", "employees", "students", "courses", "activities"),
    *("enrolments", "rooms", "lessons", "bookings"),
)


def everything(world, order) -> list:
    """All parts of a world, which are made in that order."""
    made = {part: getattr(world, part) for part in order}
    return [world.seed, *(made[part] for part in PARTS)]


@pytest.fixture(scope="module", params=[1, 2026, 77])
def world(request):
    return World(request.param)


@pytest.mark.parametrize("seed", PINNED)
def test_the_seed_alone_decides_the_world(seed):
    canonical = json.dumps(
        everything(World(seed), PARTS), ensure_ascii=False, separators=(",", ":")
    )
    assert hashlib.sha256(canonical.encode()).hexdigest() == PINNED[seed]


def test_what_is_asked_for_first_changes_nothing():
    assert everything(World(1), PARTS[::-1]) == everything(World(1), PARTS)


def test_another_seed_is_another_institution():
    here, there = World(1), World(2)
    assert {p.number for p in here.people} != {p.number for p in there.people}
    assert {c.id for c in here.courses} != {c.id for c in there.courses}


def test_it_is_as_large_as_an_institution(world):
    assert len(world.people) >= 2000
    assert len(world.students) >= 1500
    assert len(world.employees) >= 400
    assert len(world.courses) >= 320
    assert len(world.units) >= 38
    assert 800 < len(world.activities) <= 1000, "nine or ten pages of a hundred"
    assert 2.5 < len(world.enrolments) / len(world.students) < 3.5


def test_some_people_both_study_and_work(world):
    working = {employee.person.number for employee in world.employees}
    both = [student for student in world.students if student.person.number in working]
    assert 30 <= len(both) <= 60


@pytest.mark.parametrize(
    ("collection", "key"),
    [
        ("units", lambda unit: unit.ou_id),
        ("people", lambda person: person.number),
        ("people", lambda person: person.national_id),
        ("people", lambda person: person.email),
        ("employees", lambda employee: employee.number),
        ("employees", lambda employee: employee.post),
        ("students", lambda student: student.number),
        ("courses", lambda course: course.code),
        ("activities", lambda activity: activity.id),
        ("enrolments", lambda enrolment: enrolment.number),
        ("enrolments", lambda enrolment: (enrolment.student.number, enrolment.course.id)),
        ("rooms", lambda room: room.id),
        ("bookings", lambda booking: booking.number),
    ],
)
def test_nothing_shares_its_number(world, collection, key):
    things = getattr(world, collection)
    assert len({key(thing) for thing in things}) == len(things)


def test_national_ids_are_synthetic_and_their_check_digits_hold(world):
    for person in world.people:
        digits = [int(digit) for digit in person.national_id]
        year, month, day = person.birth_date.split("-")
        assert person.national_id[:6] == f"{day}{int(month) + 80}{year[2:]}"
        assert (digits[8] % 2 == 1) == (person.sex == "M")
        assert (int(person.national_id[6:9]) >= 500) == (int(year) >= 2000)
        assert _weighted(digits[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
        assert _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _weighted(digits, weights):
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


def test_some_individual_numbers_have_no_check_digit():
    made = [national_id(2001, 5, 17, individual) for individual in range(500, 1000)]
    assert 0.12 < made.count(None) / len(made) < 0.22


def test_addresses_can_reach_nobody(world):
    domain = f"@{world.institution.slug}.intark.example"
    assert all(person.email.isascii() for person in world.people)
    assert all(person.email.endswith(domain) for person in world.people)


def test_family_names_are_the_invented_ones(world):
    assert {person.family for person in world.people} <= set(words("surnames"))


def test_units_are_one_tree(world):
    known = {unit.ou_id for unit in world.units}
    roots = [unit for unit in world.units if unit.parent is None]
    assert [root.kind for root in roots] == ["institution"]
    assert all(unit.parent in known for unit in world.units if unit.parent is not None)


def test_every_unit_below_the_top_has_one_leader(world):
    led = [employee.unit.ou_id for employee in world.employees if employee.leader]
    expected = [u.ou_id for u in world.units if u.kind in ("faculty", "department", "section")]
    assert sorted(led) == sorted(expected)


def test_nobody_was_employed_as_a_child(world):
    ages = [int(e.start[:4]) - int(e.person.birth_date[:4]) for e in world.employees]
    assert min(ages) >= 18


def test_the_example_of_the_documentation_exists(world):
    assert "INF1100-1" in {course.id for course in world.courses}
    assert "26H-INF1100-1-FOR1" in {activity.id for activity in world.activities}


def test_teaching_never_meets_other_teaching_in_a_room(world):
    used = set()
    for lesson in world.lessons:
        assert lesson.room.kind == ROOM_KINDS[lesson.activity.kind]
        term = lesson.activity.course.term.code
        times = {(term, lesson.room.id, w, lesson.weekday, lesson.start) for w in lesson.weeks}
        assert not times & used
        used |= times


def test_a_room_is_booked_once_at_a_time_and_after_teaching(world):
    times = [(booking.room.id, booking.date, booking.start) for booking in world.bookings]
    assert len(set(times)) == len(times)
    assert min(booking.start for booking in world.bookings) > max(
        lesson.end for lesson in world.lessons
    )


def test_draws_follow_the_weights():
    dice = Dice(1, "test")
    weighted = Weighted([("often", 9), ("seldom", 1), ("never", 0)])
    drawn = [dice.draw(weighted) for _ in range(2000)]
    assert drawn.count("never") == 0
    assert 0.07 < drawn.count("seldom") / len(drawn) < 0.13


def test_a_part_has_chances_of_its_own():
    first, second = Dice(1, "rooms"), Dice(1, "people")
    assert [first.below(1000) for _ in range(5)] != [second.below(1000) for _ in range(5)]
