"""People who come to the institution after its world was made."""

import re
from collections import Counter

from intark_lab.events.scene import Scene
from intark_lab.world.people import Person, Register

STUDENTS, EMPLOYEES = "fs-studenter", "dfo-ansatte"


def newcomer(scene: Scene, births: tuple[int, int]) -> Person:
    """A person who shares no number, national id or address with anybody there."""
    world = scene.sources.world
    register = Register(world.seed, world.institution)
    register.dice = scene.dice
    register.number = _last_number(scene)
    register.national_ids = _national_ids(scene)
    register.addresses = Counter(map(_local_part, _addresses(scene)))
    return register.person(births)


def _last_number(scene: Scene) -> int:
    known = (person.number for person in scene.sources.world.people)
    return max(*known, *scene.sources.ever(STUDENTS, "personer"))


def _national_ids(scene: Scene) -> set[str]:
    students = scene.sources.records(STUDENTS, "fodselsnumre")
    employees = scene.sources.records(EMPLOYEES, "fodselsnumre")
    return {one["fodselsnummer"] for one in students} | {one["fnr"] for one in employees}


def _addresses(scene: Scene) -> set[str]:
    people = scene.sources.records(STUDENTS, "personer")
    employees = scene.sources.records(EMPLOYEES, "ansatte")
    world = {person.email for person in scene.sources.world.people}
    return {one["epost"] for one in (*people, *employees)} | world


def _local_part(address: str) -> str:
    return re.match(r"[^@]*?(?=\d*@)", address).group()
