"""exercises/ follow solutions/ through `lint --fix`, as they do through nbgrader's own command."""

import shutil
import subprocess
import sys

import pytest
from made_course import TASKS, file, make, save, solution

from intark_lab import paths
from intark_lab.authoring import cli


@pytest.fixture
def course(tmp_path):
    make(tmp_path)
    shutil.copy(paths.ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path


def lint(course, fix):
    return [str(line) for line in cli.findings([course / "solutions"], TASKS, fix)]


@pytest.mark.slow
def test_fix_writes_what_nbgrader_would(course):
    exercise = course / "exercises" / "02-made" / "02-made.ipynb"
    assert lint(course, fix=True) == []
    fixed = exercise.read_bytes()
    exercise.unlink()
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "02-made", "--no-db"]
    subprocess.run(command, cwd=course, check=True, capture_output=True)
    assert exercise.read_bytes() == fixed
    assert b"value_1 = 1" not in fixed


@pytest.mark.slow
def test_what_differs_is_found_and_mended(course):
    assert lint(course, fix=True) == []
    exercise = course / "exercises" / "02-made" / "02-made.ipynb"
    left = exercise.with_name("left.csv")
    left.touch()
    exercise.write_text(exercise.read_text() + "\n")
    found = lint(course, fix=False)
    assert [line.split(": ")[0] for line in found] == [str(exercise), str(left)]
    assert all(line.endswith("run lint --fix") for line in found)
    assert lint(course, fix=True) == []
    assert lint(course, fix=False) == []
    assert not left.exists()


@pytest.mark.slow
def test_what_nbgrader_refuses_is_one_line(course):
    cells = solution()
    next(cell for cell in cells if cell.id == "u2-t2-check").metadata.nbgrader["grade_id"] = "x"
    next(cell for cell in cells if cell.id == "u2-t1-check").metadata.nbgrader["grade_id"] = "x"
    save(course, "solution", cells)
    last = lint(course, fix=False)[-1]
    assert last.startswith(f"{course / 'exercises'}: -: ")
    assert "Duplicate grade id" in last
    assert "\n" not in last
    assert file(course, "solution").exists()
