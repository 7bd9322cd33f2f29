"""The platform's speed, measured: `python tests/benchmarks/speed.py [WHAT ...]`.

Each WHAT is a module here with a `measure`; without one, all. It prints a Markdown table as it
goes, and exits with 1 when a goal was missed. README.md tells what each figure is.
"""

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from figures import HEADING

ALL = ("calls", "kills", "starts", "fresh", "rows", "labs", "learners")


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    print(HEADING, flush=True)
    met = True
    for name in options.what or ALL:
        with tempfile.TemporaryDirectory(prefix="intark-speed-") as folder:
            for row in import_module(name).measure(options, Path(folder)):
                print(row, flush=True)
                met = met and row.met is not False
    return 0 if met else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=[*ALL, []], metavar="WHAT", help=", ".join(ALL))
    add = parser.add_argument
    add("--rounds", type=int, default=9, help="of every comparison; figures are medians")
    add("--turn", type=float, default=2.0, help="seconds that a server is called in a round")
    add("--npm", type=Path, help="a folder to keep the npm packages in")
    add("--kills", type=int, default=100)
    add("--calls", type=int, default=1_000_000, help="of all kills together")
    add("--program", help="another program to kill, that takes what `serve` takes")
    add("--rows", type=int, default=10_000_000, help="usage rows of a large state")
    add("--labs", type=int, default=500, help="in one process")
    add("--seconds", type=float, default=120, help="that 200 learners call")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
