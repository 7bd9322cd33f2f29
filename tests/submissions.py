"""The submissions of unit 02 that the grading test hands in, and the points of each task."""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy

import nbformat
from nbformat import NotebookNode

from intark_lab import paths
from intark_lab.settings import COURSE_SEED
from intark_lab.sources import Sources
from intark_lab.world import World

UNIT = "02-call-an-api"
MARKS = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.M)

ANOTHER_CLIENT = """
def make_client():
    address, key = (os.environ[f"INTARK_{name}"] for name in ("GATEWAY_URL", "API_KEY"))
    limits = httpx.Timeout(5, connect=2)
    return httpx.Client(base_url=address, timeout=limits, headers={"x-gravitee-api-key": key})
"""
FROZEN_CLIENT = """
KEY = os.environ["INTARK_API_KEY"]


def make_client():
    headers = {"X-Gravitee-Api-Key": KEY}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers, timeout=10)
"""
LITERAL_CLIENT = """
def make_client():
    return httpx.Client(base_url="http://127.0.0.1:9", headers={"X-Gravitee-Api-Key": "abc"})
"""
SEARCHED_COURSE = """
wanted, course, offset = lab.task("2.1").emne_id, None, 0
with httpx.Client(
    base_url=os.environ["INTARK_GATEWAY_URL"] + "/fs/emner/v1",
    headers={"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]},
) as searching:
    while course is None:
        items = searching.get("/emner", params={"limit": 100, "offset": offset}).json()["items"]
        course = next((item for item in items if item["id"] == wanted), None)
        offset += 100
"""
BY_STATUS = """
def decide(response):
    words = {200: "use", 400: "fix request", 401: "check access", 403: "not allowed"}
    words |= {404: "not found", 405: "not allowed", 429: "wait and retry"}
    return words.get(response.status_code, "retry")
"""
FIRST_PAGE = """
def fetch_all(client):
    url = "/fs/emner/v1/undervisningsaktiviteter"
    return client.get(url, params={"limit": 100}).json()["items"]
"""
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = f"""
from base64 import b64decode
from IPython.display import Image

Image(b64decode("{DOT}"), format="png", alt="A dot that a cell drew")
"""
EXITS = """
def fetch_all(client):
    raise SystemExit("enough")
"""


def read(folder: str) -> NotebookNode:
    """The unit's notebook in `solutions` or `exercises`."""
    return nbformat.read(getattr(paths, folder)() / UNIT / f"{UNIT}.ipynb", as_version=4)


def cell(notebook: NotebookNode, number: int, part: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == f"u2-t{number}-{part}")


def solved(*numbers: int) -> NotebookNode:
    """The exercise with the solution's answers to these tasks."""
    notebook, solution = read("exercises"), read("solutions")
    for number in numbers:
        source = cell(solution, number, "answer").source
        cell(notebook, number, "answer").source = MARKS.sub("", source)
    return notebook


def answered(number: int, source: str) -> NotebookNode:
    """The solved exercise, but for another answer to one task."""
    notebook = solved(1, 2, 3, 4)
    cell(notebook, number, "answer").source = source.strip()
    return notebook


def changed(change: Callable[[NotebookNode], None], *numbers: int) -> NotebookNode:
    """The exercise with these tasks solved, after a change to the notebook."""
    notebook = solved(*numbers)
    change(notebook)
    return notebook


def hard_coded() -> NotebookNode:
    """What the learner's own lab gave, written into the cells."""
    truth = Sources(World(COURSE_SEED))
    courses = truth.records("fs-emner", "emner")
    activities = truth.records("fs-emner", "undervisningsaktiviteter")
    notebook = read("exercises")
    answers = [
        f"course = {courses[30 + COURSE_SEED * 7919 % (len(courses) - 30)]!r}",
        LITERAL_CLIENT.strip(),
        'def decide(response):\n    return "use"',
        f"def fetch_all(client):\n    return {activities!r}",
    ]
    for number, source in enumerate(answers, 1):
        cell(notebook, number, "answer").source = source
    return notebook


def without(number: int, part: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.remove(cell(notebook, number, part))


def edit_checks(notebook: NotebookNode) -> None:
    for number in range(1, 5):
        cell(notebook, number, "check").source = "2.0"


def check_as_text(notebook: NotebookNode) -> None:
    check = cell(notebook, 1, "check")
    check.cell_type = "markdown"
    del check["outputs"], check["execution_count"]


def last_first(notebook: NotebookNode) -> None:
    """The last task before the first one."""
    start = notebook.cells.index(cell(notebook, 1, "task"))
    moved = [cell(notebook, 4, part) for part in ("task", "answer", "check")]
    for each in moved:
        notebook.cells.remove(each)
    notebook.cells[start:start] = moved


def add_pictures(notebook: NotebookNode) -> None:
    """One in a text cell's attachment, one that a cell brings out."""
    text = nbformat.v4.new_markdown_cell("![A dot in a text](attachment:a.png)")
    text.attachments = {"a.png": {"image/png": DOT}}
    notebook.cells[-1:] = [text, nbformat.v4.new_code_cell(PICTURE.strip())]


def left_by_a_run(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec.name = "my-own-kernel"
    for number in range(1, 5):
        done = cell(notebook, number, "check")
        done.execution_count = 30 + number
        done.outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=["old"])]


def submissions() -> Iterable[tuple[str, NotebookNode, tuple[float, ...]]]:
    """Student, notebook, and the points of the four tasks."""
    full, untouched, three = solved(1, 2, 3, 4), read("exercises"), (1, 2, 3)
    yield "right-1", full, (2, 2, 2, 2)
    yield "right-2", deepcopy(full), (2, 2, 2, 2)
    yield "right-3", deepcopy(full), (2, 2, 2, 2)
    yield "untouched", untouched, (0, 0, 0, 0)
    yield "hard-coded", hard_coded(), (0, 0, 0, 0)
    yield "another-client", answered(2, ANOTHER_CLIENT), (2, 2, 2, 2)
    yield "searched", answered(1, SEARCHED_COURSE), (1, 2, 2, 2)
    yield "frozen-key", answered(2, FROZEN_CLIENT), (2, 1, 2, 2)
    yield "by-status", answered(3, BY_STATUS), (2, 2, 1, 2)
    yield "first-page", answered(4, FIRST_PAGE), (2, 2, 2, 0)
    yield "exits", answered(4, EXITS), (2, 2, 2, 0)
    yield "only-one", solved(1), (2, 0, 0, 0)
    yield "raises", answered(1, "course = {}['id']"), (0, 2, 2, 2)
    yield "does-not-parse", answered(3, "def decide(response"), (2, 2, 0, 2)
    yield "renamed-variable", answered(1, "emne = {}"), (0, 2, 2, 2)
    yield "renamed-function", answered(2, "def client():\n    pass"), (2, 0, 2, 2)
    yield "no-answer-cell", changed(without(1, "answer"), 1, 2, 3, 4), (0, 2, 2, 2)
    yield "no-check-cell", changed(without(2, "check"), 1, 2, 3, 4), (2, 2, 2, 2)
    yield "no-set-up-cell", changed(lambda n: n.cells.pop(1), *three), (2, 2, 2, 0)
    yield "with-pictures", changed(add_pictures, 3), (0, 0, 2, 0)
    yield "edited-checks", changed(edit_checks), (0, 0, 0, 0)
    yield "check-as-text", changed(check_as_text, 1), (2, 0, 0, 0)
    yield "last-task-first", changed(last_first, *three), (2, 2, 2, 0)
    yield "left-by-a-run", changed(left_by_a_run, 2, 3), (0, 2, 2, 0)
