"""Lint has nothing to say about a good notebook, and each rule finds its fault."""

from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from made_course import HINTS, TASKS, edit, file, found, lesson, make, put, save, solution

from intark_lab.authoring import rules
from intark_lab.authoring.notebook import read


@pytest.fixture
def course(tmp_path):
    return make(tmp_path)


@pytest.mark.parametrize("kind", ["lesson", "solution"])
def test_nothing_to_say_about_a_good_notebook(course, kind):
    assert found(course, kind) == []


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


def tag(cell_id: str, source: str):
    """A cell of the lesson's program that says `source`."""

    def change(cells):
        put(cell_id, source)(cells)
        next(cell for cell in cells if cell.id == cell_id).metadata["tags"] = ["script"]

    return change


STEP = "u2-step-3"
FAULTS = [
    # name, kind, change, cell, words of the finding
    ("tags as text", "lesson", tags, "-", "nbformat refuses it"),
    ("id twice", "lesson", rename(STEP, "u2-step-4"), "u2-step-4", "2 cells have this id"),
    ("id of another unit", "lesson", rename(STEP, "u3-step"), "u3-step", "not a readable one"),
    ("id from a machine", "lesson", rename(STEP, "8f2c01aa"), "8f2c01aa", "not a readable one"),
    ("too few cells", "lesson", lambda cells: cells.__delitem__(slice(2, 6)), "-", "17 cells"),
    ("no program", "lesson", drop("u2-program"), "-", "no cell is tagged script"),
    ("a program with the lab", "lesson", tag(STEP, "lab.reset()"), "-", "the program uses lab"),
    ("a program not written", "lesson", put("u2-keep", "1"), "-", "does not write it"),
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
    ("dead heading", "lesson", put("u2-picture", "[a](02-made.ipynb#B)"), "u2-picture", "#B"),
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


def test_a_letter_may_hold_sentences(course):
    cells = lesson()
    put(STEP, 'request = "The room planner finds a room for each course."')(cells)
    next(cell for cell in cells if cell.id == STEP).metadata["tags"] = ["letter"]
    save(course, "lesson", cells)
    assert found(course, "lesson") == []


def test_a_hint_without_words_is_none(course):
    gone = SimpleNamespace(points=2, hints=(*HINTS[:2], "unit02.hint9"))
    notebook = read(file(course, "solution"), {**TASKS, "2.1": gone})
    assert [problem.what for problem in rules.problems(notebook)] == ["2 hints of 3"]


def test_a_file_beside_a_solution_is_found(course):
    (course / "solutions" / "02-made" / "answers.csv").touch()
    assert "answers.csv lies beside it" in found(course, "solution")[0]


def test_every_rule_is_in_the_table():
    modules = [value for value in vars(rules).values() if isinstance(value, ModuleType)]
    named = {v for m in modules for k, v in vars(m).items() if k.startswith("check_")}
    assert named == {rule for kind in rules.RULES.values() for rule in kind}
