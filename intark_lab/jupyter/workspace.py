"""The learner's own copies: `work/` mirrors `notebooks/` and `exercises/`, so links hold in both.

A copy that still says what it was copied with follows the original; any other is the learner's
and is never written again. The record says what each copy began with.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from shutil import copyfile

from intark_lab import paths, settings

START = "notebooks/00-start.ipynb"
"""What JupyterLab opens first, below `work/`."""


@dataclass
class Refreshed:
    """What `refresh` did, as paths below `work/`."""

    copied: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Changed by the learner, and now also by the course."""


def folder() -> Path:
    """`work/` in the checkout; beside the caller where the course is installed from a wheel."""
    return (paths.checkout() or Path.cwd()) / "work"


def originals() -> Iterator[tuple[str, Path]]:
    """Each file that learners get: its path below `work/`, and where it is."""
    for name, source in (("notebooks", paths.notebooks()), ("exercises", paths.exercises())):
        for file in sorted(source.rglob("*")):
            below = file.relative_to(source)
            if file.is_file() and not any(part.startswith(".") for part in below.parts):
                yield f"{name}/{below.as_posix()}", file


def refresh() -> Refreshed:
    """Copy what is new, update what the learner left alone, keep the rest. Raises OSError."""
    begun, done = _record(), Refreshed()
    for name, original in originals():
        copy, course = folder() / name, _digest(original)
        yours = _digest(copy) if copy.exists() else None
        if yours == course or yours is None or yours == begun.get(name):
            if yours != course:
                _put(original, copy)
                (done.updated if yours else done.copied).append(name)
            begun[name] = course
        elif begun.get(name) != course:
            done.kept.append(name)
    _write_record(begun)
    return done


def restore(unit: str) -> list[str]:
    """Put the originals of a unit beside the learner's copies; their paths below `work/`.

    `unit` is the unit's name or its beginning, such as `02` or `2`. Empty when there is
    no such unit.
    """
    begun, restored = _record(), []
    for name, original in originals():
        if Path(name).name.startswith(f"{unit:0>2}"):
            target = _free(folder() / name)
            _put(original, target)
            restored.append(target.relative_to(folder()).as_posix())
            begun[name] = _digest(original)
    _write_record(begun)
    return restored


def made() -> list[str]:
    """Paths below `work/` of what is the learner's: changed copies, and files of their own."""
    course = {name: _digest(original) for name, original in originals()}
    files = sorted(file for file in folder().rglob("*") if file.is_file() and _is_work(file))
    names = ((file.relative_to(folder()).as_posix(), file) for file in files)
    return [name for name, file in names if _digest(file) != course.get(name)]


def place(name: str, content: bytes) -> str | None:
    """Put a file where it was below `work/`, over a copy that was left alone, else beside it.

    Its path below `work/` now; None where the same file is there.
    """
    target, begun = folder() / name, _record()
    if target.exists():
        if target.read_bytes() == content:
            return None
        if _digest(target) != begun.get(name):
            target = _free(target, "saved")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target.relative_to(folder()).as_posix()


def _is_work(file: Path) -> bool:
    """Not hidden, not packed, and no leftover of a program."""
    parts = file.relative_to(folder()).parts
    return not any(part.startswith((".", "__")) for part in parts) and file.suffix != ".zip"


def _free(copy: Path, what: str = "original") -> Path:
    """`copy` itself where it is gone, else the first name beside it that is free."""
    endings = chain(["", f"-{what}"], (f"-{what}-{number}" for number in count(2)))
    names = (copy.with_name(f"{copy.stem}{ending}{copy.suffix}") for ending in endings)
    return next(name for name in names if not name.exists())


def _put(original: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    copyfile(original, target)


def _digest(file: Path) -> str:
    """Of the content, without what JupyterLab adds when a notebook is merely opened."""
    content = file.read_bytes()
    with suppress(ValueError, KeyError, TypeError):  # no notebook: the bytes as they are
        notebook = json.loads(content)
        notebook["metadata"].pop("language_info", None)
        content = json.dumps(notebook, sort_keys=True).encode()
    return sha256(content).hexdigest()


def _record_file() -> Path:
    return settings.read().folder / "copies.json"


def _record() -> dict[str, str]:
    try:
        return json.loads(_record_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet: copies that differ then count as changed
        return {}


def _write_record(begun: dict[str, str]) -> None:
    file = _record_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(begun, indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(file)
