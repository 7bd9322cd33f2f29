"""`python -m intark_lab doctor`: whether this machine is ready to grade, and what to mend."""

import argparse
import json

from intark_lab.grading.doctor.checks import BAD, CHECKS, Finding
from intark_lab.grading.folders import Course
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Print a line for each thing looked at, with its mend; 1 when something keeps from grading."""
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab doctor", description=text("grading.doctor.help")
    )
    parser.add_argument("--json", action="store_true", help=text("grading.json"))
    options = parser.parse_args(arguments)
    found = findings(Course.here())
    if options.json:
        plain = [{**finding._asdict(), "mend": finding.mend or None} for finding in found]
        print(json.dumps(plain, ensure_ascii=False, indent=1))
    else:
        print("\n".join(map(_line, found)))
    return 1 if any(finding.state == BAD for finding in found) else 0


def findings(course: Course | None) -> list[Finding]:
    """What every check finds. A check that fails itself is a finding too."""
    return [_looked(name, check, course) for name, check in CHECKS.items()]


def _looked(name: str, check, course: Course | None) -> Finding:
    try:
        state, said, mend = check(course)
    except Exception as error:
        said = text("grading.doctor.failed", error=f"{type(error).__name__}: {error}")
        state, mend = BAD, text("grading.doctor.failed-mend")
    return Finding(name, state, " ".join(said.split()), " ".join(mend.split()))


def _line(finding: Finding) -> str:
    state = text(f"grading.doctor.state.{finding.state}")
    name = text(f"grading.doctor.name.{finding.name}")
    line = f"{state:<6} {name}: {finding.said}"
    return f"{line}\n       {finding.mend}" if finding.mend else line
