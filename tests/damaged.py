"""Submissions that are not in form, and what becomes of each: the specification of repair.

All hold the solved exercise of unit 02 to begin with. What repair said of them is named by its
texts; the points are those of the four tasks.
"""

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from submissions import UNIT, cell, read, solved

from intark_lab import paths

FULL = (2, 2, 2, 2)
NONE = (0, 0, 0, 0)


class Damaged(NamedTuple):
    name: str
    raw: bytes
    notes: tuple[str, ...]
    """What was repaired; or the one reason why nothing could be."""
    points: tuple[float, ...] = FULL

    @property
    def refused(self) -> bool:
        return any(note.startswith("refused") for note in self.notes)


def written(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook, indent=1).encode()


def latin() -> bytes:
    return json.dumps(solved(1, 2, 3, 4), ensure_ascii=False).encode("cp1252", "replace")


def after(change: Callable[[NotebookNode], None]) -> bytes:
    """The solved exercise after a change."""
    notebook = solved(1, 2, 3, 4)
    change(notebook)
    return written(notebook)


def place(notebook: NotebookNode, number: int, part: str) -> int:
    return notebook.cells.index(cell(notebook, number, part))


def copy_test(notebook: NotebookNode) -> None:
    """A check copied to the end, where another task's cells have run."""
    notebook.cells.append(deepcopy(cell(notebook, 1, "check")))


def copy_task(notebook: NotebookNode) -> None:
    """The first try left as it was; a copy of answer and check below it holds the right one."""
    where = place(notebook, 1, "check") + 1
    notebook.cells[where:where] = [
        deepcopy(cell(notebook, 1, part)) for part in ("begin", "answer", "check")
    ]
    cell(notebook, 1, "answer").source = "course = None"


def answer_below_check(notebook: NotebookNode) -> None:
    """The answer cell untouched, and a copy of it under the check filled in."""
    stub = deepcopy(cell(read("exercises"), 1, "answer"))
    notebook.cells[place(notebook, 1, "answer")] = stub
    done = deepcopy(cell(solved(1), 1, "answer"))
    notebook.cells.insert(place(notebook, 1, "check") + 1, done)


def own_cell(above: bool) -> Callable[[NotebookNode], None]:
    """Each answer in a cell of one's own, above or below; the answer cells untouched."""

    def change(notebook: NotebookNode) -> None:
        for number in range(1, 5):
            where = place(notebook, number, "answer")
            done = notebook.cells[where].source
            notebook.cells[where] = cell(read("exercises"), number, "answer")
            where = where if above else place(notebook, number, "check") + 1
            notebook.cells.insert(where, nbformat.v4.new_code_cell(done, id=f"mine-{number}"))

    return change


def windows_lines(notebook: NotebookNode) -> None:
    for each in notebook.cells:
        each.source = each.source.replace("\n", "\r\n")


def two_tries_below_the_check(notebook: NotebookNode) -> None:
    check = notebook.cells.pop(place(notebook, 1, "check"))
    where = place(notebook, 1, "answer")
    wrong = deepcopy(notebook.cells[where])
    wrong.source = "course = None"
    notebook.cells[where:where] = [check, wrong]


def copy_an_answer_far_below(notebook: NotebookNode) -> None:
    copy = deepcopy(cell(notebook, 1, "answer"))
    copy.source = "course = None  # only trying"
    notebook.cells.append(copy)


def delete_tests(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.id.endswith("-check")]


def delete_given(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if c.id not in ("u2-open", "u2-t1-begin")]


def move_given_down(notebook: NotebookNode) -> None:
    opening = notebook.cells.pop(1)
    begin = notebook.cells.pop(place(notebook, 1, "begin"))
    notebook.cells += [opening, begin]


def retype(part: str, kind: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        for number in range(1, 5):
            changed = cell(notebook, number, part)
            changed.cell_type = kind
            del changed["outputs"], changed["execution_count"]

    return change


def tests_first(notebook: NotebookNode) -> None:
    for number in range(1, 5):
        check = notebook.cells.pop(place(notebook, number, "check"))
        notebook.cells.insert(place(notebook, number, "task") + 1, check)


def edit_tests(notebook: NotebookNode) -> None:
    for number in range(1, 5):
        cell(notebook, number, "check").source = f"print({number})\n2.0"


def hand_over_another_name(notebook: NotebookNode) -> None:
    answer = cell(notebook, 1, "answer")
    answer.source = answer.source.replace("course", "emne")
    cell(notebook, 1, "check").source = 'check("2.1", emne)'


def answer_in_the_check(notebook: NotebookNode) -> None:
    answer, check = cell(notebook, 1, "answer"), cell(notebook, 1, "check")
    check.source = f"{answer.source}\n{check.source}"
    answer.source = cell(read("exercises"), 1, "answer").source


def lose_metadata(notebook: NotebookNode) -> None:
    for each in notebook.cells:
        each.metadata = {}


def lose_names(notebook: NotebookNode) -> None:
    lose_metadata(notebook)
    notebook.nbformat_minor = 4
    for each in notebook.cells:
        del each["id"]


def same_names(notebook: NotebookNode) -> None:
    for number in range(1, 5):
        cell(notebook, number, "check").metadata.nbgrader.grade_id = "u2-t1-check"


def another_schema(notebook: NotebookNode) -> None:
    for number, version in enumerate((0, 1, 99, "x"), 1):
        cell(notebook, number, "check").metadata.nbgrader.schema_version = version


def spoil_metadata(notebook: NotebookNode) -> None:
    cell(notebook, 1, "check").metadata.nbgrader = "gone"
    cell(notebook, 2, "check").metadata.nbgrader.points = 2000
    cell(notebook, 3, "check").metadata.nbgrader = {"grade": True}
    cell(notebook, 4, "answer").metadata.nbgrader = {"grade_id": "u2-t4-answer"}


def own_code_only(notebook: NotebookNode) -> None:
    """A notebook of one's own: the code of the answers, nothing of the exercise."""
    code = [c.source for c in notebook.cells if c.id.endswith(("open", "begin", "answer"))]
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in code]


def merged(notebook: NotebookNode) -> None:
    """All code cells merged into the first one."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    code[0].source = "\n".join(c.source for c in code)
    notebook.cells = [c for c in notebook.cells if c.cell_type != "code" or c is code[0]]


def with_tags(notebook: NotebookNode) -> None:
    """Tags that would have nbclient leave cells out."""
    for number in range(1, 5):
        cell(notebook, number, "check").metadata["tags"] = ["skip-execution"]


def with_outputs(size: int) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        printed = nbformat.v4.new_output("stream", text="x" * size)
        cell(notebook, 1, "answer").outputs = [printed]

    return change


def with_half_a_letter(notebook: NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_code_cell("# \ud83d"))


def as_nbformat_3() -> bytes:
    """What an old notebook program writes: worksheets, `input`, no ids, no names."""
    cells = []
    for each in solved(1, 2, 3, 4).cells:
        if each.cell_type == "code":
            code = {"input": each.source.splitlines(True), "language": "python", "outputs": []}
            cells.append({"cell_type": "code", "collapsed": False, "metadata": {}, **code})
        else:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": each.source})
    old = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
    return json.dumps({**old, "worksheets": [{"cells": cells, "metadata": {}}]}).encode()


def cut_off() -> bytes:
    """What an upload leaves that broke off within the third answer."""
    raw = written(solved(1, 2, 3, 4))
    return raw[: raw.index(b"u2-t3-answer")]


def lesson() -> bytes:
    return (paths.notebooks() / f"{UNIT}.ipynb").read_bytes()


def another_unit() -> bytes:
    return written(solved(1, 2, 3, 4)).replace(b'"u2-', b'"u7-').replace(b'(\\"2.', b'(\\"7.')


def damaged() -> Iterable[Damaged]:
    full = written(solved(1, 2, 3, 4))
    yield Damaged("copied-test", after(copy_test), ("test-copied",))
    yield Damaged("copied-task", after(copy_task), ("test-copied",))
    yield Damaged("answer-below-its-check", after(answer_below_check), ("test-moved",))
    yield Damaged("answer-copied-far-below", after(copy_an_answer_far_below), ())
    yield Damaged("two-tries-below", after(two_tries_below_the_check), ("test-moved",))
    elsewhere = ("answer-found", "test-moved")
    yield Damaged("own-cells-above", after(own_cell(above=True)), elsewhere)
    yield Damaged("own-cells-below", after(own_cell(above=False)), elsewhere)
    yield Damaged("windows-lines", after(windows_lines), ())
    yield Damaged("deleted-tests", after(delete_tests), ("test-missing",))
    yield Damaged("deleted-given", after(delete_given), ("given-missing",))
    yield Damaged("given-at-the-end", after(move_given_down), ("given-moved",))
    yield Damaged("tests-as-text", after(retype("check", "markdown")), ("test-retyped",))
    yield Damaged("tests-raw", after(retype("check", "raw")), ("test-retyped",))
    yield Damaged("answers-as-text", after(retype("answer", "markdown")), ("answer-retyped",))
    yield Damaged("tests-first", after(tests_first), ("test-moved",))
    yield Damaged("edited-tests", after(edit_tests), ("test-edited",))
    edited = ("handed-over", "test-edited")
    yield Damaged("another-name", after(hand_over_another_name), edited)
    yield Damaged("answer-in-the-check", after(answer_in_the_check), ("own-code", "test-edited"))
    yield Damaged("no-metadata", after(lose_metadata), ("metadata",))
    yield Damaged("no-names", after(lose_names), ("answer-found", "metadata"))
    yield Damaged("same-names", after(same_names), ("metadata",))
    yield Damaged("another-schema", after(another_schema), ())
    yield Damaged("spoiled-metadata", after(spoil_metadata), ("metadata",))
    yield Damaged("own-code-only", after(own_code_only), ("answer-found", "test-missing"))
    yield Damaged("merged", after(merged), ("test-missing",))
    yield Damaged("tagged", after(with_tags), ())
    yield Damaged("old-outputs", after(with_outputs(50_000_000)), ("outputs",))
    yield Damaged("half-a-letter", after(with_half_a_letter), ())
    yield Damaged("nbformat-3", as_nbformat_3(), ("answer-found", "metadata", "old-format"))
    yield Damaged("cut-off", cut_off(), ("cut", "test-missing"), (2, 2, 0, 0))
    yield Damaged("more-behind", full + b"\n<<<<<<< HEAD", ("cut",))
    yield Damaged("utf-16", full.decode().encode("utf-16"), ("encoding",))
    yield Damaged("with-a-mark", b"\xef\xbb\xbf" + full, ("encoding",))
    yield Damaged("latin", latin(), ("encoding",))
    yield Damaged("empty", b"", ("refused.empty",), NONE)
    yield Damaged("blank", b"\n \n", ("refused.empty",), NONE)
    yield Damaged("no-cells", b'{"cells": [], "metadata": {}}', ("refused.no-notebook",), NONE)
    yield Damaged("no-json", b"course = 1", ("refused.no-notebook",), NONE)
    yield Damaged("a-list", b"[1, 2]", ("refused.no-notebook",), NONE)
    yield Damaged("deep", b'{"cells":' + b"[" * 100_000, ("refused.no-notebook",), NONE)
    yield Damaged("a-web-page", b"<!DOCTYPE html><html>", ("refused.web-page",), NONE)
    yield Damaged("an-archive", b"PK\x03\x04....", ("refused.archive",), NONE)
    yield Damaged("the-lesson", lesson(), ("refused.lesson",), NONE)
    yield Damaged("another-unit", another_unit(), ("refused.another-unit",), NONE)
    other = written(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)")]))
    yield Damaged("something-else", other, ("refused.no-tasks",), NONE)
