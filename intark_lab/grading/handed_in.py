"""What lies in `submitted/STUDENT/UNIT`: the notebook, and what the notebook may read beside it."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intark_lab.grading.folders import Course

NOTEBOOK_BYTES = 200_000_000
"""A larger file is not read."""
FILES, FILES_BYTES = 200, 10_000_000
"""So many files beside the notebook, and bytes of all of them, are taken along."""


@dataclass(frozen=True)
class HandedIn:
    """A folder below submitted/."""

    student: str
    unit: str
    folder: Path

    def notebook(self) -> Path | None:
        """The unit's notebook; where there is none of that name, the newest other one."""
        found = [file for file in self.folder.glob("*.ipynb") if _is_plain(file)]
        named = self.folder / f"{self.unit}.ipynb"
        return named if named in found else max(found, key=_changed, default=None)

    def files(self) -> dict[str, bytes]:
        """Other files by their path from the notebook, as far as they fit."""
        taken, left = {}, FILES_BYTES
        for file in _below(self.folder):
            left -= file.stat().st_size
            if left < 0 or len(taken) == FILES:
                break
            taken[_written(file.relative_to(self.folder))] = file.read_bytes()
        return taken

    def timestamp(self) -> str | None:
        """When it was handed in, as nbgrader or `collect` wrote down; None for no time."""
        from nbgrader.utils import parse_utc  # slow to load, and loaded when this is asked

        file = self.folder / "timestamp.txt"
        try:
            said = file.read_text("utf-8").strip() if _is_plain(file) else None
            return said if parse_utc(said) else None
        except (ValueError, OverflowError, OSError):  # a long one is taken for a zone's file
            return None


def handed_in(course: Course, units: list[str], students: list[str]) -> list[HandedIn]:
    """What is there of these units, and of these students where any are named, in their order."""
    found = []
    for folder in sorted(course.submitted.glob("*/*")):
        student, unit = folder.parts[-2:]
        if unit in units and (not students or student in students) and folder.is_dir():
            found.append(HandedIn(student, unit, folder))
    return found


def read(file: Path) -> bytes:
    """A notebook's bytes; as many as can be too many, so that repair says so."""
    with file.open("rb") as opened:
        return opened.read(NOTEBOOK_BYTES)


def digest(raw: bytes, files: dict[str, bytes]) -> str:
    """Names what was handed in: the same again needs no grading."""
    summed = hashlib.sha256(raw)
    for name, content in sorted(files.items()):
        summed.update(f"\n{name}\n{len(content)}\n".encode() + content)
    return summed.hexdigest()


def _below(folder: Path) -> Iterator[Path]:
    """Plain files, no notebook, nothing hidden and nothing that a link leads to."""
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            file = Path(place, name)
            hidden = name.startswith(".") or name == "timestamp.txt"
            if not hidden and file.suffix != ".ipynb" and _is_plain(file):
                yield file


def _written(path: Path) -> str:
    """The path as text, for names that an old archive program did not write as UTF-8 too."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _is_plain(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except OSError:
        return False


def _changed(file: Path) -> float:
    return file.stat().st_mtime
