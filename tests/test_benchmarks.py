"""The benchmarks in small: nothing answered is lost over kills, and every figure is measured."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from intark_lab import paths

pytestmark = pytest.mark.slow
BENCHMARKS = paths.ROOT / "tests" / "benchmarks"
SMALL = ["--rounds", "1", "--turn", "0.2", "--rows", "20000", "--labs", "5", "--seconds", "2"]


def speed(*arguments: str, **environment: str) -> tuple[int, list[list[str]]]:
    """The exit code of speed.py, and its table's rows: what, goal, measured, met."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "speed.py", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()[2:]
    return done.returncode, [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_no_answered_call_is_lost():
    code, [[what, _, lost, met]] = speed("kills", "--kills", "3", "--calls", "20000")
    assert (code, lost, met) == (0, "0", "yes"), what
    assert int(what.split()[-2].replace(",", "")) >= 20_000


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_a_lab_that_answers_first_and_writes_later_is_found_out():
    late = str(BENCHMARKS / "late_rows.py")
    code, [[_, _, lost, met]] = speed(
        "kills", "--kills", "3", "--calls", "20000", "--program", late
    )
    assert (code, met) == (1, "no")
    assert int(lost) > 0


def test_everything_else_is_measured_in_small():
    only_python = str(Path(sys.executable).parent)
    what = ("calls", "starts", "fresh", "rows", "labs", "learners")
    _, rows = speed(*what, *SMALL, PATH=only_python)
    measured = {row[0]: row[2] for row in rows}
    assert len(rows) == len(measured) == 26
    assert measured["Calls a second against Prism"] == "not measured: npm is not installed"
    assert measured["… errors, and calls without an answer"] == "0"
