"""Cells in the sandbox do what they do in a notebook's kernel: both are run and compared."""

import json
import os
import re

import held
import nbformat
import pytest
from course_notebooks import FILES
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute

from intark_lab import paths

AWKWARD = {
    "value": "1 + 1",
    "nothing": "x = 1",
    "semicolon": "1;",
    "no code": "# nothing but a comment",
    "streams": "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "below streams": "import os\nos.write(1, b'raw') and None",
    "program": "import os\nos.system('echo program')",
    "shell": "!echo shell",
    "shell's value": "said = !echo lines\nsaid",
    "cell magic": "%%bash\necho bash; echo error >&2",
    "capture": "%%capture kept\nprint('hidden')",
    "captured": "kept.stdout",
    "writefile": "%%writefile helper.py\nnumber = 5",
    "own module": "import helper\nhelper.number",
    "run": "%run helper.py\nnumber",
    "env": "%env NEW=1",
    "no magic": "%nosuchmagic",
    "who": "%who_ls str",
    "history": "%history -l 1",
    "await": "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "async for": "async def g():\n    yield 1\n[i async for i in g()]",
    "async error": "async def f():\n    1 / 0\nawait f()",
    "task": "task = asyncio.create_task(asyncio.sleep(0, 'done'))",
    "its result": "await task",
    "run in a loop": "later = asyncio.sleep(0)\nasyncio.run(later)",
    "closed": "later.close()",
    "error": "def f(n):\n    return 1 / n\nf(0)",
    "chain": "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error",
    "group": "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])",
    "own error": "class Own(Exception):\n    _render_traceback_ = lambda self: ['own']\nraise Own",
    "syntax": "def f(:",
    "indent": "  1",
    "exit": "import sys\nsys.exit(3)",
    "interrupt": "raise KeyboardInterrupt",
    "assert": "assert False, 'no'",
    "warning": "import warnings\nwarnings.warn('old')",
    "input": "input('name? ')",
    "password": "import getpass\ngetpass.getpass()",
    "read": "import sys\nsys.stdin.read()",
    "repr error": "class Bad:\n    def __repr__(self):\n        raise ValueError('no repr')\nBad()",
    "html": "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))",
    "own repr": "class H:\n    def _repr_html_(self):\n        return '<i>h</i>'\nH()",
    "markdown": "from IPython.display import Markdown\nMarkdown('*m*')",
    "json": "from IPython.display import JSON\nJSON({'a': 1})",
    "update": "shown = display(HTML('1'), display_id='d')\nshown.update(HTML('2'))",
    "clearing": "from IPython.display import clear_output",
    "clear": "print('gone')\nclear_output()\nprint('kept')",
    "clear and wait": "print('gone')\nclear_output(wait=True)\nprint('kept')",
    "forgotten": "import matplotlib\nmatplotlib.pyplot",
    "table": "import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['x', 'y']})",
    "plotting": "import matplotlib.pyplot as plt",
    "plot": "fig, ax = plt.subplots(figsize=(2, 1))\nax.plot([1, 2])",
    "figure": "fig",
    "two plots": "plt.plot([1]); plt.show(); plt.plot([2]); plt.title('t');",
    "inline": "%matplotlib inline\nplt.bar(['a'], [1]);",
    "backend": "matplotlib.get_backend()",
    "table's plot": "pd.Series([1, 2]).plot();",
    "thread": "import threading\nt = threading.Thread(target=print, args=['thread'])\nt.start()",
    "joined": "t.join()",
    "child": "pid = os.fork()\nif pid == 0:\n    os._exit(0)",
    "its end": "os.waitpid(pid, 0)[1]",
    "main": "__name__, __import__('__main__').x",
    "last": "_",
    "in and out": "len(In) > 20, Out[1]",
    "shell object": "type(get_ipython()).__name__, hasattr(get_ipython(), 'kernel')",
    "interactive": "get_ipython().ast_node_interactivity",
    "modules": "import concurrent\nconcurrent.futures.__name__",
    "path": "import sys\nsys.path.index(''), sys.argv[1]",
    "unicode": "print('æøå', '\\N{SNOWMAN}')",
    "carriage": "print('a\\rb')",
    "long": "list(range(2000))",
    "logging": "import logging\nlogging.warning('warned')",
    "random": "import random\n0 <= random.random() < 1",
    "set next": "get_ipython().set_next_input('more')",
    "page": "pd.Series?",
    "reset": "%reset -f",
    "after it": "'x' in globals()",
}  # fmt: skip
BELOW = ("below streams", "program", "shell")
"""Cells in a row. A busy kernel shows what is written below its streams in the next of them."""
SAME = (
    (re.escape(os.path.expanduser("~")), "~"),
    (r"http://127\.0\.0\.1:\d+/labs/\w+", "LAB"),
    (r"127\.0\.0\.1:\d+", "HOST"),
    (r"0x[0-9a-f]+", "0x"),
    (r"/[a-z/]+/ipykernel_\d+/\d+", "ipykernel"),
    (r"ipykernel_\d+/\d+", "ipykernel"),
    (r'("time": )"[^"]*"', r'\1""'),
)
"""What differs from one run to the next in a kernel, too."""


@pytest.fixture(scope="module", autouse=True)
def _level():
    held.full()


def in_a_kernel(notebook, folder) -> list[list[dict]]:
    """The outputs of each code cell, as nbgrader's Execute gets them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "autograde")
        patch.setenv("INTARK_GRADING_SEED", "7")
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        patch.delenv("PYTEST_CURRENT_TEST")  # ipykernel would not see what programs write
        resources = {"metadata": {"path": str(folder)}}
        Execute(timeout=60, shutdown_kernel="immediate").preprocess(notebook, resources)
    return outputs(notebook)


def in_the_sandbox(notebook) -> list[list[dict]]:
    report, _ = held.graded(notebook)
    assert report.failure == ""
    return outputs(nbformat.reads(report.notebook.decode(), as_version=4))


def outputs(notebook) -> list[list[dict]]:
    return [tidy(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def tidy(found) -> list[dict]:
    """Outputs with each stream's text in one piece, and without what differs in any two runs."""
    streams: dict[str, str] = {}
    others = []
    for output in json.loads(json.dumps(found)):
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        else:
            others.append(output)
    text = json.dumps([streams, *others], sort_keys=True, ensure_ascii=False)
    for pattern, same in SAME:
        text = re.sub(pattern, same, text)
    return json.loads(text)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    made = [new_notebook(cells=[new_code_cell(code) for code in AWKWARD.values()]) for _ in "12"]
    return in_a_kernel(made[0], tmp_path_factory.mktemp("work")), in_the_sandbox(made[1])


def cell(notebook: list[list[dict]], name: str) -> list[dict]:
    return notebook[list(AWKWARD).index(name)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in AWKWARD if name not in BELOW])
def test_an_awkward_cell(both, name):
    real, ours = (cell(each, name) for each in both)
    assert ours == real


@pytest.mark.slow
def test_what_is_written_below_the_streams(both):
    real, ours = ([cell(each, name) for name in BELOW] for each in both)
    assert [streams["stdout"] for streams, *_ in ours] == ["raw", "program\n", "shell\r\n"]
    assert "".join(streams.get("stdout", "") for streams, *_ in real) == "rawprogram\nshell\r\n"
    assert [others for _, *others in ours] == [others for _, *others in real]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=[str(f.relative_to(paths.ROOT)) for f in FILES])
def test_every_notebook_of_the_course(file, tmp_path):
    real = in_a_kernel(nbformat.read(file, as_version=4), tmp_path)
    assert in_the_sandbox(nbformat.read(file, as_version=4)) == real
