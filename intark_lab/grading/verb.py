"""The verb `grade`: submitted/ into autograded/, the gradebook and feedback."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from subprocess import CalledProcessError

from intark_lab import settings
from intark_lab.grading import table
from intark_lab.grading.batch import CROWD, Batch, Graded, Plan
from intark_lab.grading.cluster import NoCluster, cluster
from intark_lab.grading.folders import Course
from intark_lab.grading.handed_in import HandedIn, handed_in
from intark_lab.grading.one import NotHeld, grade_one, warm
from intark_lab.grading.seed import course_secret
from intark_lab.grading.submission import LEVELS
from intark_lab.texts import text

DONE, FAILED, NOTHING, NO_LEVEL, STOPPED = 0, 1, 2, 3, 130
"""Exit codes: all graded; some were not run to their end; nothing to do; level not to be had."""
PER_CORE = 3
"""Submissions at once for each processor: much of a notebook's time it waits."""


def main(arguments: list[str]) -> int:
    """Grade, and print a table of it; see the exit codes above."""
    options = _parser().parse_args(arguments)
    course = Course.here()
    if course is None:
        return _refuse(text("grading.no-course"), NOTHING)
    units = options.units or course.units()
    if unknown := [unit for unit in units if unit not in course.units()]:
        known = ", ".join(course.units())
        return _refuse(text("grade.no-unit", unit=unknown[0], known=known), NOTHING)
    work = handed_in(course, units, options.student)
    if not work:
        return _refuse(text("grade.nothing", folder=course.submitted), NOTHING)
    try:
        with _workers(options) as (pool, jobs):
            return _grade(options, course, work, pool, jobs)
    except NotHeld as error:
        return _refuse(f"{error}\n{text('grade.lower')}", NO_LEVEL)
    except NoCluster as error:
        return _refuse(str(error), NOTHING)
    except CalledProcessError as error:
        return _refuse(error.stderr or str(error), NOTHING)


@contextmanager
def _workers(options: argparse.Namespace) -> Iterator[tuple[Executor, int]]:
    """What grades, here or on a cluster, and how many it takes at once."""
    if options.dask:
        with cluster(options.dask) as found:
            yield found
    else:
        warm(options.level)
        with ThreadPoolExecutor(CROWD * options.jobs, "grade") as pool:
            yield pool, options.jobs


def _grade(
    options: argparse.Namespace, course: Course, work: list[HandedIn], pool: Executor, jobs: int
) -> int:
    from intark_lab.grading.register import Register  # while the warm process starts

    done: list[Graded] = []
    bar = table.Bar(len(work), quiet=options.json)
    try:
        with Register(course) as register:
            for unit in sorted({one.unit for one in work}):
                register.know(unit)
            if not options.dask:
                warm(options.level).wait()
            gc.freeze()  # what is loaded stays, so nobody need look through it again and again
            batch = Batch(_plan(options, course, register, jobs), pool, grade_one)
            for graded in batch.run(work):
                done.append(graded)
                bar.show(len(done), graded)
    except KeyboardInterrupt:
        print(text("grade.stopped", done=len(done), all=len(work)), file=sys.stderr)
        os._exit(STOPPED)  # what still runs ends with the warm process
    bar.end()
    as_json = options.json
    print(json.dumps(table.plain(done), indent=1) if as_json else table.lines(done, options.level))
    return FAILED if any(graded.failure for graded in done) else DONE


def _plan(options: argparse.Namespace, course: Course, register, jobs: int) -> Plan:
    from intark_lab.grading.feedback.write import write as write_feedback

    def write(report, notebook, one: HandedIn) -> None:
        register.enter(report, notebook, one.timestamp())
        write_feedback(course, register.book, notebook, one.student, one.unit)

    secret = course_secret(settings.read().folder)
    return Plan(course, secret, jobs, options.level, options.force, write)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab grade", description=text("grade.help.what")
    )
    jobs = PER_CORE * (os.cpu_count() or 1)
    parser.add_argument("units", nargs="*", metavar="UNIT", help=text("grade.help.unit"))
    parser.add_argument(
        "--student", action="append", default=[], metavar="NAME", help=text("grade.help.student")
    )
    parser.add_argument("--force", action="store_true", help=text("grade.help.force"))
    parser.add_argument("--jobs", type=_positive, default=jobs, help=text("grade.help.jobs"))
    parser.add_argument("--dask", metavar="ADDRESS", help=text("grading.dask.help"))
    parser.add_argument("--level", choices=LEVELS, default="full", help=text("grade.help.level"))
    parser.add_argument(
        "--unsafe",
        dest="level",
        action="store_const",
        const="unsafe",
        help=text("grade.help.unsafe"),
    )
    parser.add_argument("--json", action="store_true", help=text("grade.help.json"))
    return parser


def _positive(said: str) -> int:
    number = int(said)
    if number < 1:
        raise ValueError(said)
    return number


def _refuse(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code
