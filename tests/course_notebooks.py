"""The course's notebooks, and one run of one of them in a kernel."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from intark_lab import paths

FILES = sorted(
    file
    for folder in (paths.notebooks(), paths.solutions(), paths.exercises())
    for file in folder.rglob("*.ipynb")
    if ".ipynb_checkpoints" not in file.parts
)


def executed(file: Path, folder: Path) -> NotebookNode:
    """The notebook after a run in `folder`; nbclient raises what a cell raised."""
    notebook = nbformat.read(file, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(notebook, timeout=120, resources=resources).execute()
