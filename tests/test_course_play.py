"""A newcomer's days with the course: start, work, save, update, test, and end without a trace."""

import json
import re
import signal
import socket

import httpx
import pytest
from machine import Machine, python
from open_notebook import OpenNotebook

from intark_lab import paths

pytestmark = pytest.mark.slow

ADDRESS = r"(http://127\.0\.0\.1:\d+/)lab/tree/(\S+)\?token=(\w+)"
START, LESSON = "notebooks/00-start.ipynb", "notebooks/02-call-an-api.ipynb"


@pytest.fixture(scope="module")
def machine():
    """A machine with uv, and the course's repository on it."""
    with Machine() as made:
        made.checkout()
        made.install("uv")
        yield made


def clone(machine, name: str):
    """A fresh clone of the course."""
    machine.git("clone", "-q", "upstream", name, cwd=machine.folder)
    return machine.folder / name


@pytest.fixture(scope="module")
def installed(machine):
    """A course that was started and ended once. Tests leave it as they find it."""
    course = clone(machine, "installed")
    end(start(machine, course)[0])
    return course


@pytest.fixture(autouse=True)
def _nothing_left_running(machine):
    yield
    assert machine.processes() == []


def start(machine, course, *options, **environment):
    """`python3 course.py`, until it says that the course is open: (it, its address, token)."""
    command = (python(), "course.py", *(options or ["--no-browser"]))
    running = machine.start(*command, cwd=course, **environment)
    base, _, token = running.until(ADDRESS).groups()
    return running, base, token


def end(running, number=signal.SIGINT) -> str:
    """End it as a terminal does; what it said. Its exit code must be 0."""
    running.signal(number)
    assert running.end() == 0, running.said
    assert "Traceback" not in running.said
    return running.said


def change(notebook) -> None:
    """Add a cell, as somebody who edits a notebook does."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = {"cell_type": "markdown", "id": "added", "metadata": {}, "source": ["Added."]}
    content["cells"].append(cell)
    notebook.write_text(json.dumps(content), encoding="utf-8")


def test_open_run_save_pull_and_test(machine):
    course = clone(machine, "course")
    running, base, token = start(machine, course)
    with OpenNotebook(base, token, START) as notebook:
        outputs = notebook.run()
        notebook.save()
    assert "200 OK" in json.dumps(outputs)
    assert [output for output in outputs if output["output_type"] == "error"] == []
    first = end(running)
    for copied in (f"New in work/: {START}, ", f", {LESSON}, ", ", exercises/02-call-an-api/"):
        assert copied in first

    upstream = machine.folder / "upstream"
    for lesson in (START, LESSON):
        change(upstream / lesson)
    machine.commit(upstream)
    machine.git("pull", "-q", cwd=course)

    running, base, token = start(machine, course)
    with OpenNotebook(base, token, START) as notebook:
        assert "200 OK" in json.dumps(notebook.content["cells"])  # as it was saved
    second = end(running)
    assert "Packages: the pinned set is there" in second
    assert f"Updated in work/, as you had not changed them: {LESSON}\n" in second
    assert f"a newer version: {START}\n" in second

    quick = [python(), "course.py", "test", "--quick"]
    exit_code, said = machine.run(*quick, "-k", "test_course_py_needs", cwd=course)
    assert exit_code == 0, said
    assert " passed" in said.splitlines()[-1]
    assert machine.run(*quick, "-k", "no_test_has_this_name", cwd=course)[0] == 5


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_way_to_end_leaves_no_process(machine, installed, name):
    running, base, token = start(machine, installed)
    with OpenNotebook(base, token, START) as notebook:
        notebook.run()
    assert len(machine.processes()) == 3  # JupyterLab, the lab, and a kernel
    assert "have ended" in end(running, getattr(signal, name))
    assert machine.processes() == []


def test_a_second_start_shows_the_course_that_is_open(machine, installed):
    running, base, _ = start(machine, installed)
    exit_code, said = machine.run(python(), "course.py", "--no-browser", cwd=installed)
    assert exit_code == 0
    assert f"The course is open already: {base}" in said
    end(running)


def test_the_browser_is_shown_the_start(machine, installed):
    browser = machine.programs / "browser"
    browser.write_text('#!/bin/sh\nexec cat "${1#file://}"\n')  # what it would show
    browser.chmod(0o755)
    machine.give()
    running, base, token = start(machine, installed, "--port", "0", BROWSER=str(browser))
    running.until(re.escape(f'href="{base}lab/tree/{START}?token={token}"'))
    end(running)


def test_a_taken_port_is_said_with_another_one(machine, installed):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = (python(), "course.py", "--no-browser", "--port", str(port))
        exit_code, said = machine.run(*command, cwd=installed)
    assert exit_code == 1
    assert said.splitlines()[-1].startswith(f"Port {port} is taken by another program.")


def half_installed(course):
    (course / ".venv" / "course.json").write_text(json.dumps({"installing": "x"}))


def python_gone(course):
    (course / ".venv" / "bin" / "python").unlink()


def from_elsewhere(course):
    (course / ".venv" / "course.json").write_text(json.dumps({"root": "/another/folder"}))


def test_a_broken_environment_is_made_anew(machine):
    course = clone(machine, "broken")
    end(start(machine, course)[0])
    for broken in (half_installed, python_gone, from_elsewhere):
        broken(course)
        said = end(start(machine, course)[0])
        assert "Environment: .venv is broken, so it is made anew" in said, broken.__name__


def test_a_missing_package_is_said_with_the_mend(machine, installed):
    (package,) = installed.glob(".venv/lib/*/site-packages/jupyterlab")
    package.rename(package.with_name("gone"))
    exit_code, said = machine.run(python(), "course.py", "--no-browser", cwd=installed)
    package.with_name("gone").rename(package)
    assert exit_code == 1
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("The environment is broken (No module named 'jupyter")


def test_pip_does_the_same_as_uv(machine):
    course = clone(machine, "pip")
    without_uv = machine.environment()["PATH"].partition(":")[2]
    running, _, _ = start(machine, course, PATH=without_uv)
    assert "installing the pinned set with pip" in end(running)


def test_an_instructor_has_formgrader_and_a_lab_of_their_own(machine, installed):
    running, base, token = start(machine, installed, "--instructor", "--no-browser")
    assert f"{base}lab/tree/solutions?" in running.said
    allowed = {"Authorization": f"token {token}"}
    page = httpx.get(f"{base}formgrader", headers=allowed, follow_redirects=True)
    assert page.status_code == 200
    assert "Manage Assignments" in page.text
    solutions = httpx.get(f"{base}api/contents/solutions", headers=allowed).json()["content"]
    units = {folder.name for folder in paths.solutions().iterdir() if folder.is_dir()}
    assert {entry["name"] for entry in solutions} == {*units, "README.md"}
    assert not (installed / ".lab" / "lab.json").exists()
    assert (installed / ".lab" / "instructor" / "lab.json").exists()
    end(running)
