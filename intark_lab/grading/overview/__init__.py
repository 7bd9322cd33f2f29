"""`python -m intark_lab overview`: a class at a glance, and feedback packed for sending back."""

import argparse
import sys
from pathlib import Path

from intark_lab.grading.folders import Course
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Write page and CSV of each unit that was graded; 1 when there is none, 2 for bad use."""
    options = _parser().parse_args(arguments)
    course = Course.here()
    if course is None:
        print(text("grading.no-course"), file=sys.stderr)
        return 2
    from intark_lab.grading.overview.page import write

    made = [file for unit in options.units or course.units() for file in write(course, unit)]
    if options.pack and made:
        from intark_lab.grading.overview.pack import pack

        made += pack(course, options.pack)
    if not made:
        print(text("grading.overview.nothing", folder=course.autograded), file=sys.stderr)
        return 1
    for file in made:
        print(file)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab overview", description=text("grading.overview.help.what")
    )
    parser.add_argument("units", nargs="*", metavar="UNIT", help=text("grading.overview.help.unit"))
    parser.add_argument(
        "--pack", type=Path, metavar="FOLDER", help=text("grading.overview.help.pack")
    )
    return parser
