"""The verbs: `python -m intark_lab VERB`."""

import sys
from importlib import import_module

VERBS = {
    "serve": "intark_lab.serving",
    "lint": "intark_lab.authoring",
    "progress": "intark_lab.tasks.report",
    "restore": "intark_lab.jupyter.restore",
    "collect": "intark_lab.grading.collect",
    "overview": "intark_lab.grading.overview",
    "doctor": "intark_lab.grading.doctor",
    "grade": "intark_lab.grading.verb",
}
"""Each verb is a module's `main(arguments) -> exit code`, imported when it is asked for."""


def main(arguments: list[str]) -> int:
    """Run one verb; without one, or with `--help`, say which there are.

    1 and a line where this Python is not the course's own, and lacks a package.
    """
    verb, *rest = arguments or ["--help"]
    if verb in VERBS:
        try:
            run = import_module(VERBS[verb]).main
        except ModuleNotFoundError as error:
            return _refuse(error.name)
        return run(rest)
    print(_usage())
    return 0 if verb in ("-h", "--help") else 2


def _refuse(package: str) -> int:
    from intark_lab.texts import text

    print(text("verbs.other-python", package=package), file=sys.stderr)
    return 1


def _usage() -> str:
    from intark_lab.texts import text

    lines = [f"  {verb:<10} {text(f'verbs.{verb}')}" for verb in VERBS]
    return "\n".join([text("verbs.usage"), "", *lines])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
