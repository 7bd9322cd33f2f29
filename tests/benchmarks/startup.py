"""How long a newcomer waits. From the checkout, as root or not:

    PYTHONPATH=tests .venv/bin/python tests/benchmarks/startup.py [RUNS]

Prints a table of seconds, the median of RUNS (3): from `git clone` to the first 200 in a notebook,
with uv and with pip, nothing cached; a second `python3 course.py` until JupyterLab answers; and a
lab's start until its gateway's first 200.
"""

import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
from machine import EVERYBODYS, Machine, Started, python
from open_notebook import OpenNotebook

ADDRESS = r"(http://127\.0\.0\.1:\d+/)lab/tree/(\S+)\?token=(\w+)"


def first_200(with_uv: bool) -> float:
    """From clone to the first cell's 200."""
    with Machine() as machine:
        machine.checkout()
        if with_uv:
            machine.install("uv")
        began = time.perf_counter()
        running, base, token = _opened(machine, PATH=f"{machine.programs}:{EVERYBODYS}")
        with OpenNotebook(base, token, "notebooks/00-start.ipynb") as notebook:
            outputs = notebook.run(first=1)
        took = time.perf_counter() - began
        assert "200 OK" in json.dumps(outputs)
        _end(running)
    return took


def second_start() -> float:
    """From `python3 course.py`, everything installed, until JupyterLab answers."""
    with Machine() as machine:
        machine.checkout()
        machine.install("uv")
        _end(_opened(machine)[0])
        began = time.perf_counter()
        running, base, _ = _started(machine)
        httpx.get(f"{base}api").raise_for_status()
        took = time.perf_counter() - began
        _end(running)
    return took


def lab_start() -> float:
    """From a new process to the gateway's first 200, a new institution born in between."""
    command = [sys.executable, "-m", "intark_lab", "serve", "--json"]
    with httpx.Client(trust_env=False) as client:
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            gateway = json.loads(process.stdout.readline())["gateway"]
            client.get(f"{gateway}/orgreg/v3/units").raise_for_status()
            took = time.perf_counter() - began
            process.terminate()
    return took


def _opened(machine: Machine, **environment: str) -> tuple[Started, str, str]:
    machine.git("clone", "-q", "upstream", "course", cwd=machine.folder)
    return _started(machine, **environment)


def _started(machine: Machine, **environment: str) -> tuple[Started, str, str]:
    command = (python(), "course.py", "--no-browser")
    running = machine.start(*command, cwd=machine.folder / "course", **environment)
    base, _, token = running.until(ADDRESS).groups()
    return running, base, token


def _end(running: Started) -> None:
    running.signal(signal.SIGINT)
    running.end()


def main(runs: int) -> None:
    rows: dict[str, Callable[[], float]] = {
        "clone to first 200, uv": lambda: first_200(with_uv=True),
        "clone to first 200, pip": lambda: first_200(with_uv=False),
        "second start to JupyterLab": second_start,
        "lab start to first 200": lab_start,
    }
    print("| | seconds |\n|---|---:|")
    for name, measure in rows.items():
        print(f"| {name} | {statistics.median(measure() for _ in range(runs)):.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
