"""The institution and its units (organisasjonsenheter), as a tree."""

from typing import NamedTuple

from intark_lab.world.dice import Dice
from intark_lab.world.vocabulary import words

FACULTIES = 4


class Name(NamedTuple):
    nb: str
    en: str


class Institution(NamedTuple):
    slug: str
    """What its addresses are made of: `nordvik` in `nordvik.intark.example`."""
    name: Name


class Unit(NamedTuple):
    ou_id: int
    parent: int | None
    kind: str
    """`institution`, `faculty`, `department`, `administration` or `section`."""
    acronym: str
    name: Name
    subjects: tuple[dict, ...] = ()
    """What a department teaches: `prefix`, `nb`, `en`."""


def make_institution(seed: int) -> Institution:
    """Which institution this seed is."""
    chosen = Dice(seed, "institution").pick(words("institutions"))
    return Institution(chosen["slug"], Name(chosen["nb"], chosen["en"]))


def make_units(seed: int, institution: Institution) -> list[Unit]:
    """All units: the institution, its faculties with departments, and the administration.

    Every institution teaches science and technology, so that the documentation's `INF1100-1` is
    found in each; the other faculties differ.
    """
    dice = Dice(seed, "units")
    root = 1000 * (100 + dice.below(800))
    faculties = list(words("organisation")["faculties"])
    while len(faculties) > FACULTIES:
        del faculties[1 + dice.below(len(faculties) - 1)]
    units = [Unit(root, None, "institution", institution.slug.upper(), institution.name)]
    for index, faculty in enumerate(faculties, 1):
        units += _branch(faculty, root, root + 100 * index, ("faculty", "department"))
    administration = words("organisation")["administration"]
    units += _branch(administration, root, root + 900, ("administration", "section"))
    return units


def _branch(top: dict, root: int, ou_id: int, kinds: tuple[str, str]) -> list[Unit]:
    own = Unit(ou_id, root, kinds[0], top["acronym"], Name(top["nb"], top["en"]))
    below = (
        Unit(
            ou_id + 5 * index,
            ou_id,
            kinds[1],
            part["acronym"],
            Name(part["nb"], part["en"]),
            tuple(part.get("subjects", ())),
        )
        for index, part in enumerate(top["departments"], 1)
    )
    return [own, *below]
