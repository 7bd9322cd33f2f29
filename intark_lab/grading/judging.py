"""What a test cell earned: the lab's record, held against what the cell says."""

from intark_lab.grading.submission import Flag, Score
from intark_lab.grading.value import number

OFTEN = 5
"""So often may a notebook ask about one task outside its test cell before a person is told."""


def scored(cell: str, task: str, most: float, judged: list[dict], value: float | None):
    """Score and flags of a test cell that is worth `most` points.

    `judged` is what the lab was asked while the cell ran, `value` what the cell said it earned,
    None for an error.
    """
    tried = [each for each in judged if each["task"] == task and each["judged"]]
    flags = []
    if not tried:
        if value:
            flags.append(Flag("no-record", cell, f"{value:g}"))
        return Score(cell, task, 0.0, most, "none"), flags
    last = tried[-1]
    points = min(max(float(last["points"]), 0.0), most)
    if len(tried) > 1:
        flags.append(Flag("asked-again", cell, f"{len(tried)}"))
    if (value or 0.0) != points:
        said = "-" if value is None else f"{value:g}"
        flags.append(Flag("disagrees", cell, f"{said} / {points:g}"))
    words = {"message": last["message"], "messages": tuple(last["messages"])}
    return Score(cell, task, points, most, last["outcome"], **words), flags


def asked_often(judged: list[dict]) -> list[Flag]:
    """Flags for tasks about which the judge was asked again and again outside their test cells."""
    counts: dict[str, int] = {}
    for each in judged:
        counts[each["task"]] = counts.get(each["task"], 0) + each["judged"]
    return [Flag("asked-often", "", f"{task}: {n}") for task, n in counts.items() if n > OFTEN]


def value(outputs: list[dict]) -> float | None:
    """The number that a cell's outputs end in; None for an error or anything else."""
    if any(output["output_type"] == "error" for output in outputs):
        return None
    for output in outputs:
        if output["output_type"] == "execute_result":
            return number(output["data"].get("text/plain"))
    return None
