"""The overview of a class, as page, CSV and data frame; feedback packed for sending back."""

import base64
import csv
import re
import shutil
import zipfile

import matplotlib.image
import nbformat
import pytest
from made_class import Student, make_class, make_course
from submissions import UNIT

from intark_lab.grading import overview
from intark_lab.grading.feedback.write import write
from intark_lab.grading.folders import Course
from intark_lab.grading.overview.table import summary, table

# nbgrader's own, about how it makes a submission.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

RIGHT, PAGE = ("unit02.course.right",), ("unit02.course.page",)
OTHER = ("x",)


@pytest.fixture(scope="module")
def a_class(tmp_path_factory):
    """A class of four, for tests to copy: a gradebook takes seconds to make."""
    made = make_course(tmp_path_factory.mktemp("class") / "course")
    record = {"2.1": {"attempts": 2, "hint_level": 1, "minutes": 10}}
    make_class(
        made,
        {
            "anna": Student((2, 1, 0, 0), (RIGHT, OTHER, (), ()), record),
            "berit": Student((2, 0, 0, 0), (RIGHT, OTHER, (), ())),
            "carl": Student((1, 0, 0, 0), (PAGE, (), (), ()), {"2.1": {"minutes": 20}}),
            "dag": Student((0, 0, 0, 0), (PAGE, (), (), ())),
        },
    )
    return made


@pytest.fixture
def course(a_class, tmp_path, monkeypatch):
    """The class in the current folder."""
    root = shutil.copytree(a_class.root, tmp_path / "course", symlinks=True)
    monkeypatch.chdir(root)
    return Course(root)


def test_a_row_for_each_student_and_task(course):
    rows = table(course, UNIT)
    assert rows.shape == (16, 11)
    first = rows.iloc[0]
    assert (first["student"], first["task"], first["title"]) == (
        "anna",
        "2.1",
        "Get a course by its id",
    )
    assert (first["points"], first["tried"], first["right"]) == (2, True, True)
    assert list(rows["tried"][:4]) == [True, True, False, False]
    assert rows["minutes"].count() == 2


def test_the_summary_counts_each_task(course):
    sums = summary(table(course, UNIT))
    assert list(sums.index) == ["2.1", "2.2", "2.3", "2.4"]
    assert list(sums["tried"]) == [4, 2, 0, 0]
    assert list(sums["right"]) == [2, 0, 0, 0]
    assert sums["minutes"].iloc[0] == 15
    assert sums["mean_points"].iloc[0] == 1.25


def test_common_wrong_answers_are_sentences_that_nobody_right_was_told(course):
    [(count, sentence), *_] = summary(table(course, UNIT))["wrong"].iloc[0]
    assert (count, sentence[:32]) == (2, "`course` is a page of the list: ")
    assert "{" not in sentence


def test_a_manual_point_has_its_way(course):
    with course.book() as book:
        book.find_grade("u2-t3-check", UNIT, UNIT, "dag").manual_score = 2
        book.db.commit()
    rows = table(course, UNIT)
    assert rows[rows["student"] == "dag"]["points"].tolist() == [0, 0, 2, 0]


def test_without_the_labs_record_the_cells_tell(course):
    for file in course.autograded.rglob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        del notebook.metadata.intark["graded"]
        nbformat.write(notebook, file)
    rows = table(course, UNIT)
    assert list(rows["tried"][:4]) == [True, True, False, False]
    assert summary(rows)["wrong"].iloc[1] == [(2, "Said of ….")]


def test_page_and_csv_are_written(course, capsys):
    assert overview.main([]) == 0
    page, sheet = (course.root / "overview" / f"{UNIT}.{kind}" for kind in ("html", "csv"))
    assert capsys.readouterr().out.split() == [str(page), str(sheet)]
    assert len(list(csv.DictReader(sheet.read_text().splitlines()))) == 16
    html = page.read_text()
    assert "2 ×: <code>course</code> is a page of the list" in html
    assert "<script" not in html


def test_plots_are_grey_and_have_words(course):
    overview.main([UNIT])
    html = (course.root / "overview" / f"{UNIT}.html").read_text()
    pictures = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', html)
    assert len(pictures) == 2
    assert "2.1: 2 right, 1 partly, 1 not, 0 not tried" in pictures[0][1]
    assert "Medians: 2.1: 15." in pictures[1][1]
    for data, _ in pictures:
        file = course.root / "plot.png"
        file.write_bytes(base64.b64decode(data))
        pixels = matplotlib.image.imread(file)[..., :3]
        assert (pixels.max(axis=2) - pixels.min(axis=2)).max() < 0.02


def test_nothing_graded_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_course(tmp_path / "empty").root)
    assert overview.main([]) == 1
    assert "Run grade first" in capsys.readouterr().err


def test_feedback_is_packed_one_file_a_student(course, tmp_path):
    with course.book() as book:
        for file in course.autograded.rglob("*.ipynb"):
            write(course, book, nbformat.read(file, as_version=4), file.parts[-3], UNIT)
    second = course.feedback / "anna" / "03-more" / "03-more.html"
    second.parent.mkdir()
    second.write_text("more")
    target = tmp_path / "back"
    overview.main(["--pack", str(target)])
    names = ["anna.zip", "berit.html", "carl.html", "dag.html"]
    assert sorted(file.name for file in target.iterdir()) == names
    assert zipfile.ZipFile(target / "anna.zip").namelist() == [f"{UNIT}.html", "03-more.html"]
    before = {file: file.read_bytes() for file in target.iterdir()}
    overview.main(["--pack", str(target)])
    assert {file: file.read_bytes() for file in target.iterdir()} == before
    assert "Said of 1." in (target / "berit.html").read_text()
