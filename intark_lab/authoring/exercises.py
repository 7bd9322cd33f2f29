"""exercises/, made from solutions/ by nbgrader's own command as the course configures it."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .form import FIX
from .notebook import Finding, Problem

COMMAND = (sys.executable, "-m", "nbgrader", "generate_assignment", "*", "--no-db")


class GenerationError(Exception):
    """nbgrader refused a solution; the message is why, in one line."""


def generated(root: Path) -> dict[Path, bytes]:
    """What exercises/ should hold: path below it to content. Nothing in the checkout changes.

    Raises GenerationError with nbgrader's words.
    """
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [*COMMAND, f"--CourseDirectory.release_directory={folder}"],
            cwd=root,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise GenerationError(_reason(run.stderr))
        # On Windows nbgrader ends lines as Windows does.
        return {k: v.replace(b"\r\n", b"\n") for k, v in _files(Path(folder)).items()}


def differences(root: Path, fix: bool) -> Iterator[Finding]:
    """Each file of exercises/ that is not as generated; with `fix` it is brought there instead."""
    folder = root / "exercises"
    wanted, present = generated(root), _files(folder)
    for path in sorted(wanted.keys() | present.keys()):
        if wanted.get(path) == present.get(path):
            continue
        if not fix:
            problem = Problem("-", "it is not what the solution generates", FIX)
            yield Finding(folder / path, problem)
        elif path in wanted:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(wanted[path])
        else:
            (folder / path).unlink()


def _reason(log: str) -> str:
    """The first error of the tracebacks in nbgrader's log, else the log's last line."""
    error = re.search(r"^\s+((?:\w+\.)*\w+(?:Error|Exception): .*)$", log, re.M)
    return error[1] if error else log.strip().rpartition("\n")[2]


def _files(folder: Path) -> dict[Path, bytes]:
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
