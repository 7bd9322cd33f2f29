"""The program that a lesson leaves behind: what is in it, and that it runs without the lab."""

import os
import subprocess
import sys
from pathlib import Path

import brom_steps
import httpx
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from intark_lab import paths
from intark_lab.jupyter.script import TAG, composed, of_unit
from intark_lab.lab import LabError

LESSONS = sorted(file.stem for file in paths.notebooks().glob("0[1-9]-*.ipynb"))


def program(*sources: str, untagged: str = "") -> str:
    tagged = [new_code_cell(source, metadata={"tags": [TAG]}) for source in sources]
    return composed([new_code_cell(untagged), *tagged])


TABLE = [
    # what, cells, program
    ("a value is printed", ["x = 1\nx, x + 1"], "\n\nx = 1\nprint(x, x + 1)\n"),
    ("a value in parentheses", ["(1, 2)"], "\n\nprint(1, 2)\n"),
    ("a call at the end", ["len([])", "len([1])"], "\n\nlen([])\n\n\nprint(len([1]))\n"),
    ("a print stays", ["print(1)"], "\n\nprint(1)\n"),
    (
        "imports come first",
        ["x = 1", "import os\nos.sep"],
        "import os\n\n\nx = 1\n\n\nprint(os.sep)\n",
    ),
]


@pytest.mark.parametrize(("sources", "made"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_what_becomes_of_cells(sources, made):
    assert program(*sources) == made


def test_only_imports_that_are_used_come_along():
    imports = "import httpx\nimport json as j\nimport os\n\nfrom intark_lab import open_lab"
    made = program("print(j.dumps(os.sep), open_lab)", untagged=imports)
    assert made.split("\n\n\n")[0] == "import json as j\nimport os"


def test_the_learners_own_copy_is_taken(tmp_path):
    copy = new_notebook(cells=[new_code_cell("mine = 1", metadata={"tags": [TAG]})])
    nbformat.write(copy, tmp_path / "02-call-an-api.ipynb")
    nbformat.write(new_notebook(), tmp_path / "02-call-an-api-original.ipynb")  # restored beside it
    assert "mine = 1" in of_unit("02", tmp_path).code
    assert of_unit("2", tmp_path) == of_unit("02", tmp_path)
    assert "mine" not in of_unit("02", Path("/")).code


def test_what_is_no_program_says_so(lab, tmp_path):
    copy = new_notebook(cells=[new_code_cell("%time 1", metadata={"tags": [TAG]})])
    nbformat.write(copy, tmp_path / "02-call-an-api.ipynb")
    with pytest.raises(LabError, match="no plain Python"):
        of_unit("02", tmp_path)
    with pytest.raises(LabError, match="no lesson 77"):
        lab.script("77")


def test_it_is_written_beside_the_notebook_and_shown(lab, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lab.script("02")
    (file,) = tmp_path.glob("*.py")
    shown = capsys.readouterr().out
    assert file.name in shown
    assert file.read_text() in shown
    assert "`INTARK_GATEWAY_URL`, `INTARK_API_KEY`" in " ".join(shown.split())


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lessons_program_runs_with_the_variables_alone(lab, lesson, tmp_path):
    made = of_unit(lesson[:2], Path("/"))
    lab.join()
    if "INTARK_AMQP_URL" in made.variables:
        let_consume(lab)
    needed = {name: os.environ[name] for name in made.variables}
    (tmp_path / made.name).write_text(made.code)
    run = subprocess.run(
        [sys.executable, "-I", made.name],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "MPLBACKEND": "agg", "NO_PROXY": "127.0.0.1", **needed},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.strip()
    assert "intark_lab" not in made.code


def let_consume(lab):
    """A consumer's address in the environment, as its owner takes it from the portal, and mail."""
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as brom:
        name = brom_steps.register(brom, "course-register")
        brom_steps.ask(brom, name, brom_steps.FS)
        lab.advance(minutes=1)
        os.environ["INTARK_AMQP_URL"] = brom_steps.connection(brom, name)["url"]
    lab.happens("a course changes name")
    lab.happens("a course changes name", "poison")
