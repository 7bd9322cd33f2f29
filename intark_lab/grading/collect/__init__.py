"""`python -m intark_lab collect`: what people sent, put where nbgrader looks for it."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from intark_lab.grading.collect.placing import NEW, NEWER, Placed, found, placed, put
from intark_lab.grading.collect.sources import Budget, File, Unread, files
from intark_lab.grading.collect.whose import Roster
from intark_lab.grading.folders import Course
from intark_lab.grading.table import printable
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Place hand-ins and say where; 1 when some could not be placed, 2 when nothing was read."""
    options = _parser().parse_args(arguments)
    course = Course.here()
    if course is None:
        return _refuse(text("grading.no-course"))
    if missing := [source for source in options.sources if not source.exists()]:
        return _refuse(text("grading.collect.no-source", source=missing[0]))
    try:
        roster = Roster.read(options.students) if options.students else None
    except (OSError, ValueError) as error:
        return _refuse(text("grading.collect.no-list", file=options.students, said=error))
    units = course.units()
    hand_ins, rest = found(_all(options.sources), units)
    places, more = placed(hand_ins, units, roster, course.submitted)
    if not options.dry_run:
        put(places, _all(options.sources), course.submitted)
    rest += more
    print(_as_json(places, rest) if options.json else _as_text(places, rest, options.dry_run))
    return 1 if rest else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab collect", description=text("grading.collect.help.what")
    )
    help_of = {name: text(f"grading.collect.help.{name}") for name in ("source", "students", "dry")}
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help=help_of["source"])
    parser.add_argument("--students", type=Path, metavar="CSV", help=help_of["students"])
    parser.add_argument("--dry-run", action="store_true", help=help_of["dry"])
    parser.add_argument("--json", action="store_true", help=text("grading.json"))
    return parser


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


def _all(sources: list[Path]) -> Iterator[File | Unread]:
    budget = Budget()
    for source in sources:
        yield from files(source, budget)


def _as_json(places: list[Placed], rest: list[Unread]) -> str:
    return json.dumps(
        {
            "placed": [
                {
                    "student": each.student,
                    "unit": each.hand_in.unit,
                    "state": each.state,
                    "from": "/".join(each.hand_in.trail),
                }
                for each in places
            ],
            "unplaced": [{"from": "/".join(trail), "reason": str(why)} for trail, why in rest],
        },
        indent=1,
    )


def _as_text(places: list[Placed], rest: list[Unread], dry: bool) -> str:
    lines = [
        text(
            f"grading.collect.{each.state}",
            student=each.student,
            unit=each.hand_in.unit,
            source="/".join(each.hand_in.trail),
        )
        for each in places
    ]
    if rest:
        lines += ["", text("grading.collect.rest")]
        lines += [f"  {'/'.join(trail)}: {why}" for trail, why in rest]
    counted = Counter(each.state for each in places)
    written = counted[NEW] + counted[NEWER]
    name = "grading.collect.would" if dry else "grading.collect.done"
    total = text(name, written=written, same=len(places) - written, rest=len(rest))
    return "\n".join(map(printable, [*lines, "", total])).strip()
