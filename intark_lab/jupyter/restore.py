"""The verb `restore`: bring a unit's originals back beside the learner's copies."""

import argparse
import sys

from intark_lab.jupyter import workspace
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Restore one unit and name the files; exit code 1 when there is no such unit."""
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab restore", description=text("jupyter.restore.help")
    )
    parser.add_argument("unit", help=text("jupyter.restore.unit"))
    unit = parser.parse_args(arguments).unit
    restored = workspace.restore(unit)
    if not restored:
        print(text("jupyter.restore.unknown", unit=unit, units=_units()), file=sys.stderr)
        return 1
    for name in restored:
        print(text("jupyter.restore.done", file=name))
    return 0


def _units() -> str:
    return ", ".join(sorted({file.stem for _, file in workspace.originals()}))
