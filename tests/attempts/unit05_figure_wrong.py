"""Task 5.4, draw a figure that others can read: figures that show or say too little."""

import math

from matplotlib.figure import Figure

from attempts import Attempt
from attempts.unit05_counts import tidy
from attempts.unit05_figure import LABELS, lines, wide


def labelled(**labels):
    return lambda task: lines(task, **labels)


def empty(task):
    return Figure().subplots()


def one_sum(task):
    return lines(task, wide(task).sum(axis=1).to_frame("200, 401, 404"))


def without_401(task):
    return lines(task, wide(task).drop(columns=401))


def names_exchanged(task):
    return lines(task, wide(task).rename(columns={200: 401, 401: 200}))


def legend_exchanged(task):
    axes, usage = Figure().subplots(), wide(task)
    for (_, calls), style in zip(usage.items(), ("-", "--", ":"), strict=True):
        axes.plot(range(24), calls, style)
    axes.set(**LABELS)
    axes.legend(["401", "200", "404"])
    return axes


def three_hours_a_step(task):
    return lines(task, wide(task).resample("3h").sum())


def doubled(task):
    return lines(task, wide(task) * 2)


def without_legend(task):
    axes = lines(task)
    axes.get_legend().remove()
    return axes


def colours_alone(task):
    axes = Figure().subplots()
    axes.plot(range(24), wide(task), label=list(wide(task)))
    axes.set(**LABELS)
    axes.legend()
    return axes


def bare(task):
    axes = lines(task)
    axes.set_xticks([])
    return axes


def crowded(task):
    axes = lines(task, wide(task).reset_index(drop=True))
    axes.set_xticks(range(24), [f"hour {hour} of the day" for hour in range(24)])
    return axes


ATTEMPTS = [
    Attempt("5.4", lambda task: ..., 0, "untried", "tasks.untried.value"),
    Attempt("5.4", tidy, 0, "wrong", "no-figure"),
    Attempt("5.4", lambda task: math, 0, "wrong", "no-figure"),
    Attempt("5.4", empty, 0, "wrong", "nothing-drawn"),
    Attempt("5.4", one_sum, 1, "wrong", "summed reads"),
    Attempt("5.4", without_401, 0, "wrong", "lacking no-name"),
    Attempt("5.4", names_exchanged, 1, "wrong", "misnamed reads"),
    Attempt("5.4", legend_exchanged, 1, "wrong", "misnamed reads"),
    Attempt("5.4", three_hours_a_step, 1, "wrong", "points reads"),
    Attempt("5.4", doubled, 1, "wrong", "other-data reads"),
    Attempt("5.4", labelled(title="Calls"), 1, "wrong", "data no-title"),
    Attempt("5.4", labelled(xlabel=""), 1, "wrong", "data x-unlabelled"),
    Attempt("5.4", labelled(ylabel=""), 1, "wrong", "data y-unlabelled"),
    Attempt("5.4", labelled(xlabel="x"), 1, "wrong", "data x-label"),
    Attempt("5.4", labelled(ylabel="calls"), 1, "wrong", "data y-label"),
    Attempt("5.4", without_legend, 1, "wrong", "data no-name"),
    Attempt("5.4", colours_alone, 1, "wrong", "data colour-alone"),
    Attempt("5.4", bare, 1, "wrong", "data no-ticks"),
    Attempt("5.4", crowded, 1, "wrong", "data ticks"),
    Attempt("5.4", labelled(hours="%Y-%m-%d %H:%M"), 1, "wrong", "data ticks"),
]
