"""People (personer), and the employees (ansatte) among them."""

from typing import NamedTuple

from intark_lab.world.dice import Dice, Weighted
from intark_lab.world.national_id import national_id
from intark_lab.world.organisation import Institution, Name, Unit
from intark_lab.world.vocabulary import ascii_name, given_names, words

STUDENT_BIRTHS = (1996, 2007)
EMPLOYEE_BIRTHS = (1959, 1997)
LATEST_START = 2026
_LEADERS = {"faculty": "1474", "department": "1475", "section": "1407"}
_ASSISTANT = "1020"
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Person(NamedTuple):
    number: int
    """personlopenummer: the number by which source systems know a person."""
    given: str
    family: str
    sex: str
    """`K` (kvinne) or `M` (mann)."""
    birth_date: str
    """ISO date."""
    national_id: str
    email: str


class Position(NamedTuple):
    code: str
    """stillingskode, the State's code of the occupation."""
    title: Name


class Employee(NamedTuple):
    number: str
    """ansattnummer."""
    person: Person
    position: Position
    post: int
    """stillingId: the post this employee holds."""
    unit: Unit
    share: int
    """Per cent of full time."""
    start: str
    leader: bool
    reserved: bool
    """Has asked not to be named in public (reservasjon mot publisering)."""


class Register:
    """Makes people of whom no two share a number, a national id or an address."""

    def __init__(self, seed: int, institution: Institution):
        self.dice = Dice(seed, "people")
        self.domain = f"{institution.slug}.intark.example"
        self.number = 100_000
        self.national_ids: set[str] = set()
        self.addresses: dict[str, int] = {}

    def person(self, births: tuple[int, int]) -> Person:
        """The next person, born in one of the years `births` (first, last)."""
        dice = self.dice
        sex = dice.below(2)
        given = dice.draw(given_names("male" if sex else "female"))
        family = dice.pick(words("surnames"))
        year = births[0] + dice.below(births[1] - births[0] + 1)
        month = dice.below(12)
        day = 1 + dice.below(_DAYS[month])
        self.number += 1 + dice.below(40)
        return Person(
            self.number,
            given,
            family,
            "KM"[sex],
            f"{year}-{month + 1:02}-{day:02}",
            self._national_id(year, month + 1, day, sex),
            self._email(given, family),
        )

    def _national_id(self, year: int, month: int, day: int, sex: int) -> str:
        century = 500 if year >= 2000 else 0
        while True:
            individual = century + 2 * self.dice.below(250) + sex
            number = national_id(year, month, day, individual)
            if number and number not in self.national_ids:
                self.national_ids.add(number)
                return number

    def _email(self, given: str, family: str) -> str:
        local = f"{ascii_name(given)}.{ascii_name(family)}"
        count = self.addresses[local] = self.addresses.get(local, 0) + 1
        return f"{local}{count if count > 1 else ''}@{self.domain}"


def make_employees(
    seed: int, units: list[Unit], staff: list[Person], assistants: list[Person]
) -> list[Employee]:
    """`staff` in posts, a leader for each unit first; `assistants` are students who help out."""
    dice = Dice(seed, "employees")
    places = _Places(units)
    number, post = 100_000 + dice.below(1000), 30_000_000
    employees = []
    for index, person in enumerate(staff + assistants):
        leader = index < len(places.led)
        if leader:
            unit, position, share = *places.led[index], 100
        elif index < len(staff):
            unit, position = places.draw(dice)
            share = 100 if dice.below(4) else 20 + 10 * dice.below(8)
        else:
            unit, position, share = places.any_department(dice), places.assistant, 20
        number += 1 + dice.below(20)
        post += 1 + dice.below(9)
        start, reserved = _start(dice, person), dice.below(30) == 0
        employees.append(
            Employee(f"00{number}", person, position, post, unit, share, start, leader, reserved)
        )
    return employees


def _start(dice: Dice, person: Person) -> str:
    """The first of a month when the person was at least eighteen."""
    earliest = max(2005, int(person.birth_date[:4]) + 19)
    return f"{earliest + dice.below(LATEST_START - earliest)}-{1 + dice.below(8):02}-01"


class _Places:
    """Where people work, and as what."""

    def __init__(self, units: list[Unit]):
        rows = words("positions")
        titles = {row["code"]: Position(row["code"], Name(row["nb"], row["en"])) for row in rows}
        self.led = [(unit, titles[_LEADERS[unit.kind]]) for unit in units if unit.kind in _LEADERS]
        self.assistant = titles[_ASSISTANT]
        self._units = {
            kind: [unit for unit in units if unit.kind == kind]
            for kind in ("department", "section")
        }
        self._positions = {
            kind: Weighted(
                [(titles[row["code"]], row["weight"]) for row in rows if row["where"] == kind]
            )
            for kind in self._units
        }

    def draw(self, dice: Dice) -> tuple[Unit, Position]:
        kind = "department" if dice.below(10) < 7 else "section"
        return dice.pick(self._units[kind]), dice.draw(self._positions[kind])

    def any_department(self, dice: Dice) -> Unit:
        return dice.pick(self._units["department"])
