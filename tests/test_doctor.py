"""The verb doctor: each thing that can be wrong is found, and its mend said."""

import json
import os
import sqlite3
from collections import namedtuple
from importlib import metadata

import pytest
from made_class import make_course

from intark_lab.grading import doctor, one
from intark_lab.grading.doctor import checks
from intark_lab.grading.doctor.checks import BAD, CHECKS, GOOD, NOTE
from intark_lab.grading.folders import Course


class Warm:
    """In place of a warm process: the levels of `can` are had."""

    can = ("unsafe", "reduced", "full")

    def __init__(self, level):
        if level not in self.can:
            raise one.NotHeld(f"no {level} here")

    def close(self):
        pass


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in the current folder, on a machine where nothing is wrong."""
    monkeypatch.setattr(one, "Warm", Warm)
    monkeypatch.setattr(Warm, "can", ("unsafe", "reduced", "full"))
    monkeypatch.setattr(checks.shutil, "which", lambda name: f"/bin/{name}")
    made = make_course(tmp_path / "course")
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    config = f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
    (made.root / "nbgrader_config.py").write_text(config)
    monkeypatch.chdir(made.root)
    return made


def no_alembic(course, monkeypatch):
    monkeypatch.setattr(checks.shutil, "which", lambda name: None)


def old_package(course, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "0.1")


def missing_package(course, monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)


def no_exercises(course, monkeypatch):
    for unit in (course.root / "exercises").iterdir():
        unit.unlink()


def broken_gradebook(course, monkeypatch):
    course.gradebook.write_bytes(b"no database, but of some length" * 40)


def open_secret(course, monkeypatch):
    file = checks.settings.read().folder / "course-secret"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("secret")
    file.chmod(0o644)


def full_disk(course, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda place: usage(10**6))


def little_memory(course, monkeypatch):
    memory = namedtuple("memory", "available")
    monkeypatch.setattr(checks.psutil, "virtual_memory", lambda: memory(10**8))


def no_namespaces(course, monkeypatch):
    monkeypatch.setattr(Warm, "can", ("unsafe", "reduced"))


def no_walls(course, monkeypatch):
    monkeypatch.setattr(Warm, "can", ("unsafe",))


def nothing_runs(course, monkeypatch):
    monkeypatch.setattr(Warm, "can", ())


def no_exchange(course, monkeypatch):
    (course.root / "nbgrader_config.py").write_text("c = get_config()\nc.Exchange.root = '/no'\n")


def bad_config(course, monkeypatch):
    (course.root / "nbgrader_config.py").write_text("c = get_config(\n")


WRONG = {
    no_alembic: ("commands", NOTE, "activate .venv"),
    old_package: ("packages", BAD, "course.py"),
    missing_package: ("packages", BAD, "course.py"),
    no_exercises: ("folder", BAD, "lint --fix"),
    broken_gradebook: ("gradebook", BAD, "grade again"),
    open_secret: ("secret", BAD, "chmod 600"),
    full_disk: ("disk", BAD, "2 GiB"),
    little_memory: ("memory", NOTE, "--jobs 1"),
    no_namespaces: ("sandbox", NOTE, "namespaces"),
    no_walls: ("sandbox", BAD, "namespaces"),
    nothing_runs: ("sandbox", BAD, ".venv"),
    no_exchange: ("exchange", NOTE, "chmod it"),
    bad_config: ("exchange", BAD, "course.py"),
}


@pytest.mark.skipif(os.name == "nt", reason="modes and paths are Unix's")
@pytest.mark.parametrize("spoil", WRONG, ids=lambda spoil: spoil.__name__)
def test_what_is_wrong_is_found_with_its_mend(course, monkeypatch, spoil):
    name, state, mend = WRONG[spoil]
    spoil(course, monkeypatch)
    found = {finding.name: finding for finding in doctor.findings(course)}
    assert found[name].state == state
    assert mend in found[name].mend
    assert [each.name for each in found.values() if each.state != GOOD] == [name]


def test_on_a_good_machine_all_is_well(course, capsys):
    assert doctor.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CHECKS)
    assert all(line.startswith("ok") for line in lines)


def test_a_gradebook_that_is_being_written_is_found(course):
    with sqlite3.connect(course.gradebook) as writing:
        writing.execute("CREATE TABLE one (value)")
        writing.commit()
        writing.execute("BEGIN IMMEDIATE")
        state, said, mend = checks.gradebook(course)
        writing.rollback()
    writing.close()
    assert state == BAD
    assert "locked" in said
    assert "running grade" in mend
    assert checks.gradebook(course)[0] == GOOD


def test_the_exit_code_and_json_say_that_something_is_wrong(course, monkeypatch, capsys):
    no_walls(course, monkeypatch)
    assert doctor.main(["--json"]) == 1
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert list(found) == list(CHECKS)
    assert found["sandbox"]["state"] == "bad"
    assert found["disk"]["mend"] is None


def test_without_a_course_it_says_where_to_go(course):
    found = {finding.name: finding for finding in doctor.findings(None)}
    assert found["folder"].state == found["gradebook"].state == BAD
    assert "folder of the course" in found["folder"].mend


@pytest.mark.parametrize(
    ("file", "value", "name"),
    [(file, *closed) for file, closed in checks._USER_NAMESPACES.items()],
)
def test_the_setting_that_raises_the_level_is_named(tmp_path, monkeypatch, file, value, name):
    setting = tmp_path / "setting"
    setting.write_text(value + "\n")
    monkeypatch.setattr(checks.sys, "platform", "linux")
    monkeypatch.setattr(checks, "_USER_NAMESPACES", {str(setting): (value, name)})
    assert checks._raise() == name
    setting.write_text("other")
    assert checks._raise() == "raise-container"


def test_a_real_course_is_looked_at(tmp_path):
    assert checks.packages(None)[0] == GOOD
    assert checks.python(None)[0] == GOOD
    assert Course.here() is not None
