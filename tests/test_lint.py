"""Lint on a made course: nothing to say about a good one, and each rule finds its fault."""

import json
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from intark_lab.authoring import cli, form, rules
from intark_lab.authoring.notebook import read
from intark_lab.authoring.pictures import attach

TASKS = {
    "2.1": SimpleNamespace(points=2, hints=("a", "b", "c")),
    "2.2": SimpleNamespace(points=2, hints=("a", "b", "c")),
}
OPENING = """# Made

Learn one thing by making it.

**You can**, when you are done:

- make it
- read it
- mend it

**Time:** 3–5 minutes. **You need** nothing."""
CLOSING = """**Key points**

- One.
- Two, which goes on
  in a second line.
- Three.

**Questions** on the start:

1. Who?
2. What?
3. Why?

**Next:** [the start]({link})."""
PICTURE = "![A square that is empty](attachment:square.svg)"


def markdown(cell_id: str, source: str):
    return new_markdown_cell(source, id=cell_id)


def code(cell_id: str, source: str, **nbgrader):
    cell = new_code_cell(source, id=cell_id)
    if nbgrader:
        common = {"grade_id": cell_id, "schema_version": 3, "task": False}
        cell.metadata = nbformat.from_dict({"nbgrader": common | nbgrader})
    return cell


def lesson():
    middle = [code(f"u2-step-{n}", "print(1)") for n in range(18)]
    picture = markdown("u2-picture", PICTURE)
    return [markdown("u2-opening", OPENING), picture, *middle, closing("00-start.ipynb")]


def solution():
    cells = [markdown("u2-opening", OPENING), code("u2-setup", "from intark_lab import check")]
    for number, task in enumerate(TASKS, 1):
        stem = f"u2-t{number}-"
        answer = f"### BEGIN SOLUTION\nvalue_{number} = 1\n### END SOLUTION"
        check = f'check("{task}", value_{number})'
        cells += [
            markdown(stem + "task", "## One\n\n**Input:** a\n\n**Goal:** b\n\n**Example:** c"),
            code(stem + "answer", answer, grade=False, locked=False, solution=True),
            code(stem + "check", check, grade=True, locked=True, points=2, solution=False),
        ]
    return [*cells, closing("../../notebooks/00-start.ipynb")]


def closing(link: str):
    return markdown("u2-closing", CLOSING.format(link=link))


@pytest.fixture
def course(tmp_path) -> Path:
    """A folder with a diagram, a lesson and a solution, all in form."""
    (tmp_path / "data" / "diagrams").mkdir(parents=True)
    (tmp_path / "data" / "diagrams" / "square.svg").write_text("<svg/>")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "solutions" / "02-made").mkdir(parents=True)
    (tmp_path / "notebooks" / "00-start.ipynb").touch()
    save(tmp_path, "lesson", lesson())
    save(tmp_path, "solution", solution())
    return tmp_path


def file(root: Path, kind: str) -> Path:
    folders = {"lesson": "notebooks", "solution": "solutions/02-made"}
    return root / folders[kind] / "02-made.ipynb"


def save(root: Path, kind: str, cells: list) -> None:
    node = new_notebook()
    node.cells = cells
    file(root, kind).write_text(form.written(attach(form.canonical(node), root)))


def found(root: Path, kind: str) -> list[str]:
    notebook = read(file(root, kind), TASKS)
    return [f"{cell}: {what}; {mend}" for cell, what, mend in rules.problems(notebook)]


@pytest.mark.parametrize("kind", ["lesson", "solution"])
def test_nothing_to_say_about_a_good_notebook(course, kind):
    assert found(course, kind) == []


def put(cell_id: str, source: str):
    """A change: this cell's source becomes another."""

    def change(cells):
        next(cell for cell in cells if cell.id == cell_id).source = source

    return change


def edit(cell_id: str, old: str, new: str):
    """A change: a part of this cell's source is another."""

    def change(cells):
        cell = next(cell for cell in cells if cell.id == cell_id)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def rename(cell_id: str, new: str):
    def change(cells):
        next(cell for cell in cells if cell.id == cell_id).id = new

    return change


def drop(cell_id: str):
    def change(cells):
        cells[:] = [cell for cell in cells if cell.id != cell_id]

    return change


def nbgrader(cell_id: str, **values):
    def change(cells):
        cell = next(cell for cell in cells if cell.id == cell_id)
        cell.metadata.setdefault("nbgrader", nbformat.NotebookNode()).update(values)

    return change


def tags(cells):
    cells[3].metadata["tags"] = "one"


STEP = "u2-step-3"
FAULTS = [
    # name, kind, change, cell, words of the finding
    ("tags as text", "lesson", tags, "-", "nbformat refuses it"),
    ("id twice", "lesson", rename(STEP, "u2-step-4"), "u2-step-4", "2 cells have this id"),
    ("id of another unit", "lesson", rename(STEP, "u3-step"), "u3-step", "not a readable one"),
    ("id from a machine", "lesson", rename(STEP, "8f2c01aa"), "8f2c01aa", "not a readable one"),
    ("too few cells", "lesson", lambda cells: cells.__delitem__(slice(2, 6)), "-", "17 cells"),
    ("long cell", "lesson", put(STEP, "x = 1\n" * 16), STEP, "16 lines"),
    ("wide line", "lesson", put(STEP, f"x = {'1' * 90}"), STEP, "94 columns"),
    ("empty cell", "lesson", put(STEP, ""), STEP, "empty"),
    ("long text", "lesson", edit("u2-opening", "nothing", "this " * 120), "u2-opening", "words"),
    ("empty text", "lesson", put("u2-picture", ""), "u2-picture", "empty"),
    ("no opening", "lesson", drop("u2-opening"), "u2-opening", "the first cell"),
    ("no goal", "lesson", edit("u2-opening", "Learn", "- Learn"), "u2-opening", "goal"),
    ("minutes", "lesson", edit("u2-opening", "3–5", "5–5"), "u2-opening", "no minutes"),
    ("needs", "lesson", edit("u2-opening", "You need", "Take"), "u2-opening", "reader needs"),
    ("objectives", "lesson", edit("u2-opening", "- mend it\n", ""), "u2-opening", "2 objectives"),
    ("no closing", "lesson", drop("u2-closing"), "u2-closing", "the last cell"),
    ("no way on", "lesson", edit("u2-closing", "[the start]", "the start"), "u2-closing", "link"),
    ("key points", "lesson", edit("u2-closing", "- One.\n", ""), "u2-closing", "2 key points"),
    ("questions", "lesson", edit("u2-closing", "3. Why?\n", ""), "u2-closing", "2 questions"),
    ("second title", "lesson", put("u2-picture", "# Two"), "u2-picture", "second title"),
    ("heading left out", "lesson", put("u2-picture", "### Two"), "u2-picture", "level 3"),
    ("magic", "lesson", put(STEP, "%matplotlib inline"), STEP, "not plain Python"),
    ("sentence", "lesson", put(STEP, 'print("This is what I say")'), STEP, "a sentence"),
    ("f-sentence", "lesson", put(STEP, 'f"This {1} is what it says"'), STEP, "a sentence"),
    ("comment", "lesson", put(STEP, "x = 1  # this is set to one"), STEP, "a sentence"),
    ("institution", "lesson", put(STEP, '"https://gw-uio.intark.uh-it.no"'), STEP, "real host"),
    ("name alone", "lesson", put(STEP, 'host = "api.uib.no"'), STEP, "real host"),
    ("other address", "lesson", put(STEP, 'f"http://10.0.0.1:{1}/x"'), STEP, "real host"),
    ("key", "lesson", put(STEP, f'k = "{"0a1b2c3d-" + "0a1b-" * 3}0a1b2c3d4e5f"'), STEP, "a key"),
    ("token", "lesson", put(STEP, f'k = "{"a1b2" * 8}"'), STEP, "looks like a key"),
    ("key in text", "lesson", put("u2-picture", "Basic ZGV2OnB3ZA=="), "u2-picture", "a key"),
    ("key shown", "lesson", put(STEP, 'os.environ["INTARK_API_KEY"]'), STEP, "prints the key"),
    ("key printed", "lesson", put(STEP, 'print(os.getenv("INTARK_API_KEY"))'), STEP, "prints"),
    ("key set", "lesson", put(STEP, 'os.environ["INTARK_API_KEY"] = key'), STEP, "sets the key"),
    ("alt text", "lesson", edit("u2-picture", "A square that is empty", ""), "u2-picture", "alt"),
    ("diagram", "lesson", edit("u2-picture", "square", "circle"), "u2-picture", "is missing"),
    ("other picture", "lesson", put("u2-picture", "![a b c](x.png)"), "u2-picture", "x.png"),
    ("html picture", "lesson", put("u2-picture", "<img src=x>"), "u2-picture", "as HTML"),
    ("dead link", "lesson", put("u2-picture", "[a](09-gone.ipynb)"), "u2-picture", "09-gone"),
    ("no text", "solution", drop("u2-t1-task"), "u2-t1-task", "no text cell"),
    ("no example", "solution", edit("u2-t2-task", "Example", "Say"), "u2-t2-task", "the Example"),
    ("no answer", "solution", drop("u2-t1-answer"), "u2-t1-answer", "no answer cell"),
    ("no end", "solution", edit("u2-t1-answer", "### END", "# END"), "u2-t1-answer", "not pair"),
    ("no check", "solution", drop("u2-t2-check"), "u2-t2-check", "no check cell"),
    ("other check", "solution", edit("u2-t2-check", "2.2", "2.1"), "u2-t2-check", "task's check"),
    ("points", "solution", nbgrader("u2-t1-check", points=3), "u2-t1-check", "metadata"),
    ("unlocked", "solution", nbgrader("u2-t1-check", locked=False), "u2-t1-check", "metadata"),
    ("no solution", "solution", nbgrader("u2-t1-answer", solution=False), "u2-t1-answer", "meta"),
    ("extra", "solution", nbgrader("u2-setup", grade=False), "u2-setup", "outside a task"),
    ("order", "solution", lambda c: c.__setitem__(slice(2, 8), c[5:8] + c[2:5]), "-", "order"),
]


@pytest.mark.parametrize(
    ("kind", "change", "cell", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_found_with_its_cell_and_a_mend(course, kind, change, cell, words):
    cells = lesson() if kind == "lesson" else solution()
    change(cells)
    save(course, kind, cells)
    hits = [line for line in found(course, kind) if line.startswith(f"{cell}: ") and words in line]
    assert len(hits) == 1
    assert hits[0].partition("; ")[2]


def test_two_hints_are_too_few(course):
    tasks = {**TASKS, "2.1": SimpleNamespace(points=2, hints=("a", "b"))}
    notebook = read(file(course, "solution"), tasks)
    assert [p.what for p in rules.problems(notebook)] == ["2 hints"]


def test_a_file_beside_a_solution_is_found(course):
    (course / "solutions" / "02-made" / "answers.csv").touch()
    assert "answers.csv lies beside it" in found(course, "solution")[0]


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
    node.cells[0]["attachments"] = {"old.svg": {"image/svg+xml": "PHN2Zy8+"}}


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


def test_fix_puts_in_a_diagram_that_was_redrawn(course):
    (course / "data" / "diagrams" / "square.svg").write_text("<svg></svg>")
    path = file(course, "lesson")
    assert "attachments are not those" in found(course, "lesson")[0]
    assert list(cli.findings([path], TASKS, fix=True)) == []


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


def test_every_rule_is_in_the_table():
    modules = [rules.form, rules.sizes, rules.structure, rules.code, rules.pictures, rules.graded]
    named = {v for m in modules for k, v in vars(m).items() if k.startswith("check_")}
    assert named == set(rules.RULES["solution"])
