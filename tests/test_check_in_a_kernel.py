"""What a notebook shows of a check, in a real kernel: each word once, and nothing on stderr."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

SET_UP = """
import os, sys, time, warnings
import httpx
from intark_lab import check, hint, open_lab
lab = open_lab(seed=1, fresh=True)
"""
NOISY = """
def fetch_all(client):
    print("on its way")
    print("to stderr", file=sys.stderr)
    warnings.warn("something old")
    return []
"""
ASKS_WRONG = """
def fetch_all(client):
    page = client.get("/fs/emner/v1/undervisningsaktiviteter?limit=1000")
    return page.json()["items"]
"""
SEARCHES = """
headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
with httpx.Client(base_url=lab.gateway_url, headers=headers) as client:
    kode = lab.task("2.1").emne_id.rpartition("-")[0]
    found = client.get("/fs/emner/v1/emner", params={"kode": kode}).json()["items"]
check("2.1", found[0])
"""
CELLS = {
    "noisy": NOISY + 'check("2.4", fetch_all)',
    "raises": ASKS_WRONG + 'check("2.4", fetch_all)',
    "hint": 'hint("2.1")',
    "untried": 'lab.task("2.1")\ncheck("2.1", ...)',
    "wrong": 'check("2.1", {})',
    "half": SEARCHES,
}


def run(tmp_path) -> dict:
    """The cells by name, run in one kernel as graded cells of two points."""
    cells = [new_code_cell(source) for source in (SET_UP, *CELLS.values())]
    for cell in cells:
        grade = {"grade": True, "points": 2, "grade_id": cell.id, "solution": False, "locked": True}
        cell.metadata = nbformat.from_dict({"nbgrader": grade})
    notebook = new_notebook(cells=cells)
    folder = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=60, allow_errors=True, resources=folder).execute()
    return dict(zip(CELLS, notebook.cells[1:], strict=True))


@pytest.fixture(scope="module")
def at_work(tmp_path_factory):
    """As a learner runs them."""
    return run(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """As nbgrader runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "autograde")
        return run(tmp_path_factory.mktemp("graded"))


def text_of(cell) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def test_a_noisy_function_costs_nothing_and_is_shown_in_its_cell(at_work):
    cell = at_work["noisy"]
    assert {output.get("name") for output in cell.outputs} == {"stdout", None}
    for part in ("on its way", "to stderr", "something old", "an empty list"):
        assert part in text_of(cell)


def test_the_message_and_the_bar_say_different_things(at_work):
    cell = at_work["raises"]
    bar = cell.outputs[-1]
    assert bar.data["text/plain"] == "0.0"
    assert bar.metadata["intark"]["outcome"] == "raised"
    for part in ('page.json()["items"]', "limit=1000", "400"):
        assert part in text_of(cell)
        assert part not in bar.data["text/html"]
    for part in ("0 of 2 points", "Bring everything home", "hint("):
        assert part in bar.data["text/html"]
        assert part not in text_of(cell)


def test_a_hint_is_shown_once_with_its_record(at_work):
    (shown,) = at_work["hint"].outputs
    assert "hint 1 of 3" in shown.data["text/html"]
    assert shown.metadata["intark"] == {"task": "2.1", "hint_level": 1}


@pytest.mark.parametrize("name", ["untried", "wrong", "raises", "noisy"])
def test_nbgrader_sees_the_message_alone_at_0_points(graded, name):
    cell = graded[name]
    assert determine_grade(cell) == (0, 2)
    error = cell.outputs[-1]
    assert error.output_type == "error"
    assert error.traceback[0].startswith("Task 2.")
    assert "\x1b" not in "".join(error.traceback)


def test_nbgrader_reads_a_part_of_the_points(graded):
    assert determine_grade(graded["half"]) == (1, 2)
    assert "Expected was one call" in " ".join(text_of(graded["half"]).split())
