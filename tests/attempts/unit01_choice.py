"""Task 1.4, a pattern for each case."""

from attempts import Attempt

COURSE = 340
"""Bytes, about."""
WITH_MOST = {
    "accounts": "data store",
    "portal": "event-driven",
    "report": "data store",
    "screens": "data store",
}


def estimated(numbers: dict, course: float = COURSE) -> dict:
    return {
        "event-driven": numbers["changes"] * course,
        "data store": numbers["lookups"] * course,
        "full synchronisation": 24 / numbers["hours"] * numbers["records"] * course,
    }


def cheapest(numbers: dict, course: float = COURSE) -> dict:
    a_day = estimated(numbers, course)
    return a_day | {"choice": min(a_day, key=a_day.get)}


def measured(task):
    return {case: cheapest(numbers) for case, numbers in task.cases.items()}


def measured_on_short_courses(task):
    plan = {case: cheapest(numbers, 300) for case, numbers in task.cases.items()}
    return {
        case: {key.replace("-", " "): one for key, one in row.items()} for case, row in plan.items()
    }


def with_one(case: str, **changes):
    """The right plan, one case of which is changed; what is callable gets the case's numbers."""

    def attempt(task):
        made = {
            key.replace("_", " "): value(task.cases[case]) if callable(value) else value
            for key, value in changes.items()
        }
        return measured(task) | {case: measured(task)[case] | made}

    attempt.__name__ = f"{case}_{'_'.join(changes)}"
    return attempt


def choices_alone(task):
    return {case: {"choice": row["choice"]} for case, row in measured(task).items()}


def choices_as_text(task):
    return {case: row["choice"] for case, row in measured(task).items()}


def with_a_note(task):
    return measured(task) | {"note": "measured twice"}


def a_list(task):
    return list(measured(task).values())


def three_cases(task):
    return {case: row for case, row in measured(task).items() if case != "screens"}


def counted(task):
    return {case: cheapest(numbers, 1) for case, numbers in task.cases.items()}


def in_kilobytes(task):
    return {case: cheapest(numbers, COURSE / 1000) for case, numbers in task.cases.items()}


def a_guess(task):
    row = {"event-driven": 1, "data store": 1, "full synchronisation": 1}
    return {case: row | {"choice": "event-driven"} for case in task.cases}


def dearest(task):
    return {case: row | {"choice": WITH_MOST[case]} for case, row in measured(task).items()}


def always_event_driven(task):
    return {case: row | {"choice": "event-driven"} for case, row in measured(task).items()}


def no_choice(task):
    return {case: row | {"choice": "the first"} for case, row in measured(task).items()}


def once(numbers):
    return numbers["records"] * COURSE


def by_hours(numbers):
    return numbers["records"] * numbers["hours"] * COURSE


def lookups(numbers):
    return numbers["lookups"] * COURSE


ATTEMPTS = [
    Attempt("1.4", measured, 2, "right", "cost right"),
    Attempt("1.4", measured_on_short_courses, 2, "right", "cost right"),
    Attempt("1.4", with_a_note, 2, "right", "cost right"),
    Attempt("1.4", a_list, 0, "wrong", "other-type"),
    Attempt("1.4", choices_as_text, 0, "wrong", "no-row"),
    Attempt("1.4", three_cases, 0, "wrong", "missing"),
    Attempt("1.4", choices_alone, 0, "wrong", "no-number unfounded"),
    Attempt("1.4", counted, 0, "wrong", "no-bytes unfounded"),
    Attempt("1.4", in_kilobytes, 0, "wrong", "kilobytes unfounded"),
    Attempt("1.4", a_guess, 0, "wrong", "far-off unfounded"),
    Attempt("1.4", with_one("portal", full_synchronisation=once), 0, "wrong", "once unfounded"),
    Attempt(
        "1.4", with_one("portal", full_synchronisation=by_hours), 0, "wrong", "hours unfounded"
    ),
    Attempt("1.4", with_one("screens", event_driven=lookups), 0, "wrong", "swapped unfounded"),
    Attempt("1.4", dearest, 1, "wrong", "cost dearer"),
    Attempt("1.4", always_event_driven, 1, "wrong", "cost dearer"),
    Attempt("1.4", no_choice, 1, "wrong", "cost no-choice"),
]
