"""What learners take along: all of it comes back, and nothing of theirs is written over."""

import zipfile

import pytest

from intark_lab import paths
from intark_lab.jupyter import keeping, restore, workspace
from intark_lab.lab import LabError
from intark_lab.tasks.code import encode

LESSON, EXERCISE = "notebooks/02-made.ipynb", "exercises/02-made/02-made.ipynb"
CODE = encode({"2.1": 2})


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of a lesson and an exercise, copied into `work/`; the lab's folder is another."""
    for name in (LESSON, EXERCISE):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("first")
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path)
    monkeypatch.setattr(paths, "notebooks", lambda: tmp_path / "notebooks")
    monkeypatch.setattr(paths, "exercises", lambda: tmp_path / "exercises")
    workspace.refresh()
    return tmp_path


@pytest.fixture
def saved(course):
    """What was packed: a changed exercise and a program of the learner's own."""
    (course / "work" / EXERCISE).write_text("mine")
    (course / "work" / "notebooks" / "made.py").write_text("print()")
    (course / "work" / "notebooks" / ".ipynb_checkpoints").mkdir()
    (course / "work" / "notebooks" / ".ipynb_checkpoints" / "x.ipynb").touch()
    return keeping.save(CODE)


def test_what_the_learner_made_is_packed_and_nothing_else(saved):
    with zipfile.ZipFile(saved) as packed:
        assert sorted(packed.namelist()) == sorted([keeping.CODE, EXERCISE, "notebooks/made.py"])


def test_saved_again_the_file_is_replaced(saved, course):
    assert keeping.save(CODE) == saved
    assert [file.name for file in saved.parent.iterdir() if file.is_file()] == [saved.name]


def test_it_comes_back_into_a_new_work(saved, course):
    content = saved.read_bytes()
    (course / "work").rename(course / "old")
    workspace.refresh()
    saved.write_bytes(content)
    back, beside, code = keeping.unpack(saved)
    assert (sorted(back), beside, code) == (sorted([EXERCISE, "notebooks/made.py"]), [], CODE)
    assert (course / "work" / EXERCISE).read_text() == "mine"
    assert keeping.unpack(saved) == ([], [], CODE)


def test_what_differs_there_is_kept_and_the_packed_one_put_beside(saved, course):
    (course / "work" / EXERCISE).write_text("newer")
    _, beside, _ = keeping.unpack(saved)
    assert beside == ["exercises/02-made/02-made-saved.ipynb"]
    assert (course / "work" / EXERCISE).read_text() == "newer"
    assert (course / "work" / beside[0]).read_text() == "mine"


@pytest.mark.parametrize("name", ["/etc/intark", "../outside", "a/../../outside", "a\\..\\b"])
def test_a_path_out_of_work_is_refused_and_nothing_is_written(course, name):
    file = course / "work" / "bad.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(keeping.CODE, CODE)
        packed.writestr("fine.txt", "fine")
        packed.writestr(name, "bad")
    with pytest.raises(LabError, match="cannot be unpacked"):
        keeping.unpack(file)
    assert not (course / "work" / "fine.txt").exists()


def test_no_work_and_no_such_file(course, capsys):
    assert restore.main(["missing.zip"]) == 1
    assert "missing.zip is not in work/" in capsys.readouterr().err
    (course / "work" / "other.zip").write_text("no archive")
    assert restore.main(["other.zip"]) == 1
    assert "lab.save()" in capsys.readouterr().err
    (course / "work").rename(course / "gone")
    with pytest.raises(LabError, match="nothing to save"):
        keeping.save(CODE)


def test_the_verb_brings_files_and_points_back(saved, lab, course, monkeypatch, capsys):
    monkeypatch.setattr("intark_lab.open_lab", lambda: lab, raising=False)
    (course / "work" / EXERCISE).unlink()
    assert restore.main([keeping.PACKED]) == 0
    shown = capsys.readouterr().out
    assert f"Back in work/: {EXERCISE}" in shown
    assert "2 of 2" in shown


def test_the_lab_packs_and_says_how_to_bring_it_back(course, lab, capsys):
    lab.save()
    assert f"restore {keeping.PACKED}" in capsys.readouterr().out
    assert (course / "work" / keeping.PACKED).exists()
