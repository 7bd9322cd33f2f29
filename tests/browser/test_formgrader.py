"""Formgrader on what `grade` wrote: it opens, and what a person enters survives grading again."""

import subprocess
import sys

import nbformat
import pytest
import submissions
from jupyterlab_server import SHOTS, environment, serving
from nbgrader.api import Gradebook

pytestmark = pytest.mark.slow

UNIT = submissions.UNIT
HANDED_IN = {"right": submissions.solved(1, 2, 3, 4), "untouched": submissions.read("exercises")}
TEST, ANSWER = "u2-t1-check", "u2-t1-answer"
NO_MATHJAX = "window.MathJax = {Hub: {Config() {}, Startup: {signal: {Interest() {}}}}};"
"""In place of what formgrader loads from the network."""
WORDS = "Told me on the phone how it is done."


def graded(checkout, *options: str) -> None:
    command = [sys.executable, "-m", "intark_lab", "grade", submissions.UNIT, *options]
    subprocess.run(command, cwd=checkout, env=environment(checkout), check=True)


@pytest.fixture(scope="module")
def server(checkout):
    for student, notebook in HANDED_IN.items():
        folder = checkout / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{UNIT}.ipynb")
    graded(checkout)
    with serving(checkout, "--instructor") as server:
        yield server


@pytest.fixture
def submission(server, page):
    """The page on which a person grades `untouched`; opens it, and again."""
    page.request.get(f"{server.base}lab?token={server.token}")  # leaves the cookie
    script = {"body": NO_MATHJAX, "content_type": "text/javascript"}
    page.route("**/cdnjs.cloudflare.com/**", lambda route: route.fulfill(**script))
    with Gradebook(f"sqlite:///{server.checkout}/gradebook.db") as book:
        number = book.find_submission_notebook(UNIT, UNIT, "untouched").id

    def opened():
        page.goto(f"{server.base}formgrader/submissions/{number}/")
        page.locator(f"#{TEST}").wait_for()
        return page

    return opened


def entered(page, name: str, value: str, place: str) -> None:
    """Fill in a field, leave it, and wait until it is saved."""
    page.locator(f"#{name}").fill(value)
    with page.expect_response(lambda answer: place in answer.url and answer.ok):
        page.locator(f"#{name}").blur()


def test_a_point_and_a_comment_survive_grading_again(server, submission):
    page = submission()
    entered(page, TEST, "1.5", "/api/grade/")
    entered(page, f"{ANSWER}-comment", WORDS, "/api/comment/")
    graded(server.checkout, "--force")
    page = submission()
    page.wait_for_function(f"document.getElementById('{TEST}').value === '1.5'")
    assert page.locator(f"#{ANSWER}-comment").input_value() == WORDS
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "formgrader-submission.png")
    feedback = server.checkout / "feedback" / "untouched" / UNIT / f"{UNIT}.html"
    said = feedback.read_text("utf-8")
    assert WORDS in said
    assert "1.5 of 2" in said


def test_the_list_shows_the_points(server, page, submission):
    submission()
    page.goto(f"{server.base}formgrader/gradebook/{UNIT}/{UNIT}")
    page.locator("tbody tr").nth(1).wait_for()
    shown = page.locator("tbody").inner_text()
    assert "8 / 8" in " ".join(shown.split())
