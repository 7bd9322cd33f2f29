"""Feedback packed for sending back: one file a student."""

import os
import zipfile
from itertools import groupby
from pathlib import Path

from intark_lab.grading.folders import Course


def pack(course: Course, folder: Path) -> list[Path]:
    """Write `STUDENT.html` for one page, `STUDENT.zip` for several; always the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = sorted(course.feedback.glob("*/*/*.html"))
    by_student = groupby(pages, key=lambda page: page.parts[-3])
    return [_packed(list(own), folder / student) for student, own in by_student]


def _packed(pages: list[Path], target: Path) -> Path:
    other, name = f"{target.name}.html", f"{target.name}.zip"
    if len(pages) == 1:
        other, name = name, other
    draft = target.with_name(f".{name}.part")
    draft.write_bytes(pages[0].read_bytes()) if len(pages) == 1 else _zipped(pages, draft)
    os.replace(draft, target.with_name(name))
    target.with_name(other).unlink(missing_ok=True)
    return target.with_name(name)


def _zipped(pages: list[Path], target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for page in pages:
            entry = zipfile.ZipInfo(page.name)
            archive.writestr(entry, page.read_bytes(), zipfile.ZIP_DEFLATED)
