"""Every notebook is in form, and runs twice from the top against one lab."""

import pytest
import rabbitmq
from course_notebooks import FILES, executed
from running import running_lab

from intark_lab import paths
from intark_lab.authoring import cli
from intark_lab.tasks import TASKS

WITH_MESSAGES = [file for file in FILES if "import pika" in file.read_text("utf-8")]
NAMES = [str(file.relative_to(paths.ROOT)) for file in FILES]


@pytest.fixture
def learners_lab(tmp_path):
    """A served lab where the environment of the tests says that the learner's own is."""
    with running_lab(tmp_path / ".lab") as lab:
        yield lab


@pytest.fixture
def lab_with_rabbitmq(tmp_path, monkeypatch):
    """The same, with a RabbitMQ in place of the lab's own broker."""
    server = rabbitmq.server()
    monkeypatch.setenv("INTARK_LAB_AMQP", server.address)
    monkeypatch.setenv("INTARK_LAB_AMQP_MANAGEMENT", server.management)
    with running_lab(tmp_path / ".lab") as lab:
        yield lab
        lab.reset()  # takes away what it set up there


@pytest.mark.slow
@pytest.mark.usefixtures("learners_lab")
@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_runs_twice_from_the_top(file, tmp_path):
    assert_the_same_twice(file, tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("lab_with_rabbitmq")
@pytest.mark.parametrize("file", WITH_MESSAGES, ids=lambda file: str(file.relative_to(paths.ROOT)))
def test_runs_twice_on_rabbitmq(file, tmp_path):
    assert_the_same_twice(file, tmp_path)


def assert_the_same_twice(file, tmp_path):
    first, second = (code_cells(file, tmp_path) for _ in range(2))
    assert [cell.execution_count for cell in first] == list(range(1, len(first) + 1))
    for cell, again in zip(first, second, strict=True):
        assert (cell.id, said(cell)) == (again.id, said(again))
        assert not any(o.get("name") == "stderr" for o in cell.outputs + again.outputs)


def code_cells(file, folder) -> list:
    """After a run."""
    return [cell for cell in executed(file, folder).cells if cell.cell_type == "code"]


def said(cell) -> list:
    """What a reader sees of the cell: all that it printed, then its other outputs."""
    streams = [output for output in cell.outputs if output.output_type == "stream"]
    others = [output for output in cell.outputs if output.output_type != "stream"]
    printed = "".join(output.text for output in streams)  # it arrives in one piece or in several
    return [printed, *map(output_text, others)]


def output_text(output) -> dict:
    """An output's texts: pictures are left to the browser's test."""
    return {kind: text for kind, text in output.data.items() if kind.startswith("text/")}


def test_every_notebook_is_in_form():
    findings = cli.findings([paths.notebooks(), paths.solutions()], TASKS)
    assert [str(finding) for finding in findings] == []


def test_no_unit_is_left_out():
    lessons = {file.stem for file in paths.notebooks().glob("*.ipynb")}
    assert "00-start" in lessons
    for folder in (paths.solutions(), paths.exercises()):
        units = {file.stem for file in folder.glob("*/*.ipynb")}
        assert units
        assert units <= lessons
