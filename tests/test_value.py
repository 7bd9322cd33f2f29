"""The value of a test cell: a number within its points, whatever the cell put out."""

import nbformat
import pytest
from nbgrader.utils import determine_grade
from submissions import cell, read

from intark_lab.grading.value import settle

output = nbformat.v4.new_output


def result(said, **more):
    return output("execute_result", {"text/plain": said}, **more)


def said(text, name="stdout"):
    return output("stream", text=text, name=name)


RAISED = output("error", ename="Shortfall", evalue="not yet", traceback=["not yet"])
SHOWN = output("display_data", {"text/plain": "2.0"})
CASES = {
    "full": ([said("right\n"), result("2.0")], 2),
    "partial": ([result("1.0")], 1),
    "raised": ([RAISED], 0),
    "raised-after-a-value": ([result("2.0"), RAISED], 0),
    "stderr": ([said("UserWarning\n", "stderr"), result("2.0")], 2),
    "two-values": ([result("2.0"), result("1.0")], 1),
    "the-same-twice": ([result("1.0"), result("1.0")], 1),
    "no-output": ([], 0),
    "only-shown": ([SHOWN, said("2.0")], 0),
    "a-word": ([result("'full'")], 0),
    "true": ([result("True")], 0),
    "more-than-there-is": ([result("2.5")], 0),
    "less-than-nothing": ([result("-1")], 0),
    "not-a-number": ([result("nan")], 0),
    "infinite": ([result("inf")], 0),
    "lines": ([result(["2", ".0"])], 2),
    "no-text": ([output("execute_result", {"text/html": "2"})], 0),
}


@pytest.mark.parametrize(("outputs", "points"), CASES.values(), ids=CASES)
def test_nbgrader_reads_a_number_within_the_points(outputs, points):
    test = cell(read("exercises"), 1, "check")
    test.outputs = [nbformat.from_dict(output) for output in outputs]
    settle(test)
    assert determine_grade(test) == (points, 2)


def test_a_value_that_does_not_count_is_named():
    test = cell(read("exercises"), 1, "check")
    test.outputs = [result("99")]
    settle(test)
    assert "ended in 99" in test.outputs[-1].evalue


def test_a_test_without_check_keeps_nbgraders_reading():
    test = cell(read("exercises"), 1, "check")
    test.source = "assert course"
    settle(test)
    assert determine_grade(test) == (2, 2)
