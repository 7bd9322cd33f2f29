"""The page that a learner gets back: what it says, and that nothing in it can run."""

import re
from html.parser import HTMLParser

import nbformat
import pytest
from damaged import written
from submissions import DOT, UNIT, cell, read, solved

from intark_lab.grading.feedback.export import rendered
from intark_lab.grading.feedback.model import page
from intark_lab.grading.repair import repair

output = nbformat.v4.new_output
MISSED = "Task 2.1, Get a course by its id: not there yet, 0 of 2 points.\n\n`course` is `None`."
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<iframe src=//bad.example></iframe>",
    "</pre><b>8 of 8 points</b>",
    "</details><style>body{display:none}</style>",
]


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str):
        super().__init__()
        self.seen: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


def graded(notebook=None, points=(2, 1, 0, 2), **said):
    """A graded notebook: repaired, with checks' outputs, and the gradebook's points."""
    made = repair(written(notebook or solved(1, 2, 3, 4)), read("exercises"), UNIT).notebook
    for number, earned in enumerate(points, 1):
        check = cell(made, number, "check")
        check.metadata.nbgrader.score = earned
        check.outputs = [output("stream", text=f"Said of {number}.\n")]
    made.metadata.intark.update(said)
    return made


def html_of(notebook, **graded) -> str:
    sums = {"assignment": UNIT, "score": 5.0, "max_score": 8.0, "late_penalty": 0, **graded}
    return rendered("feedback.html.j2", page=page(notebook, sums))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<body>")[2]).split())


def test_points_and_messages_of_each_task():
    said = text_of(html_of(graded()))
    assert "Call an API 5 of 8 points." in said
    assert "2.3 Say what a status asks of you 0 of 2 points. Said of 3." in said
    assert said.count("not recorded") == 8


def test_what_the_learners_lab_recorded():
    record = {"2.1": {"attempts": 4, "hint_level": 2}, "2.2": {"hint_level": 4}}
    said = text_of(html_of(graded(record=record)))
    assert "2.1 Get a course by its id 2 of 2 4 2 hints" in said
    assert "environment 1 of 2 not recorded solution" in said


def test_an_error_is_its_message_without_escape_sequences():
    notebook = graded()
    traceback = ["\x1b[0;31m----\x1b[0m", "\x1b[31mNameError\x1b[0m: course"]
    error = output("error", ename="NameError", evalue="\x1b[1mcourse", traceback=traceback)
    cell(notebook, 1, "check").outputs = [error]
    cell(notebook, 1, "answer").outputs = [error]
    html = html_of(notebook)
    assert "The check ended in NameError : course" in text_of(html)
    assert "\x1b" not in html
    assert "[31m" not in html


def test_a_shortfall_is_said_in_the_checks_words():
    notebook = graded()
    cell(notebook, 1, "check").outputs = [
        output("error", ename="Shortfall", evalue=MISSED, traceback=[MISSED])
    ]
    assert "<p><code>course</code> is <code>None</code>.</p>" in html_of(notebook)


def test_what_was_repaired_refused_or_stopped_is_said():
    said = text_of(html_of(graded(repaired=["One was put back."], refused="It is empty.")))
    assert "mended: One was put back." in said
    assert "could not be graded: It is empty." in said
    assert "Your code" not in said
    run = {"failure": "It took too long.", "seed": 77, "scores": []}
    said = text_of(html_of(graded(graded=run)))
    assert "It took too long." in said
    assert "open_lab(seed=77, fresh=True)" in said


def test_the_labs_own_words_go_before_the_cells():
    run = {"scores": [{"cell": "u2-t1-check", "message": "As recorded."}]}
    assert "As recorded." in html_of(graded(graded=run))
    assert "Said of 1." not in html_of(graded(graded=run))


def test_a_comment_and_a_late_penalty_are_shown():
    notebook = graded()
    cell(notebook, 1, "answer").metadata.nbgrader.comment = "Look at <limit> again."
    html = html_of(notebook, late_penalty=1)
    assert "Look at &lt;limit&gt; again." in html
    assert "1 points are taken off" in html


def test_no_hidden_test_is_shown():
    notebook = graded()
    check = cell(notebook, 1, "check")
    check.source = (
        "### BEGIN HIDDEN TESTS\nassert course['secret']\n### END HIDDEN TESTS\n" + check.source
    )
    trace = ["assert course['secret']"]
    check.outputs = [output("error", ename="AssertionError", evalue="", traceback=trace)]
    html = html_of(notebook)
    assert "secret" not in html
    assert "HIDDEN" not in html
    assert "check(" in html


def test_every_picture_has_words():
    notebook = solved(1)
    text_cell = nbformat.v4.new_markdown_cell("![A dot in a text](attachment:a.png)")
    text_cell.attachments = {"a.png": {"image/png": DOT}}
    notebook.cells.append(text_cell)
    notebook = graded(notebook)
    shown = [
        output("display_data", {"image/png": DOT}, metadata={"image/png": {"alt": 'A "dot"'}}),
        output("display_data", {"image/png": DOT}),
        output("display_data", {"image/svg+xml": "<svg onload='alert(1)'/>"}),
    ]
    cell(notebook, 1, "answer").outputs = shown
    pictures = [attributes for tag, attributes in Tags(html_of(notebook)).seen if tag == "img"]
    none = "A picture that the cell drew. It has no description."
    assert [each["alt"] for each in pictures] == ['A "dot"', none, none, "A dot in a text"]
    assert all(each["src"].startswith("data:image/") for each in pictures)


@pytest.mark.parametrize("bad", HOSTILE)
def test_nothing_a_stranger_wrote_becomes_part_of_the_page(bad):
    notebook = solved(1)
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"{bad}\n\n[x](javascript:alert(1))"))
    notebook.cells.append(nbformat.v4.new_code_cell(bad))
    notebook = graded(notebook)
    shown = {"text/html": f"<table onclick=x><tr><td>{bad}</td></tr></table>"}
    cell(notebook, 1, "answer").outputs = [
        output("stream", text=bad),
        output("display_data", shown),
        output("display_data", {"text/html": bad, "text/plain": bad}),
        output("error", ename=bad, evalue=bad, traceback=[bad]),
    ]
    cell(notebook, 2, "check").outputs = [output("error", ename=bad, evalue=bad, traceback=[])]
    before, after = (Tags(html_of(each)).seen for each in (graded(solved(1)), notebook))
    allowed = {"script", "iframe", "b", "img"}
    assert [tag for tag, _ in after if tag in allowed] == []
    assert sum(tag == "style" for tag, _ in after) == 1
    attributes = {name for _, each in after for name in each}
    assert attributes <= {name for _, each in before for name in each} | {"class"}
    links = [each["href"] for tag, each in after if tag == "a"]
    assert not any(link.startswith("javascript") for link in links)


@pytest.mark.parametrize("piece", ["\n", "\\begin{a}", "\\\\(", "[a](", "![x](attachment:"])
def test_a_page_is_written_whatever_a_text_repeats(piece):
    notebook = solved(1)
    for made in (nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell):
        notebook.cells += [made(piece * (size // len(piece))) for size in (19_000, 900_000)]
    assert "<html" in html_of(graded(notebook))


def test_a_table_keeps_its_cells():
    notebook = graded()
    table = '<div><style>x</style><table border="1"><tr><th>a &amp; b</th></tr></table></div>'
    cell(notebook, 1, "answer").outputs = [
        output("execute_result", {"text/html": table, "text/plain": "a & b"})
    ]
    assert "<table><tr><th>a &amp; b</th></tr></table>" in html_of(notebook)


def test_a_page_loads_nothing_and_fits_a_phone():
    tags = Tags(html_of(graded())).seen
    policies = [each.get("content", "") for tag, each in tags if tag == "meta"]
    assert any(policy.startswith("default-src 'none'; img-src data:") for policy in policies)
    assert "width=device-width, initial-scale=1" in policies
    assert not [tag for tag, each in tags if tag in ("script", "link") or "srcset" in each]


def test_long_output_is_cut():
    notebook = graded()
    cell(notebook, 1, "answer").outputs = [output("stream", text="x" * 10**6)]
    assert len(html_of(notebook)) < 60_000
