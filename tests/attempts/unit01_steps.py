"""Task 1.2, the six steps of an event."""

import pandas as pd

from attempts import Attempt

STEPS = [
    ("change", "provider"),
    ("notify", "provider"),
    ("distribute", "message queue"),
    ("judge", "consumer"),
    ("fetch", "consumer"),
    ("update", "consumer"),
]


def pairs(_task):
    return STEPS


def a_dict_in_norwegian(_task):
    who = {"provider": "Tilbyder", "message queue": "RabbitMQ", "consumer": "konsument"}
    return {step.title(): who[one] for step, one in STEPS}


def a_table(_task):
    return pd.DataFrame(STEPS, columns=["step", "who"])


def words_alone(_task):
    return [step for step, _ in STEPS]


def by_the_alphabet(_task):
    return sorted(STEPS)


def moved(step: str, to: int):
    """The right list, with one step at another place."""

    def attempt(_task):
        rest = [pair for pair in STEPS if pair[0] != step]
        return [*rest[:to], next(pair for pair in STEPS if pair[0] == step), *rest[to:]]

    attempt.__name__ = f"{step}_at_{to}"
    return attempt


def taken_by(step: str, who):
    """The right list, with one step by somebody else."""

    def attempt(_task):
        return [(one, who if one == step else by) for one, by in STEPS]

    attempt.__name__ = f"{step}_by_{str(who).replace(' ', '_')}"
    return attempt


def five(_task):
    return STEPS[:5]


def twice(_task):
    return [*STEPS, STEPS[0]]


def own_words(_task):
    return [("change", "provider"), ("send", "provider"), *STEPS[2:]]


def turned_round(_task):
    return [(who, step) for step, who in STEPS]


def a_set(_task):
    return set(STEPS)


def one_text(_task):
    return "change, notify, distribute, judge, fetch, update"


ATTEMPTS = [
    Attempt("1.2", pairs, 2, "right", "order who"),
    Attempt("1.2", a_dict_in_norwegian, 2, "right", "order who"),
    Attempt("1.2", a_table, 2, "right", "order who"),
    Attempt("1.2", words_alone, 1, "wrong", "order nobody"),
    Attempt("1.2", by_the_alphabet, 1, "wrong", "before.distribute who"),
    Attempt("1.2", moved("change", 2), 1, "wrong", "before.notify who"),
    Attempt("1.2", moved("distribute", 1), 1, "wrong", "before.distribute who"),
    Attempt("1.2", moved("judge", 2), 1, "wrong", "before.judge who"),
    Attempt("1.2", moved("fetch", 3), 1, "wrong", "before.fetch who"),
    Attempt("1.2", moved("update", 4), 1, "wrong", "before.update who"),
    Attempt("1.2", taken_by("change", "message queue"), 1, "wrong", "order taken.provider"),
    Attempt("1.2", taken_by("distribute", "provider"), 1, "wrong", "order taken.message-queue"),
    Attempt("1.2", taken_by("judge", "message queue"), 1, "wrong", "order taken.consumer"),
    Attempt("1.2", taken_by("fetch", "gateway"), 1, "wrong", "order no-such-who"),
    Attempt("1.2", five, 0, "wrong", "count nobody"),
    Attempt("1.2", twice, 1, "wrong", "count who"),
    Attempt("1.2", own_words, 0, "wrong", "no-such-step nobody"),
    Attempt("1.2", turned_round, 0, "wrong", "turned-round nobody"),
    Attempt("1.2", a_set, 0, "wrong", "other-type"),
    Attempt("1.2", one_text, 0, "wrong", "other-type"),
]
