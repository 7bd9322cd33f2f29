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

import rabbitmq
from course_notebooks import FILES, executed
from running import running_lab


def seconds(file: Path, folder: Path) -> float:
    """What a run of the notebook takes, nbclient's and the kernel's start with it."""
    began = time.perf_counter()
    executed(file, folder)
    return time.perf_counter() - began


def column() -> list[float]:
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder, ".lab")) as lab:
        os.environ["INTARK_LAB_FOLDER"] = str(Path(folder, ".lab"))
        found = [seconds(file, Path(folder)) for file in FILES]
        lab.reset()  # takes away what it set up in a RabbitMQ
    return found


def main() -> None:
    columns = [column()]
    if shutil.which("rabbitmq-server", path=rabbitmq.PROGRAM):
        server = rabbitmq.server()
        os.environ["INTARK_LAB_AMQP"] = server.address
        os.environ["INTARK_LAB_AMQP_MANAGEMENT"] = server.management
        columns.append(column())
    print("| Notebook | The lab's broker | RabbitMQ |\n|---|---|---|")
    for file, *took in zip(FILES, *columns, strict=True):
        print(f"| {file.parent.name}/{file.name} |", " | ".join(f"{one:.1f}" for one in took), "|")
    print("| All |", " | ".join(f"{sum(each):.1f}" for each in columns), "|")


if __name__ == "__main__":
    main()
