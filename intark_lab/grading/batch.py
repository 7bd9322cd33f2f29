"""Grades many submissions: reads, repairs, hands out to workers, and writes what comes back.

Only this process touches the gradebook and the course's files. What was written last for a
submission is its graded notebook: an interrupted batch goes on with those that have none.
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from intark_lab.grading import handed_in
from intark_lab.grading.folders import Course
from intark_lab.grading.handed_in import HandedIn
from intark_lab.grading.repair import repair
from intark_lab.grading.seed import grading_seed
from intark_lab.grading.submission import Job, Report
from intark_lab.texts import text

YOUNG = 5.0
"""Seconds after which a submission no longer keeps others from being begun."""
CROWD = 6
"""So many times `jobs` may be under way, slow ones included."""


@dataclass(frozen=True)
class Graded:
    """One line of the table at the end."""

    student: str
    unit: str
    report: Report | None
    """None where it was graded before."""
    repaired: list[str] = field(default_factory=list)
    failure: str = ""
    seconds: float = 0.0
    """From reading it to its feedback."""


@dataclass
class Plan:
    """How a batch is to be done."""

    course: Course
    secret: bytes
    jobs: int
    level: str
    force: bool
    write: Callable[[Report, NotebookNode, HandedIn], None]
    """Puts a report into the gradebook and writes its feedback."""


class Batch:
    """Submissions on their way through an executor's workers."""

    def __init__(self, plan: Plan, executor: Executor, grade: Callable[[Job], Report]):
        self._plan, self._executor, self._grade = plan, executor, grade
        self._released: dict[str, NotebookNode] = {}
        self._running: dict[Future, tuple[HandedIn, list[str], str, float]] = {}

    def run(self, work: list[HandedIn]) -> Iterator[Graded]:
        """Each as it is done. Whatever one is, the others are graded."""
        left = iter(work)
        nothing = object()
        following: object = next(left, nothing)
        while self._running or following is not nothing:
            while following is not nothing and self._room():
                if (done := self._begin(following)) is not None:
                    yield done
                following = next(left, nothing)
            ended, _ = wait(self._running, timeout=1.0, return_when=FIRST_COMPLETED)
            for future in ended:
                yield self._end(future)

    def _room(self) -> bool:
        """Whether another may begin: a slow one must not delay all others."""
        now = time.monotonic()
        young = sum(now - began < YOUNG for *_, began in self._running.values())
        return young < self._plan.jobs and len(self._running) < CROWD * self._plan.jobs

    def _begin(self, one: HandedIn) -> Graded | None:
        """Hand it out; what it is at once where there is nothing to run."""
        began = time.monotonic()
        try:
            file = one.notebook()
            raw = handed_in.read(file) if file else b""
            files = one.files()
            digest = handed_in.digest(raw, files)
            if not self._plan.force and digest == _graded_before(_target(self._plan.course, one)):
                return Graded(one.student, one.unit, None)
            repaired = repair(raw, self._exercise(one.unit), one.unit)
            notes = [*map(str, repaired.notes), *filter(None, [str(repaired.refused or "")])]
            job = self._job(one, repaired.json(), {} if repaired.refused else files)
            future = self._executor.submit(self._grade, job)
        except Exception as error:
            return Graded(one.student, one.unit, None, failure=_said(error))
        self._running[future] = (one, notes, digest, began)
        return None

    def _end(self, future: Future) -> Graded:
        one, notes, digest, began = self._running.pop(future)
        try:
            report = future.result()
            self._write(report, one, digest)
        except Exception as error:
            return Graded(one.student, one.unit, None, notes, _said(error))
        return Graded(
            *(one.student, one.unit, report, notes, report.failure), time.monotonic() - began
        )

    def _job(self, one: HandedIn, notebook: bytes, files: dict[str, bytes]) -> Job:
        seed = grading_seed(self._plan.secret, one.student, one.unit)
        return Job(one.student, one.unit, notebook, seed, files, self._plan.level)

    def _exercise(self, unit: str) -> NotebookNode:
        if unit not in self._released:
            self._released[unit] = self._plan.course.released(unit)
        return self._released[unit]

    def _write(self, report: Report, one: HandedIn, digest: str) -> None:
        notebook = nbformat.reads(report.notebook.decode(), as_version=4)
        kept = asdict(report)
        del kept["notebook"]
        notebook.metadata.setdefault("intark", {})["graded"] = kept | {"digest": digest}
        self._plan.write(report, notebook, one)
        _put(_target(self._plan.course, one), notebook)


def _target(course: Course, one: HandedIn) -> Path:
    return course.autograded / one.student / one.unit / f"{one.unit}.ipynb"


def _graded_before(target: Path) -> str | None:
    """What was graded into this file."""
    try:
        return json.loads(target.read_text("utf-8"))["metadata"]["intark"]["graded"]["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _put(target: Path, notebook: NotebookNode) -> None:
    """Write the file in one step, read-only as nbgrader has it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    draft.write_text(nbformat.writes(notebook), "utf-8")
    draft.chmod(0o444)
    draft.replace(target)


def _said(error: Exception) -> str:
    return text("grade.failed.here", error=f"{type(error).__name__}: {error}")
