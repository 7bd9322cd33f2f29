"""What a learner's own lab left in a notebook's outputs: attempts, hints, outcome, time.

It is the learner's word: anybody can write anything into outputs. It costs and earns nothing.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from nbformat import NotebookNode

_OUTCOMES = ("untried", "wrong", "right", "raised")
_HELP = range(5)
_TASK = re.compile(r"\d{1,2}\.\d{1,2}", re.ASCII)
_LONGEST = 240
"""Minutes between two checks that are still work on one task, and no break."""


def recorded(cells: list[NotebookNode]) -> dict[str, dict]:
    """By task: `attempts`, `outcome`, `hint_level` and `minutes`, each only where it was recorded.

    The minutes are those since the last check before, by the lab's clock.
    """
    tasks: dict[str, dict] = {}
    times: dict[str, datetime] = {}
    for entry in _entries(cells):
        task = str(entry["task"])
        _keep(tasks.setdefault(task, {}), entry)
        if time := _time(entry.get("time")):
            times[task] = max(time, times.get(task, time))
    for (_, before), (task, time) in pairwise(sorted(times.items(), key=lambda item: item[1])):
        minutes = round((time - before).total_seconds() / 60)
        if minutes <= _LONGEST:
            tasks[task]["minutes"] = minutes
    return tasks


def _entries(cells: list[NotebookNode]) -> Iterator[dict]:
    for cell in cells:
        for output in cell.get("outputs", ()):
            metadata = output.get("metadata")
            entry = metadata.get("intark") if isinstance(metadata, dict) else None
            if isinstance(entry, dict) and _TASK.fullmatch(str(entry.get("task"))):
                yield entry


def _keep(task: dict, entry: dict) -> None:
    attempt, level = entry.get("attempt"), entry.get("hint_level")
    if type(attempt) is int and 0 < attempt < 10**6 and attempt >= task.get("attempts", 0):
        task["attempts"] = attempt
        if entry.get("outcome") in _OUTCOMES:
            task["outcome"] = entry["outcome"]
    if type(level) is int and level in _HELP:
        task["hint_level"] = max(level, task.get("hint_level", 0))


def _time(value) -> datetime | None:
    """A lab's time, which has an offset."""
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else None
