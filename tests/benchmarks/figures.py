"""What a measurement says, and the table it ends in."""

from statistics import median
from typing import NamedTuple


class Row(NamedTuple):
    """A figure beside its goal. `met` is None where there is no goal, or nothing was measured."""

    what: str
    goal: str
    measured: str
    met: bool | None = None

    def __str__(self) -> str:
        met = {True: "yes", False: "no", None: ""}[self.met]
        return f"| {self.what} | {self.goal} | {self.measured} | {met} |"


HEADING = "| What | Goal | Measured | Met |\n|---|---|---|---|"


def ratio(of: list[float], to: list[float]) -> float:
    """The median of the pairs' ratios: what neighbours do to a pair they do to both."""
    return median(one / other for one, other in zip(of, to, strict=True))


def difference(of: list[float], to: list[float]) -> float:
    return median(one - other for one, other in zip(of, to, strict=True))
