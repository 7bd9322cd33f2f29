"""People (personer), and the employees (ansatte) among them."""

from typing import NamedTuple

from intark_lab.world.dice import Dice, Weighted
from intark_lab.world.national_id import national_id
from intark_lab.world.organisation import Institution, Name, Unit
from intark_lab.world.vocabulary import ascii_name, given_names, words

STUDENT_BIRTHS = (1996, 2007)
EMPLOYEE_BIRTHS = (1959, 1997)
_LEADERS = {"faculty": "1474", "department": "1475", "section": "1407"}
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


def make_employees(seed: int, units: list[Unit], staff: list[Person]) -> list[Employee]:
    """`staff` in posts at `units`: a leader for each unit first, then by the usual mix."""
    dice = Dice(seed, "employees")
    places = _Places(units)
    number, post = 100_000 + dice.below(1000), 30_000_000
    employees = []
    for index, person in enumerate(staff):
        number += 1 + dice.below(20)
        post += 1 + dice.below(9)
        leader = index < len(places.led)
        if leader:
            unit, position = places.led[index]
        else:
            unit, position = places.draw(dice)
        share = 100 if leader or dice.below(4) else 20 + 10 * dice.below(8)
        start = f"{2005 + dice.below(21)}-{1 + dice.below(12):02}-01"
        reserved = dice.below(30) == 0
        employees.append(
            Employee(f"00{number}", person, position, post, unit, share, start, leader, reserved)
        )
    return employees


class _Places:
    """Where people work, and as what."""

    def __init__(self, units: list[Unit]):
        rows = words("positions")
        titles = {row["code"]: Position(row["code"], Name(row["nb"], row["en"])) for row in rows}
        self.led = [(unit, titles[_LEADERS[unit.kind]]) for unit in units if unit.kind in _LEADERS]
        self.kinds = {
            "department": [unit for unit in units if unit.kind == "department"],
            "administration": [unit for unit in units if unit.kind == "section"],
        }
        self.positions = {
            where: Weighted([(titles[r["code"]], r["weight"]) for r in rows if r["where"] == where])
            for where in self.kinds
        }

    def draw(self, dice: Dice) -> tuple[Unit, Position]:
        where = "department" if dice.below(10) < 7 else "administration"
        return dice.pick(self.kinds[where]), dice.draw(self.positions[where])
