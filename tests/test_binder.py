"""A Binder launch without Docker: repo2docker's steps in its order, as a user without rights.

It is an emulation. What is the same: the files that are read, their order, the account, a home
that is the repository, the server's command line and its base address. What is not: the base
image with conda, and BinderHub in front.
"""

import json
import os
import socket
from http import HTTPStatus

import httpx
import needs
import psutil
import pytest
from machine import EVERYBODYS, Machine
from open_notebook import OpenNotebook

from intark_lab import paths

BINDER = paths.ROOT / "binder"
READ_BY_REPO2DOCKER = {"apt.txt", "postBuild", "requirements.txt", "runtime.txt", "start"}


def test_only_files_that_repo2docker_reads():
    assert {file.name for file in BINDER.iterdir()} <= READ_BY_REPO2DOCKER


def test_start_ends_in_the_command_it_was_given():
    assert (BINDER / "start").read_text().splitlines()[-1] == 'exec "$@"'


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_is_executable_and_stops_at_its_first_failure(name):
    script = BINDER / name
    assert script.read_text().startswith("#!/bin/bash\n")
    assert "set -e" in script.read_text()
    assert os.access(script, os.X_OK)


@pytest.fixture(scope="module")
def image():
    """The machine, its environment's variables, and the repository that is its home."""
    needs.root()
    with Machine() as machine:
        repository = machine.checkout()
        version = (repository / "binder" / "runtime.txt").read_text().strip().replace("-", "")
        python = needs.program(version, path=EVERYBODYS)
        environment = machine.folder / "environment"
        machine.must(python, "-m", "venv", environment, cwd=machine.folder)
        variables = {"PATH": f"{environment}/bin:{EVERYBODYS}"}

        assembled = machine.folder / "assembled"  # pip runs before the repository is copied
        assembled.mkdir()
        (assembled / "requirements.txt").write_bytes((BINDER / "requirements.txt").read_bytes())
        pip = ("pip", "install", "--no-cache-dir", "-q", "-r", "requirements.txt")
        machine.must(*pip, cwd=assembled, **variables)

        variables["HOME"] = str(repository)
        machine.must("binder/postBuild", cwd=repository, **variables)
        yield machine, variables, repository


@pytest.mark.slow
def test_a_launch_answers_below_its_base_address_and_runs_the_start(image):
    machine, variables, home = image
    port = free_port()
    server = ["jupyter-lab", "--ip=127.0.0.1", f"--port={port}", "--no-browser"]
    server += ["--ServerApp.base_url=/user/x-y/", "--IdentityProvider.token=made-up"]
    running = machine.start("binder/start", *server, cwd=home, **variables)
    running.until(r"New in work/: notebooks/00-start\.ipynb")
    running.until(r"Jupyter Server .* is running at")
    assert f"--port={port}" in psutil.Process(running.process.pid).cmdline()  # exec took its place

    base = f"http://127.0.0.1:{port}/user/x-y/"
    with httpx.Client(base_url=base, trust_env=False) as client:
        assert client.get("api").status_code == HTTPStatus.OK
        first = client.get("", headers={"Authorization": "token made-up"})
        assert first.headers["Location"].startswith("/user/x-y/lab/tree/notebooks/00-start.ipynb")
    with OpenNotebook(base, "made-up", "notebooks/00-start.ipynb") as notebook:
        outputs = notebook.run()
    assert "200 OK" in json.dumps(outputs)
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert (home / ".lab" / "lab.log").exists()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]
