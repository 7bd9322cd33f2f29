"""The seed of a graded lab, and what the kernel that runs a submission gets to know."""

import os
import stat

import pytest

from intark_lab import settings
from intark_lab.grading import seed as seeds
from intark_lab.grading.execute import kernel_environment
from intark_lab.grading.seed import course_secret, grading_seed


def test_the_same_student_and_unit_get_the_same_seed():
    made = [grading_seed(b"s", "anna", "02-call-an-api") for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("secret", "student", "unit"),
    [(b"t", "anna", "02"), (b"s", "berit", "02"), (b"s", "anna", "03"), (b"s", "anna0", "2")],
)
def test_another_course_student_or_unit_gets_another_seed(secret, student, unit):
    assert grading_seed(secret, student, unit) != grading_seed(b"s", "anna", "02")


def test_seeds_are_spread_and_none_is_the_learners():
    made = {grading_seed(b"s", f"student {n}", "02") for n in range(1000)}
    assert len(made) == 1000
    assert all(0 <= seed < 2**32 for seed in made)
    assert settings.COURSE_SEED not in made


def test_the_secret_is_made_once(tmp_path):
    folder = tmp_path / "new" / ".lab"
    first = course_secret(folder)
    assert len(first) == 64
    assert course_secret(folder) == first
    assert [file.name for file in folder.iterdir()] == ["course-secret"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode")
def test_the_secret_is_its_owners_alone(tmp_path):
    course_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / "course-secret").stat().st_mode) == 0o600


def test_two_graders_that_start_together_share_one_secret(tmp_path, monkeypatch):
    link = os.link

    def late(source, target):
        monkeypatch.setattr(seeds.os, "link", link)
        course_secret(tmp_path)
        link(source, target)

    monkeypatch.setattr(seeds.os, "link", late)
    first = course_secret(tmp_path)
    assert first == course_secret(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_the_kernel_gets_the_seed_and_no_lab_of_the_graders():
    environ = {"PATH": "/bin", "INTARK_API_KEY": "k", "INTARK_LAB_TEXTS": "nb", "INTARK_NEW": "x"}
    assert kernel_environment(environ, 7) == {
        "PATH": "/bin",
        "INTARK_LAB_TEXTS": "nb",
        "INTARK_GRADING_SEED": "7",
    }
