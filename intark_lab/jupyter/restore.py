"""The verb `restore`: bring back a unit's originals, or what `lab.save()` packed."""

import argparse
import sys
from pathlib import Path

from intark_lab.jupyter import keeping, workspace
from intark_lab.lab import LabError
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Restore, and name the files; 1 where there is no such unit, or no such packed file."""
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab restore", description=text("jupyter.restore.help")
    )
    parser.add_argument("what", help=text("jupyter.restore.what"))
    what = parser.parse_args(arguments).what
    return _packed(_found(what)) if what.endswith(".zip") else _unit(what)


def _unit(unit: str) -> int:
    restored = workspace.restore(unit)
    if not restored:
        print(text("jupyter.restore.unknown", unit=unit, units=_units()), file=sys.stderr)
        return 1
    for name in restored:
        print(text("jupyter.restore.done", file=name))
    return 0


def _packed(file: Path) -> int:
    """The files first: they are back even where no lab can be had for the points."""
    from intark_lab import open_lab, progress

    try:
        back, beside, code = keeping.unpack(file)
        for name, files in (("back", back), ("beside", beside)):
            if files:
                print(text(f"jupyter.restore.{name}", files=", ".join(files)))
        if not back + beside:
            print(text("jupyter.restore.same"))
        open_lab()
        progress(code)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _found(name: str) -> Path:
    """The file itself, or the one of that name in `work/`, where JupyterLab puts an upload."""
    return Path(name) if Path(name).exists() else workspace.folder() / name


def _units() -> str:
    return ", ".join(sorted({file.stem for _, file in workspace.originals()}))
