"""What a learner sees in JupyterLab: notebooks run, pictures are shown, Validate speaks."""

from pathlib import Path

import nbformat
import pytest
import submissions
from jupyterlab_server import Server, serving

from intark_lab import paths

pytestmark = pytest.mark.slow

LESSONS = [f"notebooks/{file.name}" for file in sorted(paths.notebooks().glob("*.ipynb"))]
COPIES = {
    "untouched": submissions.read("exercises"),
    "partial": submissions.answered(2, submissions.FROZEN_CLIENT),
    "solved": submissions.solved(1, 2, 3, 4),
}


@pytest.fixture(scope="module")
def server(checkout):
    with serving(checkout) as server:
        yield server


def copied(server: Server, name: str) -> str:
    """A copy of the exercise beside the learner's own; its path in JupyterLab."""
    path = f"exercises/{submissions.UNIT}/{name}.ipynb"
    nbformat.write(COPIES[name], server.checkout / "work" / path)
    return path


@pytest.mark.parametrize("path", LESSONS)
def test_lesson_runs_and_shows_its_pictures(notebook, path):
    notebook.open(path)
    run_and_look(notebook, Path(path).stem)


def test_solved_exercise_runs(notebook, server):
    notebook.open(copied(server, "solved"))
    run_and_look(notebook, "solved")


def run_and_look(notebook, name: str) -> None:
    """Every code cell runs without an error; every picture is there and described."""
    notebook.run_all()
    notebook.keep(name)
    code = [cell for cell in notebook.cells() if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["execution_count"] is None] == []
    kinds = [(cell["id"], output["output_type"]) for cell in code for output in cell["outputs"]]
    assert [cell for cell, kind in kinds if kind == "error"] == []
    pictures = notebook.pictures()
    for picture in pictures:
        notebook.show(picture["cell"])
        notebook.keep(f"{name}-{picture['cell']}")
    assert [picture for picture in pictures if picture["width"] == 0] == []
    # JupyterLab has no alt text for what code plots; the text below the cell says what it shows.
    assert [picture for picture in pictures if not (picture["alt"] or picture["plotted"])] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("untouched", ["2.1, Get a course by its id: not tried yet", "2.4", "0 of 2 points"]),
        ("partial", ["1 of 2 points", "read the environment inside the function"]),
        ("solved", ["Success! Your notebook passes all the tests."]),
    ],
)
def test_validate_says(notebook, server, name, said):
    notebook.open(copied(server, name))
    shown = " ".join(notebook.validate().split())
    notebook.keep(f"validate-{name}")
    assert [part for part in said if part not in shown] == []
    assert ("Task" in shown) == (name != "solved")
