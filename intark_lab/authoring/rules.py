"""The rules, as a table: which looks at which kind of notebook."""

from collections.abc import Callable, Iterator

from . import code, form, glossary, graded, linking, pictures, program, sizes, structure, teaching
from .notebook import Notebook, Problem

Rule = Callable[[Notebook], Iterator[Problem]]

EVERY: tuple[Rule, ...] = (
    form.check_schema,
    form.check_form,
    form.check_ids,
    sizes.check_length,
    sizes.check_code_size,
    sizes.check_text_size,
    structure.check_opening,
    structure.check_closing,
    structure.check_headings,
    code.check_parses,
    code.check_sentences,
    code.check_hosts,
    code.check_secrets,
    code.check_key_use,
    pictures.check_pictures,
    pictures.check_links,
    teaching.check_marks,
    linking.check_defined,
)
UNIT = (sizes.check_length, structure.check_opening, structure.check_closing)
"""Those of every unit's notebooks, in which one learns from top to bottom."""
LESSON = (*EVERY, linking.check_linked)
RULES: dict[str, tuple[Rule, ...]] = {
    "start": LESSON,
    "lesson": (*LESSON, program.check_program),
    "playground": tuple(rule for rule in LESSON if rule not in UNIT),
    "glossary": (form.check_ids, structure.check_headings, glossary.check_generated),
    "solution": (*EVERY, graded.check_graded, graded.check_folder),
}


def problems(notebook: Notebook) -> Iterator[Problem]:
    """All that the notebook's rules find."""
    for rule in RULES[notebook.kind]:
        yield from rule(notebook)
