"""Task 5.3, say what happened."""

from types import SimpleNamespace

import pandas as pd

from attempts import Attempt
from attempts.unit05_counts import asked

FAULTS = {"504": "backend gone", "401": "backend password", "400": "policy"}


def words(task):
    found = {}
    for case in task.cases:
        statuses = asked(SimpleNamespace(**case), type="group_by", field="status")["values"]
        found[case["case"]] = next((FAULTS[each] for each in statuses if each in FAULTS), "normal")
    return found


def in_a_list(task):
    return [word.upper() for word in words(task).values()]


def in_a_table(task):
    return pd.DataFrame(list(words(task).items()), columns=["case", "word"])


def in_a_series(task):
    return pd.Series({case.lower(): word.replace(" ", "_") for case, word in words(task).items()})


def instead(**others):
    """The right words with some put in the place of others."""

    def attempt(task):
        mapped = {old.replace("_", " "): new for old, new in others.items()}
        return {case: mapped.get(word, word) for case, word in words(task).items()}

    return attempt


def alarm_at_404(task):
    found = words(task)
    for case in task.cases:
        if "404" in asked(SimpleNamespace(**case), type="group_by", field="status")["values"]:
            found[case["case"]] = found[case["case"]].replace("normal", "policy")
    return found


ATTEMPTS = [
    Attempt("5.3", words, 2, "right", "faults quiet"),
    Attempt("5.3", in_a_list, 2, "right", "faults quiet"),
    Attempt("5.3", in_a_table, 2, "right", "faults quiet"),
    Attempt("5.3", in_a_series, 2, "right", "faults quiet"),
    Attempt("5.3", lambda task: ..., 0, "untried", "tasks.untried.value"),
    Attempt("5.3", lambda task: "normal", 0, "wrong", "no-dict"),
    Attempt("5.3", lambda task: dict.fromkeys("ABCDEF"), 0, "wrong", "missing"),
    Attempt("5.3", lambda task: dict.fromkeys("ABCDEF", "normal"), 0, "wrong", "all-alike"),
    Attempt("5.3", instead(backend_gone="policy"), 1, "wrong", "was.backend-gone quiet"),
    Attempt("5.3", instead(backend_password="policy"), 1, "wrong", "was.backend-password quiet"),
    Attempt("5.3", instead(policy="backend gone"), 1, "wrong", "was.policy quiet"),
    Attempt("5.3", instead(policy="the policy"), 1, "wrong", "no-such-word quiet"),
    Attempt("5.3", alarm_at_404, 1, "wrong", "faults was.normal"),
]
