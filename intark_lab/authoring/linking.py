"""Terms of the glossary in the lessons: each is linked where it is first used."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from .form import FIX
from .glossary import Term, terms
from .notebook import GLOSSARY, Notebook, Problem

UNREAD = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`|!\[[^\]]*\]\([^)]*\)|^#[^\n]*", re.S | re.M)
"""Code, pictures and headings."""
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
NORWEGIAN = re.compile(r"\(\*([^*)]+)\*\)")
"""How a text says what a word is called in Norwegian: data owner (*dataeier*)."""
DEFINE = "add it to data/glossary.csv, or write it as it stands there"


class Use(NamedTuple):
    """The first use of a term in a lesson that is no link to the glossary."""

    cell: NotebookNode
    term: Term
    start: int
    end: int


def check_defined(notebook: Notebook) -> Iterator[Problem]:
    """Each Norwegian name, and each link into the glossary, is that of a term."""
    known = terms(notebook.root)
    anchors, names = {term.anchor for term in known}, {term.norwegian for term in known}
    for cell_id, source in notebook.of_type("markdown"):
        for anchor in filter(None, map(_anchor, LINK.findall(source))):
            if anchor not in anchors:
                yield Problem(cell_id, f"#{anchor} is not in the glossary", DEFINE)
        for name in NORWEGIAN.findall(source):
            if name not in names:
                yield Problem(cell_id, f"*{name}* is not in the glossary", DEFINE)


def check_linked(notebook: Notebook) -> Iterator[Problem]:
    """Each term is linked at its first use after the opening."""
    for use in _unlinked(notebook.cells, terms(notebook.root)):
        yield Problem(use.cell.id, f"the first {use.term.term!r} is not linked", FIX)


def link(cells: list[NotebookNode], known: list[Term]) -> None:
    """Link each term's first use. Changes the cells."""
    for cell, term, start, end in reversed(list(_unlinked(cells, known))):
        source = cell.source
        linked = f"[{source[start:end]}]({GLOSSARY}#{term.anchor})"
        cell.source = source[:start] + linked + source[end:]


def _unlinked(cells: list[NotebookNode], known: list[Term]) -> Iterator[Use]:
    """In the order of the text. The opening and the closing cell tell what is between."""
    seen: set[str] = set()
    for cell in cells[1:-1]:
        if cell.cell_type != "markdown" or not known:
            continue
        for term, start, end, is_link in _found(cell.source, known):
            if term.term not in seen and not is_link:
                yield Use(cell, term, start, end)
            seen.add(term.term)


def _found(source: str, known: list[Term]) -> list[tuple[Term, int, int, bool]]:
    """Terms in a text by their places, and whether each is a link to the glossary."""
    named = {term.anchor: term for term in known}
    links = [(named.get(_anchor(match[1])), match) for match in LINK.finditer(source)]
    found = [(term, *match.span(), True) for term, match in links if term]
    for pattern in (UNREAD, LINK, NORWEGIAN):
        source = pattern.sub(lambda match: " " * len(match[0]), source)
    for match in _pattern(known).finditer(source):
        found.append((known[int(match.lastgroup[1:])], *match.span(), False))
    return sorted(found, key=lambda each: each[1])


def _pattern(known: Iterable[Term]) -> re.Pattern:
    """Any of the terms, the longer before the shorter; the group's name holds its number."""
    numbered = sorted(enumerate(known), key=lambda each: -len(each[1].term))
    choices = "|".join(f"(?P<t{number}>{_forms(term.term)})" for number, term in numbered)
    return re.compile(rf"(?<![\w-])(?:{choices})(?![\w-])")


def _forms(term: str) -> str:
    """Singular and plural. Only in a name with capitals does the case matter."""
    stem = re.escape(term.removesuffix("y"))
    forms = stem + ("(?:y|ies)" if term.endswith("y") else "(?:s|es)?")
    return forms if term != term.lower() else f"(?i:{forms})"


def _anchor(target: str) -> str | None:
    """The term that a link into the glossary leads to."""
    page, _, anchor = target.partition("#")
    return anchor if page.rpartition("/")[2] == GLOSSARY else None
