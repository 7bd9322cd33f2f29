"""What a learner takes along: a lesson's own program, and everything they made in one file."""

import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path, PurePosixPath

from intark_lab.jupyter import script, workspace
from intark_lab.lab import LabError
from intark_lab.tasks.show import Card
from intark_lab.texts import html, text, wrapped

PACKED = "intark-course.zip"
CODE = "progress.txt"
"""The entry of the packed file that holds the points, as `progress` reads them."""
MOST = 500_000_000
"""Bytes that a packed file may unfold to."""


def show_script(unit: str) -> None:
    """Write a lesson's program beside the notebook, and show it. Raises LabError, OSError."""
    made = script.of_unit(unit, Path.cwd())
    Path(made.name).write_text(made.code, encoding="utf-8")
    needed = ", ".join(f"`{name}`" for name in made.variables)
    words = text("jupyter.script.written", file=made.name, variables=needed)
    plain, rich = f"{wrapped(words)}\n\n{made.code}", f"{html(words)}<pre>{escape(made.code)}</pre>"
    Card(plain, rich, {}).show()


def save(code: str) -> Path:
    """Pack what the learner changed or made in `work/`, with the code of their points.

    The file is in `work/`, and whole at every moment. Raises LabError where there is no `work/`.
    """
    folder = workspace.folder()
    if not folder.is_dir():
        raise LabError(text("jupyter.save.nothing", folder=folder))
    target, draft = folder / PACKED, folder / f".{PACKED}.part"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(CODE, code)
        for name in workspace.made():
            packed.write(folder / name, name)
    draft.replace(target)
    return target


def unpack(file: Path) -> tuple[list[str], list[str], str]:
    """Bring back what `save` packed: the files that are back, those put beside another, the code.

    Raises LabError for a file of another kind, or none.
    """
    if not file.exists():
        raise LabError(text("jupyter.save.not-there", file=file.name))
    try:
        with zipfile.ZipFile(file) as packed:
            entries = list(_entries(packed))
            code = packed.read(CODE).decode()
            placed = [workspace.place(name, packed.read(entry)) for name, entry in entries]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise LabError(text("jupyter.save.no-file", file=file, error=error)) from None
    names = [name for name, _ in entries]
    pairs = list(zip(names, placed, strict=True))
    back = [new for name, new in pairs if new == name]
    return back, [new for name, new in pairs if new not in (name, None)], code


def _entries(packed: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Files that lie below `work/` and nowhere else. Raises ValueError for one that does not."""
    if sum(entry.file_size for entry in packed.infolist()) > MOST:
        raise ValueError(text("jupyter.save.too-large"))
    for entry in packed.infolist():
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
            raise ValueError(entry.filename)
        if not entry.is_dir() and entry.filename != CODE:
            yield path.as_posix(), entry
