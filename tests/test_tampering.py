"""Submissions that tamper with their checks: what they get, and what a person is told."""

import held
import nbformat
import pytest
from submissions import answered, cell, hard_coded, read, solved

PATCHED = """
import intark_lab.tasks.evidence as evidence
plain = evidence.of_value
evidence.of_value = lambda answer: plain({"id": "forged"})
"""
TRANSFORMER = """
import ast
class Full(ast.NodeTransformer):
    def visit_Call(self, node):
        checks = isinstance(node.func, ast.Name) and node.func.id == "check"
        return ast.copy_location(ast.Constant(2.0), node) if checks else node
get_ipython().ast_transformers.append(Full())
"""
CAREFUL = TRANSFORMER.replace(
    '== "check"', '== "check" and not isinstance(node.args[1], ast.Constant)'
)
INPUT = """
def full(lines):
    return ["2.0"] if any(line.startswith("check(") for line in lines) else lines
get_ipython().input_transformers_post.append(full)
"""
HOOK = """
def before(info):
    if info.raw_cell.startswith("check("):
        get_ipython().user_ns["check"] = lambda *_: 2.0
get_ipython().events.register("pre_run_cell", before)
"""
EQUAL = """
class Equal(dict):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getitem__(self, key): return self
    def __bool__(self): return True
course = Equal()
"""
OWN_LAB = """
import intark_lab.lab as labs
mine = labs._fresh(1)
labs._current = mine
"""
LOUD = """
from intark_lab.tasks.show import Points
Points.__repr__ = lambda self: "2.0"
Points._repr_mimebundle_ = lambda *_, **__: {"text/plain": "2.0"}
"""
TWICE = """
answer = None
class Threads(dict):
    def items(self):
        lab.control("POST", "/tasks/2.1/judge", {"answer": {}, "type": "dict"})
        return super().items()
course = Threads()
"""
ASKS = """
for n in range(9):
    lab.control("POST", "/tasks/2.1/judge", {"answer": {"id": n}, "type": "dict"})
"""
TABLE = [
    # what it does before the first answer, points of 2.1, what is flagged
    ("replaces check", "check = lambda *_: 2.0", 0, {"no-record", "changed", "canary"}),
    ("empties checks", TRANSFORMER, 0, {"no-record", "changed", "canary"}),
    ("empties all but canaries", CAREFUL, 0, {"no-record", "changed"}),
    ("changes the text of checks", INPUT, 0, {"no-record", "changed", "canary"}),
    ("has a hook change check", HOOK, 0, {"no-record", "changed", "canary"}),
    ("changes what is sent", PATCHED, 0, {"changed", "canary"}),
    ("says equal to everything", EQUAL, 0, set()),
    ("takes a lab of its own", OWN_LAB, 0, {"canary"}),
    ("says other points", LOUD, 0, {"changed"}),
    ("has the judge asked twice", TWICE, 0, {"asked-again"}),
    ("asks the judge for the answer", ASKS, 0, {"asked-often"}),
]


def tampered(code: str):
    """The exercise, with `code` in the first answer's cell."""
    notebook = read("exercises")
    cell(notebook, 1, "answer").source = "course = {}\n" + code.strip()
    return notebook


@pytest.fixture(scope="module", autouse=True)
def _level():
    held.full()


@pytest.mark.parametrize(
    ("code", "points", "flags"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_tampering_earns_nothing_and_is_flagged(code, points, flags):
    report, _ = held.graded(tampered(code))
    assert report.scores[0].points == points
    assert {flag.kind for flag in report.flags} >= flags


@pytest.mark.parametrize(
    "notebook",
    [solved(1, 2, 3, 4), read("exercises"), hard_coded(), answered(3, "def decide(response")],
    ids=["solved", "untouched", "hard-coded", "does not parse"],
)
def test_nobody_else_is_flagged(notebook):
    assert held.graded(notebook)[0].flags == ()


def test_usual_hooks_are_no_tampering():
    notebook = solved(1)
    code = "%load_ext autoreload\n%autoreload 2\n%matplotlib inline\nimport pandas"
    notebook.cells.insert(2, nbformat.v4.new_code_cell(code))
    assert held.graded(notebook)[0].flags == ()


def test_the_score_is_the_labs_record():
    report, _ = held.graded(solved(1, 2, 3, 4))
    assert [score.points for score in report.scores] == [2, 2, 2, 2]
    assert [score.task for score in report.scores] == ["2.1", "2.2", "2.3", "2.4"]
    assert all(score.outcome == "right" and score.message for score in report.scores)


def test_each_seed_has_another_lab():
    first, second = (held.graded(read("exercises"))[1][0] for _ in range(2))
    assert first == second
    assert "of seed 7" in first
