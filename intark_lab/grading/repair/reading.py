"""What was handed in, read as far as it can be: bytes to cells, whatever happened to the file."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from intark_lab.texts import text

MOST_BYTES = 256 * 2**20
"""A larger file is not read. 50 MB of outputs fit in several times."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"))
_MARKS += ((codecs.BOM_UTF16_BE, "utf-16"),)
_CELL_BEGINS = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|metadata|source)"')
_MOST_CELLS = 5_000
_LARGE_OUTPUTS = 5 * 2**20
_ENDS = {"code": {"execution_count": None, "outputs": []}, "markdown": {}, "raw": {}}


class Note(NamedTuple):
    """Something to be said about a submission: `grading.NAME` is the text that says it."""

    name: str
    fields: dict

    def __str__(self) -> str:
        return " ".join(text(f"grading.{self.name}", **self.fields).split())


class Unreadable(Exception):
    """There are no cells in the file; `note` says what there is."""

    def __init__(self, name: str, **fields):
        super().__init__(name)
        self.note = Note(f"refused.{name}", fields)


def read_cells(raw: bytes) -> tuple[list[NotebookNode], list[Note]]:
    """The cells of a notebook file, in nbformat 4 whatever it was, and what had to be mended.

    Each has `cell_type`, `id` (maybe empty), `metadata`, `source` and, where there are any,
    `attachments`; code cells have `outputs`, as they came. Raises Unreadable.
    """
    if len(raw) > MOST_BYTES:
        raise Unreadable("too-large", size=len(raw) // 2**20)
    if raw.startswith(b"PK\x03\x04"):
        raise Unreadable("archive")
    said, notes = decoded(raw)
    if not said.strip("\x00 \t\r\n"):
        raise Unreadable("empty")
    try:
        found = json.loads(said, strict=False)
    except (ValueError, RecursionError):
        cells = list(_salvaged(said))
        notes.append(Note("repaired.cut", {"count": len(cells)}))
    else:
        cells, old = _listed(found)
        notes += [Note("repaired.old-format", {})] if old else []
    if not cells:
        raise Unreadable("web-page" if said.lstrip().startswith("<") else "no-notebook")
    if len(cells) > _MOST_CELLS:
        raise Unreadable("too-many", count=len(cells))
    if len(raw) > _LARGE_OUTPUTS:
        notes.append(Note("repaired.outputs", {"size": len(raw) // 10**6}))
    return [_cell(cell) for cell in cells], notes


def decoded(raw: bytes) -> tuple[str, list[Note]]:
    """The text of the bytes: UTF-8 but for what says otherwise, or cannot be that."""
    noted = [Note("repaired.encoding", {})]
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace"), noted
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), noted


def _listed(found) -> tuple[list[dict], bool]:
    """The cells of a notebook's JSON, and whether it is of a format before 4."""
    if not isinstance(found, dict):
        return [], False
    sheets = found.get("worksheets")
    old = isinstance(sheets, list)
    parts = filter(_is_dict, sheets if old else [found])
    listed = [part["cells"] for part in parts if isinstance(part.get("cells"), list)]
    return [cell for cells in listed for cell in cells if _is_dict(cell)], old


def _salvaged(said: str) -> Iterator[dict]:
    """Every whole cell in what is no JSON as a whole, such as a file that was cut off.

    It gives up after many that are not whole, or after reading the file a few times over.
    """
    decoder, place, left, tries = json.JSONDecoder(strict=False), 0, 4 * len(said), 200
    while left > 0 < tries and (begin := _CELL_BEGINS.search(said, place)):
        try:
            cell, place = decoder.raw_decode(said, begin.start())
        except json.JSONDecodeError as error:
            place = begin.end()
            left -= error.pos - begin.start()
            tries -= 1
            continue
        except RecursionError:
            return
        if "cell_type" in cell:
            yield cell


def _is_dict(value) -> bool:
    return isinstance(value, dict)


def _cell(cell: dict) -> NotebookNode:
    kind = cell.get("cell_type")
    source = _joined(cell.get("source", cell.get("input")))
    if kind == "heading":
        kind, source = "markdown", f"# {source}"
    kind = kind if isinstance(kind, str) and kind in _ENDS else "raw"
    made = new_cell(kind, source, _text(cell.get("id")))
    made.metadata = cell["metadata"] if _is_dict(cell.get("metadata")) else {}
    if kind == "code" and isinstance(cell.get("outputs"), list):
        made.outputs = [output for output in cell["outputs"] if _is_dict(output)]
    if attachments := _attachments(cell.get("attachments")):
        made.attachments = attachments
    return made


def _attachments(found) -> dict[str, dict[str, str]]:
    """Pictures by name and type; what is of another form is left out."""
    return {
        _text(name): {_text(mime): _joined(data) for mime, data in bundle.items()}
        for name, bundle in (found.items() if _is_dict(found) else ())
        if _is_dict(bundle)
    }


def new_cell(kind: str, source: str, cell_id: str) -> NotebookNode:
    """A cell of nbformat 4.5 without outputs."""
    ends = {name: list(value) if value == [] else value for name, value in _ENDS[kind].items()}
    return NotebookNode(cell_type=kind, id=cell_id, metadata={}, source=source, **ends)


def _joined(source) -> str:
    """A source, which the file may hold as text or as a list of lines."""
    return "".join(map(_text, source)) if isinstance(source, list) else _text(source)


def _text(value) -> str:
    """Text that can be written as UTF-8: half a surrogate pair becomes a question mark."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\r\n", "\n")
