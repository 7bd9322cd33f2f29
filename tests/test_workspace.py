"""The learner's own copies: what follows the course, what is kept, what is brought back."""

import json
from pathlib import Path

import pytest

from intark_lab import paths
from intark_lab.jupyter import restore, workspace


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two lessons and an exercise, and a learner's `work` that is still empty."""
    for name in ("notebooks/00-start", "notebooks/02-made", "exercises/02-made/02-made"):
        file = tmp_path / f"{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("first")
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path)
    monkeypatch.setattr(paths, "notebooks", lambda: tmp_path / "notebooks")
    monkeypatch.setattr(paths, "exercises", lambda: tmp_path / "exercises")
    return tmp_path


START, LESSON = "notebooks/00-start.ipynb", "notebooks/02-made.ipynb"
EXERCISE = "exercises/02-made/02-made.ipynb"


def did(**lists) -> dict:
    return {"copied": [], "updated": [], "kept": []} | lists


def refreshed() -> dict:
    return vars(workspace.refresh())


def test_everything_is_copied_once(course):
    assert refreshed() == did(copied=[START, LESSON, EXERCISE])
    assert (course / "work" / EXERCISE).read_text() == "first"
    assert refreshed() == did()


def test_hidden_files_are_not_copied(course):
    leftover = course / "notebooks" / ".ipynb_checkpoints" / "00-start-checkpoint.ipynb"
    leftover.parent.mkdir()
    leftover.touch()
    assert refreshed() == did(copied=[START, LESSON, EXERCISE])


def test_an_unchanged_copy_follows_the_course(course):
    refreshed()
    (course / LESSON).write_text("second")
    assert refreshed() == did(updated=[LESSON])
    assert (course / "work" / LESSON).read_text() == "second"


def test_a_copy_that_was_only_opened_follows_the_course(course):
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (course / LESSON).write_text(json.dumps(notebook))
    refreshed()
    opened = notebook | {"metadata": {"language_info": {"name": "python"}}}
    (course / "work" / LESSON).write_text(json.dumps(opened, indent=1))
    (course / LESSON).write_text(json.dumps(notebook | {"nbformat_minor": 6}))
    assert refreshed() == did(updated=[LESSON])


def test_a_changed_copy_is_kept_and_named_until_it_is_restored(course):
    refreshed()
    (course / "work" / LESSON).write_text("mine")
    assert refreshed() == did()
    (course / LESSON).write_text("second")
    assert refreshed() == did(kept=[LESSON])
    assert refreshed() == did(kept=[LESSON])
    workspace.restore("02")
    assert refreshed() == did()
    assert (course / "work" / LESSON).read_text() == "mine"


def test_a_copy_that_the_learner_removed_comes_back(course):
    refreshed()
    (course / "work" / START).unlink()
    assert refreshed() == did(copied=[START])


def test_without_its_record_every_difference_is_the_learners(course):
    refreshed()
    (course / LESSON).write_text("second")
    workspace._record_file().unlink()
    assert refreshed() == did(kept=[LESSON])


def test_restored_originals_stand_beside_and_never_replace(course, capsys):
    refreshed()
    (course / "work" / LESSON).write_text("mine")
    (course / "work" / EXERCISE).unlink()
    assert restore.main(["2"]) == 0
    assert restore.main(["02-made"]) == 0
    beside = sorted(file.name for file in (course / "work" / "notebooks").iterdir())
    again = ["02-made-original-2.ipynb", "02-made-original.ipynb", "02-made.ipynb"]
    assert beside == ["00-start.ipynb", *again]
    assert (course / "work" / LESSON).read_text() == "mine"
    assert (course / "work" / EXERCISE).read_text() == "first"
    assert "work/notebooks/02-made-original.ipynb" in capsys.readouterr().out


def test_an_unknown_unit_is_said_with_those_there_are(course, capsys):
    assert restore.main(["99"]) == 1
    assert "00-start, 02-made" in capsys.readouterr().err


def test_a_copy_lies_as_deep_as_its_original_so_that_links_hold():
    copies = [Path(name) for name, _ in workspace.originals()]
    assert [(paths.ROOT / copy).is_file() for copy in copies] == [True] * len(copies)
    assert Path(workspace.START) in copies
