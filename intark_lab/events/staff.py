"""What happens to employees."""

from intark_lab.events.newcomers import EMPLOYEES, newcomer
from intark_lab.events.scene import Change, Happening, Id, Notice, Scene
from intark_lab.sources.dfo_ansatte import NO_END
from intark_lab.world.people import EMPLOYEE_BIRTHS


def any_employee(scene: Scene) -> Id:
    """Of those who lead nobody and have no end in sight."""
    return scene.one_of(EMPLOYEES, "ansatte", _stays)["ansattnummer"]


def started(scene: Scene, _number: None = None) -> Happening:
    """A new employee, in a post like that of some other one."""
    person, like = newcomer(scene, EMPLOYEE_BIRTHS), scene.one_of(EMPLOYEES, "ansatte", _stays)
    highest = max(map(int, scene.sources.ever(EMPLOYEES, "ansatte")))
    number = f"00{highest + 1 + scene.dice.below(20)}"
    post = max(scene.sources.ever(EMPLOYEES, "stillinger")) + 1 + scene.dice.below(9)
    employee = {
        **like,
        "ansattnummer": number,
        "fornavn": person.given,
        "etternavn": person.family,
        "epost": person.email,
        "stillingId": post,
        "startdato": scene.effective,
        "reservasjonPublisering": False,
    }
    identity = {
        "ansattnummer": number,
        "fnr": person.national_id,
        "fdato": person.birth_date,
        "kjonn": person.sex,
    }
    changes = (
        Change(EMPLOYEES, "ansatte", number, employee),
        Change(EMPLOYEES, "fodselsnumre", number, identity),
        Change(EMPLOYEES, "stillinger", post, _post(employee)),
    )
    return Happening(changes, (_notice(number, "create", *employee),))


def ended(scene: Scene, number: Id) -> Happening:
    """An employee gets an end date."""
    return _changed(scene, number, sluttdato=scene.effective)


def moved(scene: Scene, number: Id) -> Happening:
    """An employee's post moves to another unit."""
    employees = scene.sources.records(EMPLOYEES, "ansatte")
    units = sorted({one["organisasjonId"] for one in employees})
    employee = scene.sources.record(EMPLOYEES, "ansatte", number)
    return _changed(scene, number, organisasjonId=scene.other(units, employee["organisasjonId"]))


def left(scene: Scene, number: Id) -> Happening:
    """An employee is no longer in the system."""
    employee = scene.sources.record(EMPLOYEES, "ansatte", number)
    changes = (
        Change(EMPLOYEES, "ansatte", number, None),
        Change(EMPLOYEES, "fodselsnumre", number, None),
        Change(EMPLOYEES, "stillinger", employee["stillingId"], None),
    )
    return Happening(changes, (_notice(number, "delete"),))


def _changed(scene: Scene, number: Id, **fields) -> Happening:
    employee = {**scene.sources.record(EMPLOYEES, "ansatte", number), **fields}
    changes = (
        Change(EMPLOYEES, "ansatte", number, employee),
        Change(EMPLOYEES, "stillinger", employee["stillingId"], _post(employee)),
    )
    return Happening(changes, (_notice(number, "update", *fields),))


def _post(employee: dict) -> dict:
    """The post that an employee holds, as the system lists it."""
    return {
        "id": employee["stillingId"],
        "stillingskode": employee["stillingskode"],
        "stillingstittel": employee["stillingstittel"],
        "organisasjonId": employee["organisasjonId"],
        "innehaver": [
            {
                "innehaverAnsattnr": employee["ansattnummer"],
                "innehaverStartdato": employee["startdato"],
                "innehaverSluttdato": employee["sluttdato"],
            }
        ],
    }


def _stays(employee: dict) -> bool:
    return not employee["lederflagg"] and employee["sluttdato"] == NO_END


def _notice(number: Id, operation: str, *attributes: str) -> Notice:
    return Notice("dfo", EMPLOYEES, "ansatte", number, operation, attributes)
