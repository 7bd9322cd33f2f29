"""What an instructor sees: formgrader, with the scores that autograde wrote."""

import subprocess

import nbformat
import pytest
import submissions
from jupyterlab_server import environment, serving

pytestmark = pytest.mark.slow

HANDED_IN = {
    "right": (submissions.solved(1, 2, 3, 4), "8 / 8"),
    "searched": (submissions.answered(1, submissions.SEARCHED_COURSE), "7 / 8"),
    "untouched": (submissions.read("exercises"), "0 / 8"),
}


@pytest.fixture(scope="module")
def server(checkout):
    for student, (notebook, _) in HANDED_IN.items():
        folder = checkout / "submitted" / student / submissions.UNIT
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{submissions.UNIT}.ipynb")
    for verb in ("generate_assignment", "autograde"):
        command = ["nbgrader", verb, submissions.UNIT]
        subprocess.run(command, cwd=checkout, env=environment(checkout), check=True)
    with serving(checkout, "--instructor") as server:
        yield server


def test_formgrader_shows_the_scores(page, notebook, server):
    page.goto(f"{server.base}lab/workspaces/test?reset&token={server.token}")
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader").click()
    formgrader = page.frame_locator("iframe")
    formgrader.get_by_role("link", name="Manage Students").click()
    rows = formgrader.locator("tbody tr")
    rows.filter(has_text="untouched").wait_for()
    notebook.keep("formgrader")
    shown = [row.split("\t") for row in rows.all_inner_texts()]
    assert {row[1]: row[3] for row in shown} == {
        student: score for student, (_, score) in HANDED_IN.items()
    }
