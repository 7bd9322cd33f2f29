"""Task 1.1, who does what."""

from attempts import Attempt

JOBS = {
    "find": "API catalogue",
    "grant": "API manager",
    "check": "API gateway",
    "copy": "message queue",
    "connect": "self-service portal",
    "offer": "provider",
    "fetch": "consumer",
    "allow": "data owner",
    "tend": "data steward",
}
NORWEGIAN = {
    "Find": "API-katalog",
    "grant": "api manager",
    "check": "Gateway",
    "copy": "meldingskø",
    "connect": "BROM",
    "offer": "datatilbyder",
    "fetch": "Konsument",
    "allow": "dataeier",
    "tend": "data_steward",
}


def in_english(_task):
    return JOBS


def in_norwegian(_task):
    return NORWEGIAN


def with_articles(_task):
    return {job: f"the {name}" for job, name in JOBS.items()}


def untouched(_task):
    return ...


def a_list(task):
    return list(zip(task.jobs, task.names, strict=True))


def names_to_jobs(_task):
    return {name: job for job, name in JOBS.items()}


def parts_alone(_task):
    return {job: JOBS[job] for job in list(JOBS)[:5]}


def one_of_each_missing(_task):
    return JOBS | {"copy": None, "offer": None}


def gateway_keeps_lists(_task):
    return JOBS | {"grant": "API gateway", "check": "API manager"}


def provider_decides(_task):
    return JOBS | {"allow": "provider"}


def first_name_for_all(task):
    return dict.fromkeys(task.jobs, task.names[0])


def own_words(_task):
    return JOBS | {"copy": "mailbox", "tend": "librarian"}


ATTEMPTS = [
    Attempt("1.1", in_english, 2, "right", "parts people"),
    Attempt("1.1", in_norwegian, 2, "right", "parts people"),
    Attempt("1.1", with_articles, 2, "right", "parts people"),
    Attempt("1.1", untouched, 0, "untried", "tasks.untried.value"),
    Attempt("1.1", a_list, 0, "wrong", "other-type"),
    Attempt("1.1", names_to_jobs, 0, "wrong", "turned-round"),
    Attempt("1.1", parts_alone, 1, "wrong", "parts missing"),
    Attempt("1.1", one_of_each_missing, 0, "wrong", "missing"),
    Attempt("1.1", gateway_keeps_lists, 1, "wrong", "wrong people"),
    Attempt("1.1", provider_decides, 1, "wrong", "parts wrong"),
    Attempt("1.1", first_name_for_all, 0, "wrong", "wrong"),
    Attempt("1.1", own_words, 0, "wrong", "no-such-name"),
]
