"""How long every notebook of the course takes from the top, on both brokers. From the checkout:

    PYTHONPATH=tests .venv/bin/python tests/benchmarks/notebooks.py

Prints a table in seconds, each notebook's kernel included, all against one served lab. Where no
RabbitMQ is installed its column is empty. Goal: 60 s for all.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

import nbformat
import rabbitmq
from nbclient import NotebookClient
from running import running_lab

from intark_lab import paths

FOLDERS = (paths.notebooks(), paths.solutions(), paths.exercises())


def seconds(file: Path, folder: Path) -> float:
    """What a run of the notebook takes, nbclient's and the kernel's start with it."""
    notebook = nbformat.read(file, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    began = time.perf_counter()
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    return time.perf_counter() - began


def column(files: list[Path]) -> list[float]:
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder, ".lab")) as lab:
        os.environ["INTARK_LAB_FOLDER"] = str(Path(folder, ".lab"))
        found = [seconds(file, Path(folder)) for file in files]
        lab.reset()  # takes away what it set up in a RabbitMQ
    return found


def main() -> None:
    files = sorted(file for folder in FOLDERS for file in folder.rglob("*.ipynb"))
    columns = [column(files)]
    if shutil.which("rabbitmq-server", path=rabbitmq.PROGRAM):
        server = rabbitmq.server()
        os.environ["INTARK_LAB_AMQP"] = server.address
        os.environ["INTARK_LAB_AMQP_MANAGEMENT"] = server.management
        columns.append(column(files))
    print("| Notebook | The lab's broker | RabbitMQ |\n|---|---|---|")
    for file, *took in zip(files, *columns, strict=True):
        print(f"| {file.parent.name}/{file.name} |", " | ".join(f"{one:.1f}" for one in took), "|")
    print("| All |", " | ".join(f"{sum(each):.1f}" for each in columns), "|")


if __name__ == "__main__":
    main()
