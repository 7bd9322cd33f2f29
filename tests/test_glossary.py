"""The glossary: what it says, the notebook made from it, and its words in the lessons."""

import re

import pytest
from made_course import TASKS, edit, file, found, lesson, make, put, save, solution

from intark_lab import paths
from intark_lab.authoring import cli, form, glossary

TERMS = glossary.terms(paths.ROOT)
ROWS = """term,norwegian,meaning,source
API,API,What programs ask.,https://docs.example/api
API key,API-nøkkel,A secret.,https://docs.example/key
data owner,dataeier,Who says yes.,https://docs.example/owner
policy,policy,A step.,https://docs.example/policy
"""
PAGE = "91-glossary.ipynb"
USES = [
    # text, the same with its terms linked
    ("A data owner.", f"A [data owner]({PAGE}#data-owner)."),
    ("Data owners and a data owner.", f"[Data owners]({PAGE}#data-owner) and a data owner."),
    ("Two policies.", f"Two [policies]({PAGE}#policy)."),
    ("An API key.", f"An [API key]({PAGE}#API-key)."),
    ("An api, an API-katalog, an API.", f"An api, an API-katalog, an [API]({PAGE}#API)."),
    ("`API` and an API", f"`API` and an [API]({PAGE}#API)"),
    ("## API\n\nAPIs", f"## API\n\n[APIs]({PAGE}#API)"),
    ("[API](x.ipynb), API", f"[API](x.ipynb), [API]({PAGE}#API)"),
    (f"[owner]({PAGE}#data-owner), a data owner", f"[owner]({PAGE}#data-owner), a data owner"),
]


@pytest.fixture
def course(tmp_path):
    make(tmp_path)
    (tmp_path / "data" / "glossary.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "notebooks" / "x.ipynb").touch()
    notebook = tmp_path / "notebooks" / PAGE
    notebook.write_text(form.written(glossary.generated(tmp_path)), encoding="utf-8")
    return tmp_path


def changed(course, kind: str, *changes) -> list[str]:
    """What lint finds after the changes."""
    cells = lesson() if kind == "lesson" else solution()
    for change in changes:
        change(cells)
    save(course, kind, cells)
    return found(course, kind)


def test_terms_are_in_order_and_each_has_everything():
    names = [term.term for term in TERMS]
    assert names == sorted(names, key=str.casefold)
    assert len({term.anchor.casefold() for term in TERMS}) == len(names)
    assert all(all(term) for term in TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.term)
def test_a_meaning_is_one_sentence_with_a_page_of_the_platform(term):
    assert re.fullmatch(r"[A-Z][^.]*\.", term.meaning)
    assert term.source.startswith("https://docs.sikt.no/docs/datadeling/")


def test_the_notebook_is_generated_anew(course):
    page = course / "notebooks" / PAGE
    made = page.read_text(encoding="utf-8")
    page.write_text(made.replace("Who says yes", "Who says no"), encoding="utf-8")
    [finding] = cli.findings([page], TASKS)
    assert finding.problem.what == "it is not what data/glossary.csv generates"
    assert list(cli.findings([page], TASKS, fix=True)) == []
    assert page.read_text(encoding="utf-8") == made


@pytest.mark.parametrize(("text", "linked"), USES)
def test_the_first_use_is_found_and_linked(course, text, linked):
    found = changed(course, "lesson", put("u2-picture", text))
    assert [line.split(":")[0] for line in found] == ["u2-picture"] * (text != linked)
    assert list(cli.findings([file(course, "lesson")], TASKS, fix=True)) == []
    node = cli.read(file(course, "lesson"), TASKS).node
    assert node.cells[1].source == linked


def test_a_term_is_linked_once_in_a_lesson(course):
    first = put("u2-picture", f"A [data owner]({PAGE}#data-owner).")
    closing = edit("u2-closing", "Two,", "Two data owners,")
    assert changed(course, "lesson", first, closing) == []


@pytest.mark.parametrize("kind", ["lesson", "solution"])
@pytest.mark.parametrize(
    ("text", "missing"),
    [("A key (*nøkkel*).", "*nøkkel*"), (f"[a key](../../notebooks/{PAGE}#key)", "#key")],
)
def test_a_term_that_is_not_in_the_glossary_is_found(course, kind, text, missing):
    found = changed(course, kind, edit("u2-opening", "# Made", f"# Made\n\nOne goal. {text}"))
    assert [line for line in found if f"{missing} is not in the glossary" in line]
