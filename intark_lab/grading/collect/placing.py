"""Which of all hand-ins is graded as whose, and putting it there."""

import hashlib
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psutil

from intark_lab.grading.collect.sources import File, Unread
from intark_lab.grading.collect.unit import unit_of
from intark_lab.grading.collect.whose import Person, Roster, listed, person, shared_names
from intark_lab.grading.repair.reading import Note

NEW, NEWER, SAME, OLDER = "new", "newer", "same", "older"
"""What a hand-in is beside what is in submitted/ already. The last two change nothing."""

_WORKING = ".collecting-"


class HandIn(NamedTuple):
    """A notebook that was found. `number` is its place among all files of the sources."""

    number: int
    trail: tuple[str, ...]
    unit: str
    exercise: bool
    time: float
    digest: str


class Placed(NamedTuple):
    """A hand-in, whose it is, and what it is beside what was there."""

    hand_in: HandIn
    student: str
    state: str


def found(
    files: Iterable[File | Unread], units: Collection[str]
) -> tuple[list[HandIn], list[Unread]]:
    """The notebooks among the files, and what is none or could not be read."""
    hand_ins, rest = [], []
    for number, file in enumerate(files):
        if isinstance(file, Unread):
            rest.append(file)
        elif not _may_be_notebook(file):
            rest.append(Unread(file.trail, Note("collect.no-notebook", {})))
        else:
            unit, exercise = unit_of(file.raw, file.trail[-1], units)
            if unit is None:
                rest.append(Unread(file.trail, Note("collect.no-unit", {})))
                continue
            written = min(file.time, time.time())
            digest = _digest(file.raw)
            hand_ins.append(HandIn(number, file.trail, unit, exercise, written, digest))
    return hand_ins, rest


def placed(
    hand_ins: list[HandIn], units: Collection[str], roster: Roster | None, submitted: Path
) -> tuple[list[Placed], list[Unread]]:
    """The newest exercise of each student and unit, and the hand-ins that are nobody's."""
    owned, rest = _owned(hand_ins, units, roster)
    chosen = []
    for (student, unit), own in sorted(owned.items()):
        exercises = [hand_in for hand_in in own if hand_in.exercise]
        if exercises:
            newest = max(exercises, key=lambda each: (each.time, each.number))
            chosen.append(Placed(newest, student, _state(submitted / student / unit, newest)))
        else:
            rest += [Unread(each.trail, Note("collect.lesson", {"unit": unit})) for each in own]
    return chosen, rest


def put(places: list[Placed], files: Iterable[File | Unread], submitted: Path) -> None:
    """Write what is new or newer. Ended at any moment, each file is there whole or not at all."""
    places = [each for each in places if each.state in (NEW, NEWER)]
    wanted = {(each.hand_in.trail, each.hand_in.digest): each for each in places}
    if not wanted:
        return
    with _working(submitted) as folder:
        for file in files:
            if isinstance(file, File) and (place := wanted.get((file.trail, _digest(file.raw)))):
                _write(place, file, submitted, folder)


def _may_be_notebook(file: File) -> bool:
    """By its name, or for names that mail programs give by how it begins."""
    name = file.trail[-1].lower()
    if ".ipynb" in name:
        return True
    return name.endswith((".json", ".txt")) and b'"cells"' in file.raw[:200_000]


def _owned(
    hand_ins: list[HandIn], units: Collection[str], roster: Roster | None
) -> tuple[dict[tuple[str, str], list[HandIn]], list[Unread]]:
    """Hand-ins by student and unit. Two people of one name get what tells them apart as well."""
    shared = shared_names([hand_in.trail for hand_in in hand_ins])
    people: dict[tuple[str, str], dict[Person, list[HandIn]]] = defaultdict(dict)
    rest = []
    for each in hand_ins:
        if roster is not None:
            whose, reason = listed(each.trail, each.unit, roster), "collect.not-listed"
        else:
            whose, reason = person(each.trail, each.unit, shared, units), "collect.no-name"
        if whose is None:
            rest.append(Unread(each.trail, Note(reason, {})))
        else:
            people[whose.name, each.unit].setdefault(whose, []).append(each)
    owned = {}
    for (name, unit), own in people.items():
        for whose, theirs in own.items():
            student = f"{name}-{whose.key}" if len(own) > 1 and whose.key else name
            owned[student, unit] = theirs
    return owned, rest


def _state(folder: Path, hand_in: HandIn) -> str:
    file = folder / f"{hand_in.unit}.ipynb"
    if not file.exists():
        return NEW
    if _digest(file.read_bytes()) == hand_in.digest:
        return SAME
    return NEWER if hand_in.time > file.stat().st_mtime + 2 else OLDER  # 2 s: what a zip can tell


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _write(place: Placed, file: File, submitted: Path, working: Path) -> None:
    unit, time = place.hand_in.unit, place.hand_in.time
    folder = submitted / place.student / unit
    folder.mkdir(parents=True, exist_ok=True)
    said = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    for name, raw in (("timestamp.txt", said.encode()), (f"{unit}.ipynb", file.raw)):
        with tempfile.NamedTemporaryFile(dir=working, delete=False) as temporary:
            temporary.write(raw)
            temporary.flush()
            os.fsync(temporary.fileno())
        os.utime(temporary.name, (time, time))
        os.replace(temporary.name, folder / name)


@contextmanager
def _working(submitted: Path) -> Iterator[Path]:
    """A folder for unfinished files that nbgrader does not see; those of ended runs are removed."""
    submitted.mkdir(parents=True, exist_ok=True)
    for left in submitted.glob(f"{_WORKING}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_WORKING).partition("-")[0] or 0)):
            _remove(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{_WORKING}{os.getpid()}-", dir=submitted))
    try:
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
