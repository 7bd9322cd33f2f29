"""Task 3.1, choose the narrowest plan."""

import os

import httpx
import pandas as pd

from attempts import Attempt

NARROWEST = {
    "Organisation chart": "Open",
    "Course pages": "Open study data",
    "Exam papers": "Internal study data",
    "Lending desk": "Basic",
    "Phone list": "Directory",
    "Loan fund report": "Full",
}


def portal():
    """As quick to make as may be: it speaks http, so no certificates are read."""
    headers = {"Authorization": os.environ["INTARK_PORTAL_AUTH"]}
    return httpx.Client(base_url=os.environ["INTARK_PORTAL_URL"], headers=headers, verify=False)


def plans() -> dict[str, dict]:
    """Every plan of the catalogue by its name, as the portal sends it."""
    client = portal()
    apis = client.get("/apis", params={"size": -1}).json()["data"]
    listed = [client.get(f"/apis/{api['id']}/plans").json()["data"] for api in apis]
    return {plan["name"]: plan for each in listed for plan in each}


def ids(names: dict[str, str]) -> dict[str, str]:
    known = plans()
    return {service: known[name]["id"] for service, name in names.items()}


def narrowest(task):
    return ids(NARROWEST)


def whole_plans(task):
    known = plans()
    return {service: known[name] for service, name in NARROWEST.items()}


def by_a_catalogue_search(task):
    client, chosen = portal(), {}
    for api in client.get("/apis?size=-1").json()["data"]:
        detail = client.get(f"/apis/{api['id']}", params={"include": "plans"}).json()
        for plan in detail["plans"]:
            chosen |= {name: plan["id"] for name in task.needs if NARROWEST[name] == plan["name"]}
    return chosen | {"Another service": None}


def ellipsis(task):
    return ...


def a_list(task):
    return list(narrowest(task).values())


def names_of_plans(task):
    return NARROWEST


def names_of_apis(task):
    return dict.fromkeys(task.needs, "FS Emner: courses and teaching")


def ids_of_apis(task):
    apis = portal().get("/apis").json()["data"]
    return dict.fromkeys(task.needs, apis[0]["id"])


def of_another_lab(task):
    return dict.fromkeys(task.needs, "no id of this lab")


def without_an_entry(task):
    return {name: plan for name, plan in narrowest(task).items() if name != "Phone list"}


def with_nothing(task):
    return narrowest(task) | {"Course pages": None}


def with_a_gap(task):
    return narrowest(task) | {"Course pages": ...}


def nested(task):
    return {name: [plan] for name, plan in narrowest(task).items()}


def as_series(task):
    return pd.Series(narrowest(task))


def dicts_without_an_id(task):
    return {name: {"plan": plan} for name, plan in narrowest(task).items()}


def always_the_wider(task):
    wider = {"Course pages": "Internal study data", "Lending desk": "Full"}
    return ids(NARROWEST | wider | {"Phone list": "Personnel"})


def always_the_narrower(task):
    return ids(NARROWEST | {"Exam papers": "Open study data", "Loan fund report": "Basic"})


def figures_from_students(task):
    return ids(NARROWEST | {"Exam papers": "Basic"})


def employees_for_students(task):
    return ids(NARROWEST | {"Lending desk": "Directory"})


ATTEMPTS = [
    Attempt("3.1", narrowest, 2, "right", "open people"),
    Attempt("3.1", whole_plans, 2, "right", "open people"),
    Attempt("3.1", by_a_catalogue_search, 2, "right", "open people"),
    Attempt("3.1", as_series, 2, "right", "open people"),
    Attempt("3.1", ellipsis, 0, "untried", "tasks.untried.value"),
    Attempt("3.1", a_list, 0, "wrong", "no-dict"),
    Attempt("3.1", names_of_plans, 0, "wrong", "name"),
    Attempt("3.1", names_of_apis, 0, "wrong", "name"),
    Attempt("3.1", ids_of_apis, 0, "wrong", "no-plan"),
    Attempt("3.1", of_another_lab, 0, "wrong", "no-plan"),
    Attempt("3.1", dicts_without_an_id, 0, "wrong", "no-plan"),
    Attempt("3.1", nested, 0, "wrong", "no-plan"),
    Attempt("3.1", without_an_entry, 1, "wrong", "open missing"),
    Attempt("3.1", with_nothing, 1, "wrong", "missing people"),
    Attempt("3.1", with_a_gap, 0, "wrong", "tasks.not-data"),
    Attempt("3.1", always_the_wider, 0, "wrong", "too-wide"),
    Attempt("3.1", always_the_narrower, 0, "wrong", "too-narrow"),
    Attempt("3.1", figures_from_students, 1, "wrong", "other-api people"),
    Attempt("3.1", employees_for_students, 1, "wrong", "open other-api"),
]
