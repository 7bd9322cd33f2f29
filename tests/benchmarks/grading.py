"""How fast submissions are graded, beside nbgrader's own commands. From the checkout:

    PYTHONPATH=tests .venv/bin/python tests/benchmarks/grading.py [--unit 05] [--count 100]

Prints a table. All grade the same files, in a copy of the course, with the same seeds; `--stock N`
lets nbgrader's own commands grade only the first N of them, and compares per submission.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook
from running import copy_checkout
from submissions import MARKS

from intark_lab import paths

MIB = 1 << 20


@dataclass
class Run:
    """One command: what it took, of which CPU of its whole tree, and the memory it had at most."""

    seconds: float
    cpu: float
    grader: float = 0.0
    children: float = 0.0


class Course:
    """A copy of the course with hand-ins of one unit."""

    def __init__(self, folder: Path, unit: str):
        self.root, self.unit = copy_checkout(folder), unit
        programs = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        own = {"PYTHONPATH": str(self.root), "INTARK_LAB_FOLDER": str(self.root / ".lab")}
        self.environ = {**os.environ, **own, "PATH": programs}

    def hand_in(self, count: int) -> None:
        """Solved by so many."""
        shutil.rmtree(self.root / "submitted", ignore_errors=True)
        text = nbformat.writes(solved(self.unit))
        for number in range(count):
            folder = self.root / "submitted" / f"s{number:04}" / self.unit
            folder.mkdir(parents=True)
            (folder / f"{self.unit}.ipynb").write_text(text, "utf-8")

    def grade(self, *options: str) -> Run:
        return self._run([sys.executable, "-m", "intark_lab", "grade", self.unit, *options])

    def stock(self, *command: str) -> Run:
        return self._run(["nbgrader", *command])

    def scores(self) -> dict[tuple[str, str], float]:
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as book:
            return {
                (submission.student.id, grade.name): grade.auto_score
                for submission in book.assignment_submissions(self.unit)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }

    def forget(self) -> None:
        for name in ("autograded", "feedback"):
            shutil.rmtree(self.root / name, ignore_errors=True)

    def rate(self) -> float:
        """Submissions a second between the first tenth that was written and the last."""
        times = sorted(f.stat().st_mtime for f in self.root.glob("autograded/*/*/*.ipynb"))
        begun = times[len(times) // 10 :]
        return (len(begun) - 1) / (begun[-1] - begun[0])

    def _run(self, command: list[str]) -> Run:
        before, began = os.times(), time.perf_counter()
        with subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            most = watched(psutil.Process(process.pid))
            said = process.stderr.read().decode()
        after = os.times()
        assert process.returncode == 0, said[-2000:]
        cpu = sum(after[2:4]) - sum(before[2:4])
        return Run(time.perf_counter() - began, cpu, *most)


def watched(process: psutil.Process) -> tuple[float, float]:
    """Until it ends: the most memory that the process has, and that any descendant has of its own,
    MiB."""
    grader = child = 0.0
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        try:
            grader = max(grader, process.memory_info().rss / MIB)
            for each in process.children(recursive=True)[2:]:
                child = max(child, each.memory_full_info().uss / MIB)
        except psutil.Error:
            pass
        time.sleep(0.5)
    return grader, child


def solved(unit: str):
    """The exercise with the solution's answers."""
    exercise, solution = (
        nbformat.read(folder() / unit / f"{unit}.ipynb", as_version=4)
        for folder in (paths.exercises, paths.solutions)
    )
    answers = {cell.id: cell.source for cell in solution.cells if cell.id.endswith("-answer")}
    for cell in exercise.cells:
        cell.source = MARKS.sub("", answers.get(cell.id, cell.source))
    return exercise


def table(options: argparse.Namespace, folder: Path) -> list[tuple[str, str, str]]:
    """Rows: what, goal, measured."""
    (unit,) = (f.stem for f in paths.exercises().glob(f"{options.unit}-*/*.ipynb"))
    course, count = Course(folder, unit), options.count
    course.hand_in(1)
    course.grade()
    cold = statistics.median(course.grade("--force").seconds for _ in range(3))
    course.hand_in(count)
    course.forget()
    ours = course.grade()
    rate, scores = course.rate(), course.scores()
    walls = course.grade("--force", "--unsafe")
    course.hand_in(options.stock)
    course.forget()
    stock = course.stock("autograde", unit, "--force")
    feedback = course.stock("generate_feedback", unit, "--force")
    same = {key: scores[key] for key in course.scores()} == course.scores()
    each = (stock.seconds + feedback.seconds) / options.stock
    only = stock.seconds / options.stock
    course.hand_in(10)
    few = course.grade("--force")
    course.hand_in(10 + count)
    course.forget()
    many = course.grade()
    return [
        (f"{count} of unit {options.unit}, start to finish", "", f"{ours.seconds:.1f} s"),
        ("… identical scores", "yes", "yes" if same else "NO"),
        ("… against autograde + generate_feedback", "12 ×", f"{each * count / ours.seconds:.1f} ×"),
        ("… against autograde alone", "", f"{only * count / ours.seconds:.1f} ×"),
        ("Steady, submissions a second", "10", f"{rate:.1f}"),
        ("… against stock", "15 ×", f"{rate * each:.1f} ×"),
        ("CPU of a submission; of stock's", "", cpu(ours, count, stock, feedback, options.stock)),
        ("A cold `grade` of one", "8 s", f"{cold:.1f} s"),
        ("Sandbox on against off, CPU", "+10 %", f"{100 * (ours.cpu / walls.cpu - 1):+.0f} %"),
        ("Memory of the grader", "250 MiB", f"{ours.grader:.0f} MiB"),
        ("… of the largest other process, its own", "", f"{ours.children:.0f} MiB"),
        ("CPU of one more, 10 to all", "flat", f"{1000 * (many.cpu - few.cpu) / count:.0f} ms"),
    ]


def cpu(ours: Run, count: int, stock: Run, feedback: Run, of_stock: int) -> str:
    theirs = 1000 * (stock.cpu + feedback.cpu) / of_stock
    return f"{1000 * ours.cpu / count:.0f}; {theirs:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--unit", default="05")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--stock", type=int)
    options = parser.parse_args()
    options.stock = options.stock or options.count
    with tempfile.TemporaryDirectory() as folder:
        rows = table(options, Path(folder))
    print("| What | Goal | Measured |\n|---|---|---|")
    for row in rows:
        print("|", " | ".join(row), "|")


if __name__ == "__main__":
    main()
