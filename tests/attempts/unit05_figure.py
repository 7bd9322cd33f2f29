"""Task 5.4, draw a figure that others can read. The backend's password was changed on that day."""

import matplotlib.dates as dates
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from attempts import Attempt
from attempts.unit05_counts import tidy

STYLES = ("-", "--", ":")
HATCHES = ("", "///", "...")
LABELS = {"title": "Calls by status", "xlabel": "local time (hour)", "ylabel": "calls per hour"}


def wide(task) -> pd.DataFrame:
    """A column for each status, a row for each of the 24 hours."""
    usage = tidy(task).pivot_table("calls", index="time", columns="status", fill_value=0)
    return usage[usage.index < pd.Timestamp(task.end, unit="ms", tz="UTC")]


def lines(task, usage=None, hours="%H", **labels):
    usage = wide(task) if usage is None else usage
    axes = Figure(figsize=(9, 4)).subplots()
    for (status, calls), style in zip(usage.items(), STYLES, strict=False):
        axes.plot(usage.index, calls, style, label=status)
    axes.set(**LABELS | labels)
    axes.legend()
    axes.xaxis.set_major_formatter(dates.DateFormatter(hours, tz="Europe/Oslo"))
    return axes


def whole_figure(task):
    return lines(task).figure


def drawn_lines(task):
    return lines(task).lines


def all_hours_of_the_answer(task):
    return lines(task, tidy(task).pivot_table("calls", index="time", columns="status"))


def local_without_zone(task):
    return lines(task, wide(task).tz_localize(None), hours="%H h")


def by_pandas(task):
    return (
        wide(task)
        .tz_localize(None)
        .plot(style=list(STYLES), figsize=(12, 4), ax=Figure(figsize=(12, 4)).subplots(), **LABELS)
    )


def stacked_bars(task):
    axes, usage = Figure(figsize=(9, 4)).subplots(), wide(task)
    below = np.zeros(len(usage))
    for (status, calls), hatch in zip(usage.items(), HATCHES, strict=True):
        axes.bar(range(len(usage)), calls, bottom=below, hatch=hatch, label=f"HTTP {status}")
        below += calls.to_numpy()
    axes.set(**LABELS)
    axes.legend()
    return axes


def stacked_areas(task):
    axes, usage = Figure(figsize=(9, 4)).subplots(), wide(task)
    greys = ("0.9", "0.5", "0.1")
    axes.stackplot(range(len(usage)), *usage.T.to_numpy(), labels=list(usage), colors=greys)
    axes.set(**LABELS)
    axes.legend()
    return axes


def areas_by_pandas(task):
    usage = wide(task).reset_index(drop=True)
    return usage.plot.area(
        ax=Figure().subplots(), color=["0.9", "0.5", "0.1"], **LABELS | {"title": "Kall etter svar"}
    )


def hatched_areas_with_edges(task):
    axes, usage = Figure().subplots(), wide(task)
    below = np.zeros(len(usage))
    for (status, calls), hatch in zip(usage.items(), HATCHES, strict=True):
        axes.fill_between(range(24), below, below + calls, hatch=hatch, color="0.8", label=status)
        below = below + calls.to_numpy()
        axes.plot(range(24), below, "k-", label="_edge")
    axes.set(**LABELS)
    axes.legend()
    return axes


def stairs(task):
    axes, usage = Figure().subplots(), wide(task)
    for (status, calls), style in zip(usage.items(), STYLES, strict=True):
        axes.stairs(calls, range(len(usage) + 1), linestyle=style, label=status)
    axes.set(title="Kall etter status", xlabel="klokka (time)", ylabel="kall per time")
    axes.legend()
    return axes


def histogram(task):
    axes, usage = Figure().subplots(), tidy(task).query("calls > 0")
    parts = [usage[usage["status"] == status] for status in (200, 401, 404)]
    hours = [part["time"].dt.hour for part in parts]
    tones = {"color": ["0.9", "0.5", "0"], "label": ["200", "401", "404"]}
    axes.hist(hours, range(25), weights=[part["calls"] for part in parts], stacked=True, **tones)
    axes.set(**LABELS)
    axes.legend()
    return axes


def dots(task):
    axes = Figure().subplots()
    for (status, calls), marker in zip(wide(task).items(), "ox^", strict=True):
        axes.scatter(range(24), calls, marker=marker, label=status)
    axes.set(**LABELS)
    axes.legend()
    return axes


def bars_side_by_side(task):
    axes, usage = Figure(figsize=(9, 4)).subplots(), wide(task)
    for place, (status, calls) in enumerate(usage.items()):
        beside = usage.index + pd.Timedelta(minutes=15) * (place - 1)
        axes.bar(beside, calls, width=0.01, hatch=HATCHES[place], label=status)
    axes.set(**LABELS)
    axes.legend()
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H", tz="Europe/Oslo"))
    return axes


def with_response_times(task):
    axes = lines(task)
    beside = axes.twinx()
    beside.plot(wide(task).index, range(24), "k:")
    beside.set_ylabel("response time (ms)")
    return axes


def panels(task):
    usage = wide(task)
    figure = Figure(figsize=(9, 8), layout="constrained")
    for axes, (status, calls) in zip(figure.subplots(3, sharex=True), usage.items(), strict=True):
        axes.plot(range(24), calls, "k")
        axes.set_title(f"status {status}")
    figure.suptitle("Calls by status")
    figure.supxlabel("hour of the day")
    figure.supylabel("calls / h")
    return figure.axes


def words_beside_the_lines(task):
    axes, usage = Figure().subplots(), wide(task)
    for status, calls in usage.items():
        axes.plot(range(24), calls, "k-")
        axes.annotate(str(status), (int(calls.argmax()), calls.max()))
    axes.set(**LABELS)
    return axes


ATTEMPTS = [
    Attempt("5.4", make, 2, "right", "data reads")
    for make in (
        lines,
        whole_figure,
        drawn_lines,
        all_hours_of_the_answer,
        local_without_zone,
        by_pandas,
        stacked_bars,
        stacked_areas,
        areas_by_pandas,
        hatched_areas_with_edges,
        stairs,
        histogram,
        dots,
        bars_side_by_side,
        with_response_times,
        panels,
        words_beside_the_lines,
    )
]
