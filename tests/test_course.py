"""course.py on a newcomer's machine: what goes wrong is said in one line, with the mend."""

import importlib.util
import socket

import pytest
from machine import EVERYBODYS, Machine, python

from intark_lab import paths


@pytest.fixture(scope="module")
def machine():
    with Machine() as made:
        made.checkout()
        yield made


@pytest.fixture
def course(machine, tmp_path):
    """A fresh clone of the course."""
    clone = machine.folder / tmp_path.name
    machine.git("clone", "-q", "upstream", clone, cwd=machine.folder)
    return clone


@pytest.fixture(scope="module")
def course_py():
    spec = importlib.util.spec_from_file_location("course", paths.ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refusal(machine, course, *command, **environment) -> str:
    """Run a command that must fail; the one line it ends with."""
    exit_code, said = machine.run(*command, cwd=course, **environment)
    assert exit_code == 1
    assert "Traceback" not in said
    return said.splitlines()[-1]


def test_an_old_python_is_told_which_one_is_needed(machine, course):
    old = "import runpy, sys; sys.version_info = (3, 8, 18); sys.argv = ['course.py'];"
    run = f"{old} runpy.run_path('course.py', run_name='__main__')"
    line = refusal(machine, course, python(), "-c", run)
    assert line.startswith("course.py: This is Python 3.8.18, and the course needs 3.11 or newer.")
    assert not (course / ".venv").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_without_the_venv_module_the_package_is_named(machine, course, module):
    # What Debian's Python says without python3-venv
    missing = course / "missing"
    missing.mkdir()
    (missing / f"{module}.py").write_text(f"raise SystemExit('No module named {module}')")
    machine.give()
    line = refusal(machine, course, python(), "course.py", PYTHONPATH=str(missing))
    assert "apt install python3-venv" in line


@pytest.mark.slow
def test_where_uv_fails_pip_is_tried_and_without_network_that_is_said(machine, course):
    uv = course / "programs" / "uv"
    uv.parent.mkdir()
    uv.write_text("#!/bin/sh\necho error: boom\nexit 2\n")
    uv.chmod(0o755)
    machine.give()
    nowhere = f"http://127.0.0.1:{closed()}/"
    settings = {"PIP_INDEX_URL": nowhere, "PIP_EXTRA_INDEX_URL": nowhere, "PIP_FIND_LINKS": ""}
    programs = f"{uv.parent}:{EVERYBODYS}"
    exit_code, said = machine.run(python(), "course.py", cwd=course, PATH=programs, **settings)
    assert exit_code == 1
    assert "uv failed (error: boom). Going on with pip." in said
    last = said.splitlines()[-1]
    assert last.startswith("course.py: The packages could not be fetched. Is there a network?")


def closed() -> int:
    """A port at which nobody answers."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("OSError: [Errno 28] No space left on device: 'x'", "The disk is full."),
        ("[Errno 122] Disk quota exceeded", "The disk is full."),
        ("Retrying after NewConnectionError: [Errno -3] Name resolution", "Is there a network?"),
        ("error: Request failed\n  Caused by: dns error", "Is there a network?"),
        ("PermissionError: [Errno 13] Permission denied: '.venv'", "No right to write here."),
        ("ERROR: something new.\n\n", "ERROR: something new. Delete the folder .venv"),
        ("", "it said nothing. Delete the folder .venv"),
    ],
)
def test_what_a_command_says_becomes_a_line_with_the_mend(course_py, said, mend):
    line = course_py.mend(said)
    assert mend in line
    assert line.endswith("start again: python3 course.py")
    assert "\n" not in line


def test_help_names_everything(machine, course):
    exit_code, said = machine.run(python(), "course.py", "--help", cwd=course)
    assert exit_code == 0
    for word in ("test", "--quick", "--instructor", "--no-browser", "--port"):
        assert word in said


def test_an_unknown_option_is_refused(machine, course):
    exit_code, said = machine.run(python(), "course.py", "--no-brwoser", cwd=course)
    assert exit_code == 2
    assert "not understood: --no-brwoser" in said
