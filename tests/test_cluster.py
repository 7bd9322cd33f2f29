"""Grading on a Dask cluster of two workers, one of which is killed while it grades."""

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack

import pytest
from damaged import written
from running import copy_checkout
from submissions import UNIT, read, solved

from intark_lab.grading import verb
from intark_lab.grading.batch import Batch, Plan
from intark_lab.grading.cluster import NoCluster, cluster
from intark_lab.grading.folders import Course
from intark_lab.grading.handed_in import handed_in
from intark_lab.grading.one import grade_one

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="signals are Unix's"),
]
STUDENTS = [f"s{number:02}" for number in range(12)]


def begun(stack: ExitStack, name: str, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-W", "ignore", "-m", "distributed.cli." + name, *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait, 20)
    stack.callback(process.kill)
    return process


@pytest.fixture(scope="module")
def a_cluster(tmp_path_factory):
    """The scheduler's address and the workers' processes."""
    file = tmp_path_factory.mktemp("cluster") / "scheduler.json"
    with ExitStack() as stack:
        options = ("--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        scheduler = begun(stack, "dask_scheduler", *options, "--host", "127.0.0.1")
        while not (file.exists() and file.read_text()):
            assert scheduler.poll() is None
        address = json.loads(file.read_text())["address"]
        worker = (address, "--nthreads", "2", "--no-nanny", "--no-dashboard")
        workers = [begun(stack, "dask_worker", *worker) for _ in range(2)]
        _await(address, 2)
        yield address, workers


def _await(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=120)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Twelve hand-ins; every third is as it was handed out."""
    root = copy_checkout(tmp_path / "course")
    monkeypatch.chdir(root)
    for number, student in enumerate(STUDENTS):
        folder = root / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        notebook = solved(1, 2, 3, 4) if number % 3 else read("exercises")
        (folder / f"{UNIT}.ipynb").write_bytes(written(notebook))
    return Course(root)


def test_the_command_grades_on_a_cluster(a_cluster, course, capsys):
    address, _ = a_cluster
    chosen = ["--student", "s00", "--student", "s01"]
    assert verb.main([UNIT, "--dask", address, "--unsafe", "--json", *chosen]) == 0
    table = {each["student"]: each for each in json.loads(capsys.readouterr().out)}
    assert {name: sum(each["scores"].values()) for name, each in table.items()} == {
        "s00": 0,
        "s01": 8,
    }


def test_a_killed_worker_loses_nothing_and_nothing_counts_twice(a_cluster, course):
    address, workers = a_cluster
    points, written = {}, Counter()

    def write(report, notebook, one):
        written[one.student] += 1
        points[one.student] = report.points

    with cluster(address) as (pool, jobs):
        plan = Plan(course, b"secret", 2 * jobs, "unsafe", False, write)
        for graded in Batch(plan, pool, grade_one).run(handed_in(course, [UNIT], [])):
            assert not graded.failure
            if workers[0].poll() is None:
                workers[0].kill()
    assert workers[0].wait(20) != 0
    assert written == dict.fromkeys(STUDENTS, 1)
    assert points == {name: 8 if number % 3 else 0 for number, name in enumerate(STUDENTS)}


def test_no_scheduler_is_said(monkeypatch, course, capsys):
    monkeypatch.setattr("intark_lab.grading.cluster.PATIENCE", 1)
    assert verb.main(["--dask", "tcp://127.0.0.1:9", "--unsafe"]) == verb.NOTHING
    assert "No Dask scheduler answered" in capsys.readouterr().err


def test_a_missing_package_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoCluster, match="pip install"), cluster("tcp://127.0.0.1:9"):
        pass
