"""DFØ, the State's payroll system: employees and their posts.

National ids are a collection of their own, so that a plan can leave them out by path.
"""

from intark_lab.sources.collection import Spec
from intark_lab.sources.records import dfo_id
from intark_lab.world import World

NO_END = "9999-12-31"
"""How the system writes that a post has no end date."""


def ansatte(world: World) -> list[dict]:
    """The employees, by number."""
    return [
        {
            "ansattnummer": employee.number,
            "fornavn": employee.person.given,
            "etternavn": employee.person.family,
            "epost": employee.person.email,
            "stillingId": employee.post,
            "stillingskode": employee.position.code,
            "stillingstittel": employee.position.title.nb,
            "dellonnsprosent": employee.share,
            "organisasjonId": dfo_id(employee.unit),
            "startdato": employee.start,
            "sluttdato": NO_END,
            "lederflagg": employee.leader,
            "reservasjonPublisering": employee.reserved,
        }
        for employee in world.employees
    ]


def fodselsnumre(world: World) -> list[dict]:
    """The national ids of the same employees, in the same order."""
    return [
        {
            "ansattnummer": employee.number,
            "fnr": employee.person.national_id,
            "fdato": employee.person.birth_date,
            "kjonn": employee.person.sex,
        }
        for employee in world.employees
    ]


def stillinger(world: World) -> list[dict]:
    """The posts, each with who holds it."""
    return [
        {
            "id": employee.post,
            "stillingskode": employee.position.code,
            "stillingstittel": employee.position.title.nb,
            "organisasjonId": dfo_id(employee.unit),
            "innehaver": [
                {
                    "innehaverAnsattnr": employee.number,
                    "innehaverStartdato": employee.start,
                    "innehaverSluttdato": NO_END,
                }
            ],
        }
        for employee in world.employees
    ]


def _in_unit(record: dict, value: str) -> bool:
    return record["organisasjonId"] == value


def _as_position(record: dict, value: str) -> bool:
    return record["stillingskode"] == value


COLLECTIONS = {
    "ansatte": Spec(
        ansatte,
        "ansattnummer",
        {"organisasjonId": _in_unit, "stillingskode": _as_position},
    ),
    "fodselsnumre": Spec(fodselsnumre, "ansattnummer", {}),
    "stillinger": Spec(
        stillinger, "id", {"organisasjonId": _in_unit, "stillingskode": _as_position}
    ),
}
