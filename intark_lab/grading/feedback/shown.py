"""A cell's source and outputs as HTML that is safe to open: made by strangers, so nothing runs."""

import re
from base64 import b64encode
from html import escape, unescape

from markupsafe import Markup
from mistune import Markdown
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, import_plugin
from nbformat import NotebookNode

from intark_lab.texts import text

MOST_TEXT = 20_000
"""Characters that are shown of one output."""
_HIDDEN = re.compile(
    r"^[ \t]*###[ \t]+BEGIN[ \t]+HIDDEN\s.*?(?:^[ \t]*###[ \t]+END[ \t]+HIDDEN[ \t]+TESTS\n?|\Z)",
    re.S | re.M,
)
_PICTURES = ("image/png", "image/jpeg")


def code(source: str) -> str:
    """A source without hidden tests, which a grader's copy may hold."""
    return _HIDDEN.sub("", source)


def words(cell: NotebookNode) -> Markup:
    """A text cell: markdown with its attached pictures. HTML in it is shown, not used.

    Formulas are not looked for: a stranger's text can make that take hours.
    """
    if len(cell.source) > MOST_TEXT:
        return _pre(cell.source)
    renderer = IPythonRenderer(
        escape=True,
        allow_harmful_protocols=False,
        attachments=cell.get("attachments", {}),
        embed_images=False,
        exclude_anchor_links=True,
    )
    plugins = map(import_plugin, MarkdownWithMath.DEFAULT_PLUGINS)
    return Markup(Markdown(renderer=renderer, plugins=plugins)(cell.source))


def outputs(cell: NotebookNode) -> list[Markup]:
    """What a code cell put out, each as a block of HTML."""
    return [block for output in cell.outputs if (block := _block(output))]


def plain(said: object) -> str:
    """Text of an output, which may be a list of lines, without escape sequences, and cut."""
    clean = strip_ansi(_joined(said)[: 4 * MOST_TEXT]).replace("\r\n", "\n")
    clean = "".join(letter for letter in clean if letter in "\n\t" or letter.isprintable())
    return clean if len(clean) <= MOST_TEXT else clean[:MOST_TEXT] + text("grading.feedback.cut")


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _block(output: NotebookNode) -> Markup | None:
    if output.output_type == "stream":
        return _pre(output.text)
    if output.output_type == "error":
        lines = output.get("traceback") or [f"{output.ename}: {output.evalue}"]
        return _pre("\n".join(map(str, lines)))
    data, metadata = output.get("data", {}), output.get("metadata", {})
    for kind in _PICTURES:
        if kind in data:
            return _picture(kind, _joined(data[kind]), metadata.get(kind, {}))
    if "image/svg+xml" in data:
        drawn = b64encode(_joined(data["image/svg+xml"]).encode()).decode()
        return _picture("image/svg+xml", drawn, metadata.get("image/svg+xml", {}))
    if "<table" in (html := _joined(data.get("text/html", ""))) and len(html) <= MOST_TEXT:
        return _cleaned(html)
    return _pre(data["text/plain"]) if "text/plain" in data else None


def _pre(said: object) -> Markup:
    return Markup("<pre>{}</pre>").format(plain(said))


def _picture(kind: str, data: str, metadata: object) -> Markup:
    alt = metadata.get("alt") if isinstance(metadata, dict) else None
    alt = alt if isinstance(alt, str) and alt else text("grading.feedback.no-alt")
    data = re.sub(r"[^A-Za-z0-9+/=]", "", data)
    return Markup('<img src="data:{};base64,{}" alt="{}">').format(kind, data, alt)


def _cleaned(html: str) -> Markup:
    """A table that a cell made, its tags but for those of tables taken out."""
    kept = re.sub(r"<(style|script)\b.*?</\1\s*>", "", html, flags=re.S | re.I)
    parts = re.split(r"(</?(?:table|thead|tbody|tr|th|td|p)\b[^>]*>)", kept, flags=re.I)
    tags = (re.sub(r"<(/?\w+)[^>]*>", r"<\1>", tag).lower() for tag in parts[1::2])
    between = (escape(_text_of(part), quote=False) for part in parts[::2])
    pieces = [piece for pair in zip(between, [*tags, ""], strict=True) for piece in pair]
    return Markup('<div class="wide">{}</div>').format(Markup("".join(pieces)))


def _text_of(part: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", part))
