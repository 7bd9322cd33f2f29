"""What `grade` shows: a bar while it works, and a table at the end."""

import sys

from intark_lab.grading.batch import Graded
from intark_lab.texts import text

WIDTH = 24
COLUMNS = ("student", "unit", "points", "scores", "repaired", "flagged", "failed", "seconds")


class Bar:
    """A line on a terminal that says how far it is; nothing where nobody looks."""

    def __init__(self, count: int, quiet: bool):
        self._count = count
        self._shown = not quiet and sys.stderr.isatty()

    def show(self, done: int, last: Graded) -> None:
        if self._shown:
            full = "█" * (WIDTH * done // self._count)
            line = f"{full:░<{WIDTH}} {done}/{self._count} {printable(last.student[:30])}"
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print(file=sys.stderr)


def lines(done: list[Graded], level: str) -> str:
    """The table, what each flag and failure says, and the sums."""
    graded = [one for one in done if one.report or one.failure]
    heads = [text(f"grade.column.{name}") for name in COLUMNS]
    rows = [heads, *map(_row, sorted(graded, key=lambda one: (one.unit, one.student)))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    shown = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows] if graded else []
    remarks = [remark for one in graded for remark in _remarks(one)]
    every = [*shown, *([""] if remarks else []), *remarks, "", _sum(done, level)]
    return "\n".join(map(printable, every))


def plain(done: list[Graded]) -> list[dict]:
    """The same for a program."""
    return [
        {
            "student": one.student,
            "unit": one.unit,
            "graded": one.report is not None,
            "scores": {score.cell: score.points for score in _scores(one)},
            "repaired": one.repaired,
            "flags": [vars(flag) for flag in one.report.flags] if one.report else [],
            "failed": one.failure,
            "level": one.report.level if one.report else "",
            "seconds": round(one.seconds, 3),
        }
        for one in done
    ]


def printable(line: str) -> str:
    """A stranger's words cannot steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _scores(one: Graded) -> tuple:
    scores = one.report.scores if one.report else ()
    return tuple(sorted(scores, key=lambda score: score.cell))


def _row(one: Graded) -> list[str]:
    scores = _scores(one)
    flags = len(one.report.flags) if one.report else 0
    return [
        one.student,
        one.unit,
        f"{sum(s.points for s in scores):g}/{sum(s.max for s in scores):g}",
        " ".join(f"{score.points:g}" for score in scores),
        str(len(one.repaired) or ""),
        str(flags or ""),
        text("grade.yes") if one.failure else "",
        f"{one.seconds:.1f}",
    ]


def _remarks(one: Graded) -> list[str]:
    flags = one.report.flags if one.report else ()
    said = [one.failure] if one.failure else []
    said += [
        text(f"grade.flag.{flag.kind}", cell=flag.cell, evidence=flag.evidence) for flag in flags
    ]
    return [f"{one.student}, {one.unit}: {each}" for each in said]


def _sum(done: list[Graded], level: str) -> str:
    """How many were graded, were graded before, need a person's eye, and failed."""
    return text(
        "grade.sum",
        graded=sum(one.report is not None for one in done),
        before=sum(one.report is None and not one.failure for one in done),
        flagged=sum(bool(one.report and one.report.flags) for one in done),
        failed=sum(bool(one.failure) for one in done),
        level=level,
    )
