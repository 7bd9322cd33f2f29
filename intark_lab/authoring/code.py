"""What a cell may hold: names of messages rather than sentences, no real host, no key."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from .notebook import Notebook, Problem

# The longest string or comment that is still a label.
LABEL_WORDS = 4
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")
LETTER = "letter"
"""The tag of a cell that holds what a learner writes to a person, such as a request."""
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(\[[^\]]*\]|[^/\s\"':?#{}]*)", re.I)
NAME = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:no|com|org|net|io|eu|dev)\b", re.I)
LOOPBACK = ("", "localhost", "127.0.0.1", "[::1]")
SECRETS = (
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.I),
    re.compile(r"\beyJ[\w-]{10,}"),
    re.compile(r"\b(?:Basic|Bearer) [A-Za-z0-9+/=._-]{8,}"),
    re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{24,}"),
)


def check_parses(notebook: Notebook) -> Iterator[Problem]:
    """Plain Python with top-level await; a magic would tie the lesson to Jupyter."""
    for cell_id, source in notebook.of_type("code"):
        try:
            compile(source, cell_id, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except SyntaxError as error:
            yield Problem(cell_id, f"it is not plain Python ({error.msg})", "rewrite it")


def check_sentences(notebook: Notebook) -> Iterator[Problem]:
    """No string or comment that a translation would have to change."""
    letters = {cell.id for cell in notebook.cells if LETTER in cell.metadata.get("tags", [])}
    for cell_id, source in notebook.of_type("code"):
        for text in _texts(source) if cell_id not in letters else ():
            if text not in MARKS and _words(text) > LABEL_WORDS:
                mend = "say it in a text cell, or name a message in data/texts/"
                yield Problem(cell_id, f"a sentence in code: {text[:40]!r}", mend)


def check_hosts(notebook: Notebook) -> Iterator[Problem]:
    """Code calls the lab or a name under .example, never a real institution."""
    for cell_id, source in notebook.of_type("code"):
        for text in _texts(source):
            hosts = [m[1] for m in ADDRESS.finditer(text)] + NAME.findall(text)
            for host in dict.fromkeys(hosts):
                if host.lower() not in LOOPBACK and not host.lower().endswith(".example"):
                    mend = "take the address from the environment, or use a name under .example"
                    yield Problem(cell_id, f"{host} is a real host", mend)


def check_secrets(notebook: Notebook) -> Iterator[Problem]:
    """Nothing that looks like a key, a token or a password's header, in code or text."""
    for cell in notebook.cells:
        if any(secret.search(cell.source) for secret in SECRETS):
            yield Problem(cell.id, "it holds what looks like a key", "take it from the environment")


def check_key_use(notebook: Notebook) -> Iterator[Problem]:
    """No cell shows or sets INTARK_API_KEY: outputs are shared, and open_lab sets it."""
    for cell_id, source in notebook.of_type("code"):
        tree = _tree(source)
        if any(map(_shows_key, ast.walk(tree))) or (tree.body and _is_key_shown(tree.body[-1])):
            yield Problem(cell_id, "it prints the key", "show what the key opens instead")
        if any(map(_sets_key, ast.walk(tree))):
            yield Problem(cell_id, "it sets the key", "leave that to open_lab")


def _tree(source: str) -> ast.Module:
    """The cell's syntax tree, an empty one where it does not parse."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return compile(source, "cell", "exec", flags)
    except SyntaxError:
        return ast.Module([], [])


def _texts(source: str) -> Iterator[str]:
    """Strings, f-strings with {} for their fields, and comments."""
    parts = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.JoinedStr):
            constants = [part for part in node.values if isinstance(part, ast.Constant)]
            parts.update(constants)
            yield "".join(part.value if part in constants else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
            yield node.value
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    except (tokenize.TokenError, IndentationError):
        return


def _words(text: str) -> int:
    return sum(1 for word in text.split() if re.search(r"[^\W\d_]", word))


def _is_key(node: ast.AST) -> bool:
    """os.environ["INTARK_API_KEY"], and the same through get or getenv."""
    match node:
        case ast.Subscript(slice=ast.Constant("INTARK_API_KEY")):
            return True
        case ast.Call(
            func=ast.Attribute(attr="get" | "getenv"), args=[ast.Constant("INTARK_API_KEY"), *_]
        ):
            return True
    return False


def _shows_key(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name("print" | "display"), args=args):
            return any(map(_is_key, args))
        case ast.FormattedValue(value):
            return _is_key(value)
    return False


def _is_key_shown(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and _is_key(statement.value)


def _sets_key(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(map(_is_key, node.targets))
