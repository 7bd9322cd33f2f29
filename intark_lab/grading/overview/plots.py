"""Plots of a class as PNG, readable without colour, each with words that say the same."""

import io
from base64 import b64encode
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from intark_lab.texts import text

KINDS = {"right": ("#333333", ""), "partly": ("#888888", "//"), "missed": ("#cccccc", "..")}
KINDS["untried"] = ("#ffffff", "")
"""Fill and hatch of each outcome, from all points to none."""


class Plot(NamedTuple):
    """A PNG in base64, and its alt text."""

    png: str
    alt: str


def outcomes(rows: pd.DataFrame) -> Plot:
    """How many had each task right, partly, not, or did not try it."""
    counted = pd.crosstab(rows["task"], rows.apply(_outcome, axis=1)).reindex(
        columns=list(KINDS), fill_value=0
    )
    figure, axes = _figure(len(counted))
    left = pd.Series(0, index=counted.index)
    for kind, (colour, hatch) in KINDS.items():
        axes.barh(
            *(counted.index, counted[kind]),
            left=left,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            label=text(f"grading.overview.{kind}"),
        )
        left += counted[kind]
    axes.invert_yaxis()
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(text("grading.overview.students"))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.3), ncols=4, frameon=False)
    lines = (text("grading.overview.alt-line", task=t, **c) for t, c in counted.iterrows())
    return _plot(figure, text("grading.overview.alt", lines="; ".join(lines)))


def minutes(rows: pd.DataFrame) -> Plot | None:
    """Minutes that the learners' labs recorded, a dot a student; None where there are none."""
    known = rows.dropna(subset="minutes")
    if known.empty:
        return None
    medians = known.groupby("task")["minutes"].median()
    figure, axes = _figure(len(medians))
    places = known["task"].map({task: place for place, task in enumerate(medians.index)})
    axes.plot(known["minutes"], places, "o", color="#88888888", markeredgecolor="black")
    axes.plot(medians, range(len(medians)), "|", color="black", markersize=24)
    axes.set_yticks(range(len(medians)), medians.index)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel(text("grading.overview.minutes"))
    lines = ", ".join(f"{task}: {value:g}" for task, value in medians.items())
    return _plot(figure, text("grading.overview.minutes-alt", lines=lines))


def _outcome(row: pd.Series) -> str:
    if row["right"]:
        return "right"
    if row["points"] > 0:
        return "partly"
    return "missed" if row["tried"] else "untried"


def _figure(bars: int):
    figure = Figure(figsize=(7, 1.2 + 0.45 * bars), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _plot(figure: Figure, alt: str) -> Plot:
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=120)
    return Plot(b64encode(made.getvalue()).decode(), " ".join(alt.split()))
