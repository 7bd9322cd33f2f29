"""nbgrader's own `autograde` on submissions that are not in form: none stops the batch."""

import pytest
from damaged import FULL, Damaged, damaged, written
from nbgrader.api import Gradebook
from running import copy_checkout, nbgrader
from submissions import UNIT, answered

NOISY = """
import sys


def make_client():
    print("a warning", file=sys.stderr)
    headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers, timeout=10)
"""
ANOTHER_CHECK = "course = 1\n\n\ndef check(task, answer):\n    return {value}"

HANDED_IN = [
    *damaged(),
    Damaged("noisy", written(answered(2, NOISY)), ()),
    *(
        Damaged(name, written(answered(1, ANOTHER_CHECK.format(value=value))), (), (0, 0, 0, 0))
        for name, value in {"none": None, "word": "'full'", "more": 99, "less": -1}.items()
    ),
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The points of the four tasks, by submission."""
    root = copy_checkout(tmp_path_factory.mktemp("course"))
    for case in HANDED_IN:
        folder = root / "submitted" / case.name / UNIT
        folder.mkdir(parents=True)
        (folder / f"{UNIT}.ipynb").write_bytes(case.raw)
    nbgrader(root, "generate_assignment", UNIT)
    nbgrader(root, "autograde", UNIT)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        yield {s.student.id: _points(s) for s in gradebook.assignment_submissions(UNIT)}


def _points(submission) -> tuple[float, ...]:
    [notebook] = submission.notebooks
    scores = {grade.name: grade.auto_score for grade in notebook.grades}
    return tuple(scores[f"u2-t{number}-check"] for number in range(1, 5))


@pytest.mark.slow
@pytest.mark.parametrize("case", HANDED_IN, ids=lambda case: case.name)
def test_each_gets_what_a_person_would_give(graded, case):
    assert graded[case.name] == tuple(case.points)


def test_the_table_is_of_both_kinds():
    assert sum(case.points == FULL for case in HANDED_IN) > 25
    assert sum(case.refused for case in damaged() if case.notes) > 8
