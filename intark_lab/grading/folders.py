"""The folders of a course that is graded; nbgrader's own names, below one root."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from intark_lab import paths

CONFIG = "nbgrader_config.py"
COURSE_ID = "intark"
"""As nbgrader_config.py has it."""


@dataclass(frozen=True)
class Course:
    """A course's folders. `root` holds nbgrader_config.py."""

    root: Path

    @classmethod
    def here(cls) -> "Course | None":
        """The course of the current folder, else that of this checkout; None without either."""
        places = [Path.cwd(), *Path.cwd().parents, *filter(None, [paths.checkout()])]
        return next((cls(place) for place in places if (place / CONFIG).is_file()), None)

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    def book(self):
        """nbgrader's gradebook, a context; made where there is none."""
        from nbgrader.api import Gradebook

        places = os.environ.get("PATH", os.defpath).split(os.pathsep)
        commands = os.path.dirname(sys.executable)
        if commands not in places:  # nbgrader calls alembic by name
            os.environ["PATH"] = os.pathsep.join([commands, *places])
        return Gradebook(f"sqlite:///{self.gradebook}", COURSE_ID)

    def units(self) -> list[str]:
        """The units that have an exercise, such as `02-call-an-api`."""
        return sorted(file.stem for file in (self.root / "exercises").glob("*/*.ipynb"))

    def released(self, unit: str) -> NotebookNode:
        """A unit's exercise as it was handed out."""
        return nbformat.read(self.root / "exercises" / unit / f"{unit}.ipynb", as_version=4)
