"""The verb `progress`: the same table as in a notebook, on the command line."""

import argparse
import sys

from intark_lab.lab import LabError
from intark_lab.tasks.help import progress
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Print the table of the learner's own lab; 1 when there is none to be had, or no such code."""
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab progress", description=text("verbs.progress")
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help=text("tasks.code.help"))
    try:
        progress(parser.parse_args(arguments).code)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
