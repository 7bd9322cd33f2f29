"""The verb `progress`: the same table as in a notebook, on the command line."""

from intark_lab.lab import LabError
from intark_lab.tasks.help import progress


def main(_arguments: list[str]) -> int:
    """Print the table of the learner's own lab; 1 when there is none to be had."""
    try:
        progress()
    except LabError as error:
        print(error)
        return 1
    return 0
