"""What is looked at before grading. Each check returns a state, what was seen, and the mend."""

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import tomllib
from collections.abc import Callable
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import psutil
from packaging.requirements import Requirement

from intark_lab import paths, settings
from intark_lab.grading.folders import CONFIG, Course
from intark_lab.texts import text

GOOD, NOTE, BAD = "good", "note", "bad"
"""All is well; worth knowing; keeps from grading, or from grading safely."""
DISK, MEMORY = 2 * 2**30, 2 * 2**30
"""Bytes that should be free: for submissions and outputs, and for a few of them at once."""

Seen = tuple[str, str, str]
"""State, what was seen, and the mend; the last is empty where there is nothing to mend."""


class Finding(NamedTuple):
    name: str
    state: str
    said: str
    mend: str


def _seen(state: str, name: str, **fields) -> Seen:
    mend = "" if state == GOOD else text(f"grading.doctor.{name}-mend", **fields)
    return state, text(f"grading.doctor.{name}", **fields), mend


def python(course: Course | None) -> Seen:
    return (
        GOOD if sys.version_info >= (3, 11) else BAD,
        f"{platform.python_version()}, {sys.executable}",
        "" if sys.version_info >= (3, 11) else text("grading.doctor.python-mend"),
    )


def packages(course: Course | None) -> Seen:
    """Whether what the course asks for is installed, in versions that it was tried with."""
    wrong = [str(each) for each in map(Requirement, _wanted()) if not _installed(each)]
    if wrong:
        return _seen(BAD, "packages-wrong", packages=", ".join(wrong))
    versions = (f"{name} {metadata.version(name)}" for name in ("nbgrader", "jupyterlab"))
    return GOOD, ", ".join(versions), ""


def _wanted() -> list[str]:
    """What the course asks for: in a checkout its pyproject.toml says so."""
    if root := paths.checkout():
        return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"][
            "dependencies"
        ]
    return metadata.requires("intark-lab") or []


def _installed(wanted: Requirement) -> bool:
    if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
        return True
    try:
        return wanted.specifier.contains(metadata.version(wanted.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def commands(course: Course | None) -> Seen:
    """nbgrader's own commands call `alembic` by name."""
    folder = Path(sys.executable).parent
    found = shutil.which("alembic")
    if found:
        return _seen(GOOD, "alembic", place=found)
    return _seen(NOTE, "no-alembic", folder=folder)


def folder(course: Course | None) -> Seen:
    if course is None:
        return _seen(BAD, "no-course", config=CONFIG)
    units = course.units()
    return _seen(GOOD if units else BAD, "course", root=course.root, count=len(units))


def gradebook(course: Course | None) -> Seen:
    """Whether the gradebook can be written, by nobody else now."""
    if course is None:
        return _seen(BAD, "no-course", config=CONFIG)
    file = course.gradebook
    if not file.exists():
        fine = os.access(course.root, os.W_OK)
        return _seen(GOOD if fine else BAD, "gradebook-new", file=file)
    try:
        with closing(sqlite3.connect(file, timeout=1)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            said = opened.execute("PRAGMA quick_check").fetchone()[0]
            opened.rollback()
    except sqlite3.Error as error:
        said = str(error)
    fine = said == "ok" and os.access(file, os.W_OK)
    return _seen(GOOD if fine else BAD, "gradebook", file=file, said=said)


def secret(course: Course | None) -> Seen:
    """The course's secret, of which the seeds are made, is its owner's alone."""
    file = settings.read().folder / "course-secret"
    if file.exists() and os.name != "nt" and file.stat().st_mode & 0o077:
        return _seen(BAD, "secret-open", file=file)
    return _seen(GOOD, "secret" if file.exists() else "secret-new", file=file)


def disk(course: Course | None) -> Seen:
    places = {str(course.root if course else Path.cwd()), tempfile.gettempdir()}
    free = {place: shutil.disk_usage(place).free for place in sorted(places)}
    said = ", ".join(f"{size / 2**30:.1f} GiB: {place}" for place, size in free.items())
    return _seen(GOOD if min(free.values()) >= DISK else BAD, "disk", said=said)


def memory(course: Course | None) -> Seen:
    free = psutil.virtual_memory().available
    said = f"{free / 2**30:.1f} GiB"
    return _seen(GOOD if free >= MEMORY else NOTE, "memory", said=said, cores=os.cpu_count())


def sandbox(course: Course | None) -> Seen:
    """The strongest level that a warm process really got here, and what raises it."""
    from intark_lab.grading.one import NotHeld, Warm
    from intark_lab.grading.submission import LEVELS

    why = ""
    for level in reversed(LEVELS):
        try:
            Warm(level).close()
        except NotHeld as error:
            why = why or str(error)
            continue
        if level == LEVELS[-1]:
            return _seen(GOOD, "held", level=level)
        state, mend = NOTE if level == "reduced" else BAD, text(f"grading.doctor.{_raise()}")
        return state, text("grading.doctor.held-less", level=level, why=why), mend
    return _seen(BAD, "not-held", why=why)


_USER_NAMESPACES = {
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "raise-clone"),
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": ("1", "raise-apparmor"),
    "/proc/sys/user/max_user_namespaces": ("0", "raise-most"),
}
"""Settings of Linux systems that keep an ordinary user from namespaces, and the mend's text."""


def _raise() -> str:
    """The name of the text that says what would raise the level."""
    if sys.platform != "linux":
        return "raise-linux"
    for file, (closed, name) in _USER_NAMESPACES.items():
        if Path(file).is_file() and Path(file).read_text().strip() == closed:
            return name
    return "raise-container"


def exchange(course: Course | None) -> Seen:
    """nbgrader's folder for handing out and in; only needed for its own release and collect."""
    place = Path(_exchange_root(course))
    if place.is_dir() and os.access(place, os.W_OK):
        return _seen(GOOD, "exchange", place=place)
    return _seen(NOTE, "no-exchange", place=place)


def _exchange_root(course: Course | None) -> str:
    """As nbgrader_config.py has it, else nbgrader's own."""
    from nbgrader.exchange.default import Exchange
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config()
    if course is not None:
        config = PyFileConfigLoader(CONFIG, path=str(course.root)).load_config()
    return Exchange(config=config).root


CHECKS: dict[str, Callable[[Course | None], Seen]] = {
    check.__name__: check
    for check in (
        *(python, packages, commands, folder, gradebook, secret),
        *(disk, memory, sandbox, exchange),
    )
}
"""In the order in which they are shown."""
