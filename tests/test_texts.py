"""Every sentence has a name, every name is used, and another language reaches everything."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from pseudo import ENGLISH, left_over, write_catalogue

from intark_lab import check, hint, paths, progress, solution
from intark_lab.control.awkward import WAYS
from intark_lab.events import KINDS
from intark_lab.tasks.unit02.statuses import WORDS
from intark_lab.texts import TextError, catalogue, html, inline_html, text, wrapped

MESSAGES = catalogue(ENGLISH)
ROOTS = "|".join(sorted({name.partition(".")[0] for name in MESSAGES}))
A_NAME = re.compile(rf"({ROOTS})(\.[a-z0-9-]+)+(?<!\.json)(?<!\.log)(?<!\.sqlite)(?<!-)")
A_PART = re.compile(rf"(?:{ROOTS})\..*|\.[a-z].*")
ANY_PART = r"[a-z0-9-]+(\.[a-z0-9-]+)*"

SENTENCE = re.compile(r"[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}[,;:]? [^\W\d_]+")
SQL = re.compile(
    r"\W*(ROLLBACK|SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|FROM|WHERE|ORDER|WITH|"
    r"id INTEGER)\b"
)
A_CALL = re.compile(r"\w+\([\w, ]*\)")
OTHER_READERS = {
    "gateway": "its words are on the wire, and Gravitee's",
    "manager": "its words are on the wire, and Gravitee's",
    "issuers": "its words are on the wire, and Maskinporten's and Feide's",
    "sources": "its words are on the wire, and the source systems'",
    "messages": "its words are on the wire, and the broker's",
    "authoring": "contributors read it, and they write English",
    "birth.py": "what it writes is the catalogue's data",
    "connection.py": "its words are on the wire, where a request cannot be read",
    "fetching.py": "its words are on the wire, and the manager's",
    "traffic.py": "it is SQL, in pieces",
    "tasks/unit01/words.py": "these are the words that learners may write",
}
FOR_PROGRAMMERS = ("AttributeError", "DatabaseError", "RuntimeError", "TypeError", "ValueError")
SOLUTION = paths.solutions() / "02-call-an-api" / "02-call-an-api.ipynb"


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(paths.PACKAGE.rglob("*.py")):
        yield file.relative_to(paths.PACKAGE), ast.parse(file.read_text("utf-8"))


def named_in_code() -> tuple[set[str], list[re.Pattern]]:
    """Whole names, and the patterns of names that are put together from parts."""
    names, patterns = set(), []
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                patterns += _pattern(node)
            elif isinstance(node, ast.Constant) and A_NAME.fullmatch(str(node.value)):
                names.add(node.value)
    return names, patterns


def _pattern(node: ast.JoinedStr) -> list[re.Pattern]:
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    if not any(part and A_PART.fullmatch(part) for part in parts):
        return []
    return [re.compile("".join(ANY_PART if part is None else re.escape(part) for part in parts))]


def test_every_name_in_the_code_is_in_the_catalogue():
    names, _ = named_in_code()
    groups = {name.rpartition(".")[0] for name in MESSAGES}
    assert sorted(names - MESSAGES.keys() - groups) == []


def test_every_message_in_the_catalogue_is_named_in_the_code():
    names, patterns = named_in_code()
    put_together = {name for name in MESSAGES for p in patterns if p.fullmatch(name)}
    assert sorted(MESSAGES.keys() - names - put_together) == []


def sentences(tree: ast.Module) -> Iterator[ast.Constant]:
    """String literals that read like a sentence, where a learner may come to see them."""
    hidden = {id(node) for part in _unread(tree) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in hidden and _is_sentence(node.value):
            yield node


def _is_sentence(value) -> bool:
    """What `decide` returns and what `happens` takes is code: the same in every language."""
    words = isinstance(value, str) and value not in {*WORDS, *KINDS, *WAYS}
    code = words and (SQL.match(value) or A_CALL.fullmatch(value))
    return bool(words and SENTENCE.search(value) and not code)


def _unread(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, and what Python's own exceptions say to programmers."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant()):
                yield node
            case ast.Raise(ast.Call(ast.Name(name) | ast.Attribute(attr=name))) if (
                name in FOR_PROGRAMMERS
            ):
                yield node


def test_no_sentence_stands_in_the_code():
    found = [
        f"{file}:{node.lineno}: {node.value[:60]!r} belongs in data/texts/en/, under a name"
        for file, tree in trees()
        if not {file.parts[0], file.as_posix()} & OTHER_READERS.keys()
        for node in sentences(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('print("There is no lab here.")', 1),
        ('print(f"The lab of seed {seed} answers.")', 1),
        ('raise LabError("no lab answers")', 1),
        ('raise ValueError("seconds must be positive")', 0),
        ('raise sqlite3.DatabaseError("this is no database")', 0),
        ('"""A docstring that says what it is."""', 0),
        ('store.all("SELECT key FROM api_key")', 0),
        ('word = "wait and retry"', 0),
        ('header = "X-Gravitee-Api-Key"', 0),
    ],
)
def test_what_reads_like_a_sentence(code, count):
    assert len(list(sentences(ast.parse(code)))) == count


def test_what_is_missing_is_named():
    with pytest.raises(TextError, match="no-such"):
        text("unit02.no-such")
    with pytest.raises(TextError, match="'task'"):
        text("tasks.probe")


def test_a_catalogue_without_the_message_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("INTARK_LAB_TEXTS", str(tmp_path))
    with pytest.raises(TextError, match=re.escape(str(tmp_path))):
        text("tasks.probe", task="2.1")


def test_a_message_as_lines_and_as_html():
    message = (
        "See `a < b` on [the\npage](https://intark.example/x?a=1&b).\n\n    if a < b:\n        c()"
    )
    assert wrapped(message) == (
        "See `a < b` on the page, https://intark.example/x?a=1&b.\n\n    if a < b:\n        c()"
    )
    assert html(message) == (
        '<p>See <code>a &lt; b</code> on <a href="https://intark.example/x?a=1&amp;b">the page</a>.'
        "</p><pre>if a &lt; b:\n    c()</pre>"
    )
    assert inline_html('<i> "`x`"') == "&lt;i&gt; &quot;<code>x</code>&quot;"


@pytest.fixture
def pseudo(tmp_path, monkeypatch):
    """Another language, set for this process and the kernels it starts."""
    monkeypatch.setenv("INTARK_LAB_TEXTS", str(write_catalogue(tmp_path / "texts")))


def test_another_language_has_the_same_messages_and_fields(tmp_path):
    other = catalogue(write_catalogue(tmp_path / "texts"))
    assert other.keys() == MESSAGES.keys()
    for name, message in other.items():
        assert fields_of(message) == fields_of(MESSAGES[name])
        assert message != MESSAGES[name]


def fields_of(message: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(message) if field}


@pytest.mark.usefixtures("pseudo")
def test_another_language_reaches_all_that_is_said(lab, capsys):
    for task_id in ("2.1", "2.2", "2.3", "2.4"):
        for _ in range(3):
            hint(task_id)
        check(task_id)
        check(task_id, {"no": "function"})
        check(task_id, lambda *given: given[0].json())
    print(repr(lab.task("2.2")))
    assert left_over(capsys.readouterr().out) == ""


@pytest.mark.usefixtures("pseudo")
def test_another_language_reaches_solution_and_progress(lab, capsys):
    solution("2.1")
    title, _, _ = capsys.readouterr().out.partition("\n\n")
    assert left_over(title) == ""
    progress()
    said = left_over(capsys.readouterr().out)
    assert not re.search(r"[^\W\d_]", said)


@pytest.mark.usefixtures("pseudo")
def test_the_unit_runs_in_another_language(tmp_path, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    authored, ran = nbformat.read(SOLUTION, 4), nbformat.read(SOLUTION, 4)
    NotebookClient(ran, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [cell.source for cell in ran.cells] == [cell.source for cell in authored.cells]
    checks = [cell for cell in ran.cells if cell.id.endswith("-check")]
    assert [cell.outputs[-1].data["text/plain"] for cell in checks] == ["2.0"] * 4
    for cell in [*checks, ran.cells[1]]:
        assert cell.outputs
        for output in cell.outputs:
            said = output.get("text") or re.sub(r"<[^>]+>", "", output.data["text/html"])
            assert left_over(said) == ""
