"""What `lint` prints, and what `lint --fix` mends by itself."""

import json

import nbformat
import needs
import pytest
from made_course import SQUARE, TASKS, file, found, lesson, make, save
from PIL import Image

from intark_lab.authoring import cli, drawing, form


@pytest.fixture
def course(tmp_path):
    return make(tmp_path)


def run(node):
    node.cells[3].outputs = [nbformat.v4.new_output("stream", text="1\n")]


def count(node):
    node.cells[3].execution_count = 7


def collapse(node):
    node.cells[3].metadata["collapsed"] = True


def minor(node):
    node.nbformat_minor = 4


def language(node):
    node.metadata["language_info"] = {"name": "python"}


def attachment(node):
    node.cells[0]["attachments"] = {"old.png": {"image/png": "iVBORw0KGgo="}}


MESS = [run, count, collapse, minor, language, attachment]


@pytest.mark.parametrize("change", MESS, ids=lambda change: change.__name__)
def test_fix_takes_out_what_an_editor_left(course, change):
    path = file(course, "lesson")
    good = path.read_bytes()
    node = nbformat.from_dict(json.loads(good))
    change(node)
    path.write_text(form.written(node))
    assert all("lint --fix" in line for line in found(course, "lesson"))
    assert found(course, "lesson")
    assert list(cli.findings([path], TASKS, fix=True)) == []
    assert path.read_bytes() == good


def test_fix_writes_the_file_as_nbformat_does(course):
    path = file(course, "lesson")
    good = path.read_bytes()
    path.write_text(json.dumps(json.loads(good), indent=2))
    assert "keys, indent or line ends" in found(course, "lesson")[0]
    assert list(cli.findings([path], TASKS, fix=True)) == []
    assert path.read_bytes() == good


def test_fix_puts_in_a_picture_that_was_made_anew(course):
    drawing.save(Image.new("RGBA", (12, 12), "black"), course / "data" / "diagrams" / "square.svg")
    path = file(course, "lesson")
    assert "attachments are not those" in found(course, "lesson")[0]
    assert list(cli.findings([path], TASKS, fix=True)) == []


def test_a_drawing_without_a_browser_is_found_and_left(course, monkeypatch):
    monkeypatch.setattr(drawing, "BROWSERS", ())
    (course / "data" / "diagrams" / "square.svg").write_text(SQUARE + "\n")
    findings = cli.findings([file(course, "lesson")], TASKS, fix=True)
    assert [finding.problem.what for finding in findings] == ["square.png is not of square.svg"]


@pytest.mark.slow
def test_fix_draws_what_has_changed(course):
    needs.program(*drawing.BROWSERS)
    square = course / "data" / "diagrams" / "square.svg"
    square.write_text(SQUARE.replace("/>", "><rect width='300' height='200' fill='red'/></svg>"))
    assert list(cli.findings([file(course, "lesson")], TASKS, fix=True)) == []
    with Image.open(drawing.picture(square)) as image:
        assert image.size == (450, 300)
        assert image.convert("RGBA").getpixel((225, 290)) == (255, 0, 0, 255)


def test_a_finding_is_one_line_and_the_exit_code_is_1(course, capsys, monkeypatch):
    monkeypatch.chdir(course)
    save(course, "lesson", lesson()[:-1])
    assert cli.main(["notebooks/02-made.ipynb"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "notebooks/02-made.ipynb: u2-closing: the last cell is not this text cell; close with it"
    ]


def test_no_finding_says_nothing_and_exits_0(course, capsys):
    assert cli.main([str(file(course, "lesson"))]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["notebooks/made.ipynb", "elsewhere/02-made.ipynb"])
def test_a_file_out_of_place_is_a_finding(course, name):
    path = course / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(file(course, "lesson").read_bytes())
    assert len(list(cli.findings([path], TASKS))) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"nbformat": 3}', '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_a_finding(course, text):
    path = file(course, "lesson")
    path.write_text(text)
    assert "restore it" in str(*cli.findings([path], TASKS))


def test_a_path_that_is_not_there_exits_2(capsys):
    assert cli.main(["nowhere"]) == 2
    assert "nowhere is not there" in capsys.readouterr().err
