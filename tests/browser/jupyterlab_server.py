"""JupyterLab as course.py starts it, in a copy of the checkout and out of everyone's way."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from intark_lab import paths

SHOTS = paths.ROOT / "tests" / "screenshots"
"""Where every run of these tests leaves what it saw."""

_ANYWHERE = shutil.ignore_patterns(".*", "__pycache__", "screenshots")
_AT_THE_ROOT = {"work", "submitted", "autograded", "feedback", "overview", "gradebook.db"}
_ADDRESS = re.compile(r"(http://\S+?:\d+/\S*?)lab\S*\?token=(\w+)")


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its `base` address ends in a slash."""

    checkout: Path
    base: str
    token: str


@contextmanager
def serving(checkout: Path, *options: str):
    """JupyterLab of a copied checkout, with course.py's options; ended with the block."""
    log = checkout / "jupyterlab.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "intark_lab.jupyter", "--no-browser", *options],
            cwd=checkout,
            env=environment(checkout),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            address = next(filter(None, map(_ADDRESS.search, process.stdout)), None)
            assert address, f"JupyterLab ended before it answered: {log.read_text()}"
            yield Server(checkout, address[1], address[2])
        finally:
            process.terminate()
            process.communicate(timeout=30)


def environment(checkout: Path) -> dict[str, str]:
    """Variables under which every process runs the copy, and joins nobody's lab."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("INTARK_", "NBGRADER_", "JUPYTER"))
    }
    commands = os.path.dirname(sys.executable)  # nbgrader calls alembic by name
    own["PATH"] = os.pathsep.join([commands, own.get("PATH", os.defpath)])
    return {**own, "PYTHONPATH": str(checkout)}


def copy_checkout(target: Path) -> Path:
    """The files of the checkout without what tools and learners left in it."""
    shutil.copytree(paths.ROOT, target, ignore=_left_out)
    for lab in (".lab", ".lab/instructor"):
        config = target / lab / "jupyter" / "config"
        config.mkdir(parents=True)
        exposed = {"LabApp": {"expose_app_in_browser": True}}  # window.jupyterapp
        (config / "jupyter_lab_config.json").write_text(json.dumps(exposed))
    return target


def _left_out(folder: str, names: list[str]) -> set[str]:
    own = _AT_THE_ROOT if Path(folder) == paths.ROOT else set()
    return _ANYWHERE(folder, names) | own.intersection(names)
