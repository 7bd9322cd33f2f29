"""A lab as a process, and nbgrader's own commands, for tests from outside."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from intark_lab import paths, served
from intark_lab.lab import Lab

COURSE = ("intark_lab", "data", "notebooks", "solutions", "exercises")
FILES = ("nbgrader_config.py", "pyproject.toml")


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """A served lab whose card and state are in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [*served.command(folder), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().startswith("{"), "the lab ended before it answered"
        yield served.find(folder)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def copy_checkout(folder: Path) -> Path:
    """The course's files in `folder`, as a clone would have them."""
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in COURSE:
        shutil.copytree(paths.ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(paths.ROOT / name, folder)
    return folder


def nbgrader(
    root: Path, *arguments: str, environ: Mapping[str, str] | None = None, code: int = 0
) -> str:
    """What a command says on both streams, run in `root`; asserts its exit code.

    It imports the course from `root`, and finds no settings in a home.
    """
    found = {
        **os.environ,
        "HOME": str(root),
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
        "PYTHONPATH": str(root),
        **(environ or {}),
    }
    run = subprocess.run(
        ["nbgrader", *arguments], cwd=root, env=found, capture_output=True, text=True
    )
    assert run.returncode == code, run.stderr
    return run.stdout + run.stderr
