"""What notebooks say to instructors is on one page, and marks in texts and tags go together."""

import pytest
from made_course import edit, found, lesson, make, save

from intark_lab.authoring import teaching


@pytest.fixture
def course(tmp_path):
    return make(tmp_path)


def noted(cells):
    cells[0].metadata["instructor"] = "Ask for guesses first."
    cells[1].metadata["tags"] = [teaching.SKIP]
    cells[1].source = f"## A picture\n\n{teaching.MARK}\n\n{cells[1].source}"
    return cells


def test_notes_and_what_may_be_left_out_are_gathered(course):
    save(course, "lesson", noted(lesson()))
    assert teaching.page(course).splitlines()[-4:] == [
        "## [Made](../notebooks/02-made.ipynb), 3–5 minutes",
        "",
        "- **Made** (`u2-opening`): Ask for guesses first.",
        "- **A picture** (`u2-picture`): May be left out.",
    ]


def test_a_notebook_without_notes_is_not_on_the_page(course):
    assert teaching.page(course) == teaching.OPENING
    assert list(teaching.differences(course, fix=True)) == []


def test_the_page_follows_the_notebooks(course):
    save(course, "lesson", noted(lesson()))
    [finding] = teaching.differences(course, fix=False)
    assert "lint --fix" in str(finding)
    assert list(teaching.differences(course, fix=True)) == []
    assert list(teaching.differences(course, fix=False)) == []


@pytest.mark.parametrize("half", [{"tags": []}, {"tags": [teaching.SKIP], "text": False}])
def test_a_mark_without_its_tag_and_a_tag_without_its_mark(course, half):
    cells = noted(lesson())
    cells[1].metadata["tags"] = half["tags"]
    if "text" in half:
        edit("u2-picture", teaching.MARK, "")(cells)
    save(course, "lesson", cells)
    assert any("do not go together" in str(line) for line in found(course, "lesson"))
