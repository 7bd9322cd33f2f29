"""nbgrader's own `autograde` on submissions that are not in form: two steps, by configuration."""

from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from intark_lab.grading.repair import repair
from intark_lab.grading.value import settle


class RepairingExporter(NotebookExporter):
    """Reads a hand-in as repair does, so that none stops the batch: even one that is no JSON."""

    def from_filename(self, filename: str, resources=None, **kwargs):
        """Repair what is read from submitted/; read all else, and other assignments, as it is."""
        unit = resources["nbgrader"]["assignment"]
        released = self._released(unit, resources["nbgrader"]["notebook"])
        if not (self.parent._sanitizing and released.exists()):
            return super().from_filename(filename, resources=resources, **kwargs)
        node = nbformat.read(released, as_version=4)
        repaired = repair(Path(filename).read_bytes(), node, unit)
        for note in filter(None, [*repaired.notes, repaired.refused]):
            self.log.warning("%s: %s", filename, note)
        return self.from_notebook_node(repaired.notebook, resources=resources, **kwargs)

    def _released(self, unit: str, notebook: str) -> Path:
        course = self.parent.coursedir
        folder = course.format_path(course.release_directory, ".", unit)
        return Path(folder) / f"{notebook}.ipynb"


class Settle(NbGraderPreprocessor):
    """Goes before SaveAutoGrades: every test cell has a value that nbgrader can read."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell):
            settle(cell)
        return cell, resources
