"""Repair: what is said of each damaged submission, and the form of what comes out."""

import json
import re

import nbformat
import pytest
from damaged import damaged, written
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator
from submissions import UNIT, cell, read, solved, submissions

from intark_lab import paths
from intark_lab.grading.repair import repair

RELEASED = read("exercises")
DAMAGED = list(damaged())
TESTS = [f"u2-t{number}-check" for number in range(1, 5)]


def mended(raw: bytes):
    return repair(raw, RELEASED, UNIT)


def names(repaired) -> list[str]:
    reason = [repaired.refused.name] if repaired.refused else []
    return [*reason, *sorted(note.name.removeprefix("repaired.") for note in repaired.notes)]


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case.name)
def test_what_was_repaired_is_said(case):
    assert names(mended(case.raw)) == list(case.notes)


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case.name)
def test_each_comes_out_in_form(case):
    repaired = mended(case.raw)
    notebook = nbformat.reads(repaired.json().decode(), as_version=4)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    tests = [cell for cell in notebook.cells if cell.id in TESTS]
    assert sorted(tests, key=lambda test: test.id) == [
        cell for cell in RELEASED.cells if cell.id in TESTS
    ]
    assert notebook.metadata.intark.refused == str(repaired.refused or "")


# Code out of a check is a cell of its own after that, and then found as the answer.
ONCE = [case for case in DAMAGED if case.name != "answer-in-the-check"]


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case.name)
def test_repaired_again_nothing_is_left_to_repair(case):
    repaired = mended(case.raw)
    again = mended(repaired.json())
    assert names(again) == []
    assert again.notebook.cells == repaired.notebook.cells


UNITS = sorted(folder.name for folder in paths.exercises().iterdir())


@pytest.mark.parametrize("unit", UNITS)
def test_what_every_unit_hands_out_is_in_form(unit):
    file = paths.exercises() / unit / f"{unit}.ipynb"
    released = nbformat.read(file, as_version=4)
    repaired = repair(file.read_bytes(), released, unit)
    assert names(repaired) == []
    assert repaired.notebook.cells == released.cells


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_gets_back_what_was_taken_from_it(unit):
    file = paths.exercises() / unit / f"{unit}.ipynb"
    released = nbformat.read(file, as_version=4)
    left = nbformat.read(file, as_version=4)
    last = max(n for n, cell in enumerate(left.cells) if cell.id.endswith("-answer"))
    left.cells = [
        cell
        for number, cell in enumerate(left.cells)
        if not cell.id.endswith("-check")
        and (cell.cell_type == "markdown" or "nbgrader" in cell.metadata or number > last)
    ]
    repaired = repair(written(left), released, unit)
    assert names(repaired) == ["given-missing", "test-missing"]
    given = [cell for cell in repaired.notebook.cells if cell.cell_type == "code"]
    assert given == [cell for cell in released.cells if cell.cell_type == "code"]


@pytest.mark.parametrize(
    "notebook", [n for _, n, _ in submissions()], ids=[s for s, _, _ in submissions()]
)
def test_what_learners_wrote_is_kept_in_their_order(notebook):
    own = [c.source for c in notebook.cells if not c.id.endswith("-check")]
    kept = [c.source for c in mended(written(notebook)).notebook.cells]
    assert [source for source in kept if source in own] == own


@pytest.mark.parametrize("case", [c for c in ONCE if c.points[0]], ids=lambda case: case.name)
def test_the_check_meets_the_right_answer(case):
    sources = [cell.source for cell in mended(case.raw).notebook.cells]
    above = sources[: sources.index('check("2.1", course)')]
    met = [source for source in above if re.search("^course = ", source, re.M)][-1]
    assert "emner/v1/emner/{task.emne_id}" in met or met == "course = emne"


def test_every_note_is_a_sentence():
    for case in DAMAGED:
        repaired = mended(case.raw)
        for note in filter(None, [*repaired.notes, repaired.refused]):
            assert str(note).endswith(".")
            assert "{" not in str(note)


def test_nothing_of_a_submissions_metadata_is_believed():
    notebook = solved(1)
    notebook.metadata.intark = {"repaired": ["all fine"], "refused": "", "record": {"2.1": {}}}
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "bash"}
    notebook.cells[0].metadata.tags = ["skip-execution"]
    repaired = mended(written(notebook)).notebook
    assert repaired.metadata.kernelspec == RELEASED.metadata.kernelspec
    assert repaired.metadata.intark == {"repaired": [], "refused": "", "record": {}}
    assert repaired.cells[0].metadata == {}


def test_the_learners_record_is_taken_from_the_outputs():
    notebook = solved(1, 2)
    for number, minute in ((1, 0), (2, 12)):
        record = {"task": f"2.{number}", "attempt": 3, "outcome": "right", "hint_level": 1}
        record["time"] = f"2026-05-04T10:{minute:02}:00+00:00"
        output = nbformat.v4.new_output("execute_result", {"text/plain": "2.0"})
        output.metadata["intark"] = record
        cell(notebook, number, "check").outputs = [output]
    first = {"attempts": 3, "outcome": "right", "hint_level": 1}
    assert mended(written(notebook)).record == {"2.1": first, "2.2": {**first, "minutes": 12}}


@pytest.mark.parametrize(
    "record",
    [
        "2.1",
        {"task": 2.1},
        {"task": "2.1", "attempt": True, "hint_level": 9, "time": "today", "outcome": ["x"]},
        {"task": "2.1", "attempt": -1, "hint_level": "1", "time": "2026-05-04T10:00:00"},
    ],
)
def test_a_record_that_no_lab_wrote_says_nothing(record):
    notebook = solved(1)
    output = {"output_type": "display_data", "data": {}, "metadata": {"intark": record}}
    cell(notebook, 1, "check").outputs = [output]
    assert not any(mended(written(notebook)).record.values())


@pytest.mark.parametrize(
    "raw",
    [
        b'{"id":' * 400_000,
        b'{"id":[' * 400_000,
        b'{"id":1,' * 400_000,
        b'{"cells":[' + b'{"cell_type":"code","source":"a"},' * 100_000,
        json.dumps({"cells": [{"cell_type": "code", "source": "course:" * 500_000}]}).encode(),
        json.dumps({"cells": [{"cell_type": "code", "source": "check(" * 500_000}]}).encode(),
        json.dumps({"cells": [{"cell_type": "code", "source": "check\n" + "-" * 90_000}]}).encode(),
    ],
    ids=["nested", "lists", "many", "no-end", "colons", "calls", "signs"],
)
def test_a_hostile_file_is_read_to_an_end(raw):
    assert mended(raw).notebook.cells


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "outputs", "id"])
            | st.sampled_from(["nbgrader", "grade_id", "worksheets", "intark", "task", "code"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(JSON, st.integers(0, 18))
def test_no_json_is_too_odd(value, where):
    notebook = solved(1, 2, 3, 4)
    notebook.cells[where] = value
    repaired = mended(json.dumps(notebook).encode())
    assert len([cell for cell in repaired.notebook.cells if cell.id in TESTS]) == 4
    assert mended(json.dumps(value).encode()).notebook.cells


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd(raw):
    assert mended(raw).refused
