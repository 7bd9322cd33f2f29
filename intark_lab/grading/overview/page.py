"""The overview of a unit as a page and as a CSV, in `overview/` of the course."""

from pathlib import Path

import pandas as pd

from intark_lab.grading.feedback.export import rendered
from intark_lab.grading.folders import Course
from intark_lab.grading.overview import plots
from intark_lab.grading.overview.table import summary, table


def write(course: Course, unit: str) -> list[Path]:
    """Write `UNIT.html` and `UNIT.csv`, and return them; none where nothing was graded."""
    rows = table(course, unit)
    if rows.empty:
        return []
    folder = course.root / "overview"
    folder.mkdir(exist_ok=True)
    page, sheet = folder / f"{unit}.html", folder / f"{unit}.csv"
    page.write_text(html(rows, unit), encoding="utf-8")
    rows.assign(told=rows["told"].map(" ".join)).to_csv(sheet, index=False)
    return [page, sheet]


def html(rows: pd.DataFrame, unit: str) -> str:
    """The page of a unit's table."""
    sums = rows.groupby("student")[["points", "max"]].sum()
    return rendered(
        "overview.html.j2",
        unit=unit,
        tasks=summary(rows).reset_index().to_dict("records"),
        plots=[plot for plot in (plots.outcomes(rows), plots.minutes(rows)) if plot],
        students=sums.reset_index().to_dict("records"),
        mean=sums["points"].mean(),
        max=sums["max"].max(),
    )
