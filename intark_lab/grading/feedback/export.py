"""nbgrader's `generate_feedback`, with a page that people read; a step by configuration."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import Exporter

from intark_lab.grading.feedback.model import page
from intark_lab.texts import inline_html, text

TEMPLATES = Path(__file__).parent / "templates"


class FeedbackExporter(Exporter):
    """A graded notebook as one HTML file that loads nothing and runs nothing."""

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """The page. GetGrades, among the preprocessors, brings points and comments."""
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        return rendered("feedback.html.j2", page=page(nb, resources["nbgrader"])), resources


def rendered(template: str, **values) -> str:
    """A page of this folder's templates."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["text"] = lambda name, **fields: text(f"grading.{name}", **fields)
    made.filters["inline"] = lambda said: Markup(inline_html(said))
    made.filters["points"] = lambda points: f"{points:g}"
    return made
