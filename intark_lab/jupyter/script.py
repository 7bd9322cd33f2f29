"""A lesson's own program: the cells tagged `script`, with the imports that they need."""

import ast
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

from intark_lab import paths
from intark_lab.lab import LabError
from intark_lab.texts import text

TAG = "script"


class Script(NamedTuple):
    name: str
    """Of the file, such as `call-an-api.py`."""
    code: str

    @property
    def variables(self) -> list[str]:
        """The variables of the environment that it reads."""
        return list(dict.fromkeys(re.findall(r"INTARK_[A-Z_]+", self.code)))


def of_unit(unit: str, folder: Path) -> Script:
    """The program of the lesson whose name begins with `unit`, such as `02` or `2`.

    The learner's copy in `folder` counts, as it was last saved; else the course's own. Raises
    LabError where there is no such lesson, or where its cells are no plain Python.
    """
    for lesson in sorted(paths.notebooks().glob(f"{unit:0>2}-*.ipynb")):
        own = folder / lesson.name
        try:
            cells = _cells(own if own.is_file() else lesson)
            return Script(f"{lesson.stem[3:]}.py", composed(cells))
        except (SyntaxError, ValueError) as error:
            raise LabError(text("jupyter.script.broken", file=lesson.name, error=error)) from None
    raise LabError(text("jupyter.script.unknown", unit=unit))


def composed(cells: list[dict]) -> str:
    """The tagged cells in their order as one program, imports first.

    A value that a cell ends in is printed; that of a call only in the last cell. Raises
    SyntaxError where a cell is no plain Python.
    """
    sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    tagged = [_source(cell) for cell in cells if TAG in cell["metadata"].get("tags", [])]
    bodies = [_parted(source)[1] for source in tagged]
    parts = [_printing(each, every=each is bodies[-1]) for each in bodies]
    body = "\n\n\n".join(filter(None, parts))
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    imports = {line for source in sources for line in _parted(source)[0] if _bound(line) & used}
    return "\n".join([*sorted(imports, key=_order), "", "", body, ""])


def _cells(file: Path) -> list[dict]:
    return json.loads(file.read_text("utf-8"))["cells"]


def _source(cell: dict) -> str:
    return "".join(cell["source"]).strip()


def _parted(source: str) -> tuple[list[str], str]:
    """A cell's import lines, and the rest."""
    imports, rest = [], []
    for line in source.splitlines():
        (imports if re.match(r"(import|from) \w", line) else rest).append(line)
    return imports, "\n".join(rest).strip()


def _printing(source: str, every: bool) -> str:
    """`source` with a last line that is a value turned into a print of it; a call if `every`."""
    last = next(reversed(ast.parse(source).body), None)
    if not isinstance(last, ast.Expr) or (isinstance(last.value, ast.Call) and not every):
        return source
    if ast.get_source_segment(source, last).startswith("print("):
        return source
    values = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
    printed = ", ".join(ast.get_source_segment(source, value) for value in values)
    return "\n".join([*source.splitlines()[: last.lineno - 1], f"print({printed})"])


def _bound(line: str) -> set[str]:
    """The names that an import line binds; none where it is the lab's, or no whole line."""
    try:
        statement = ast.parse(line).body[0]
    except SyntaxError:
        return set()
    module = getattr(statement, "module", None) or statement.names[0].name
    if module.startswith("intark_lab"):
        return set()
    return {(name.asname or name.name).partition(".")[0] for name in statement.names}


def _order(line: str) -> tuple[bool, str]:
    return line.split()[1].partition(".")[0] not in sys.stdlib_module_names, line
