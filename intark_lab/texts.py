"""The sentences that learners read: named messages with named fields, a catalogue file a unit.

A catalogue is a folder of TOML files. The name of a message is the file's stem and the keys that
lead to it: `unit02.course.copied` is `copied` in the table `[course]` of `unit02.toml`. Fields
stand in braces; a brace that is meant as one is doubled. A blank line parts paragraphs, backticks
hold code, `[words](https://...)` links, and lines that begin with four spaces are code, kept as
they are.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from textwrap import fill

from intark_lab import settings

WIDTH = 78
"""Longest line of a wrapped text; nbgrader's Validate cuts lines at 87."""

_LINK = re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


class TextError(LookupError):
    """A message or a field that the catalogue and the code do not agree on."""


def text(name: str, /, **fields) -> str:
    """The message `name` with its fields filled in. Raises TextError naming what is missing."""
    folder = settings.read().texts
    try:
        message = _messages(folder / f"{name.partition('.')[0]}.toml")[name]
    except (KeyError, FileNotFoundError):
        raise TextError(f"no message {name} in {folder}") from None
    try:
        return message.format_map(fields)
    except KeyError as missing:
        raise TextError(f"message {name}: no field {missing}") from None


def catalogue(folder: Path) -> dict[str, str]:
    """Every message of the files in `folder`, by name."""
    return {
        name: message
        for file in sorted(folder.glob("*.toml"))
        for name, message in _messages(file).items()
    }


def wrapped(message: str) -> str:
    """A message as lines of at most WIDTH characters, for a terminal or a traceback."""
    return "\n\n".join(_lines(paragraph) for paragraph in _paragraphs(message))


def html(message: str) -> str:
    """A message as HTML: `<p>`, `<pre>`, `<code>` and links; all else is escaped."""
    return "".join(_block(paragraph) for paragraph in _paragraphs(message))


def inline_html(message: str) -> str:
    """A message of one line as HTML without a paragraph around it."""
    return _CODE.sub(r"<code>\1</code>", _LINK.sub(r'<a href="\2">\1</a>', _escaped(message)))


@cache
def _messages(file: Path) -> dict[str, str]:
    """Those of one file, by name; nobody reads all files to say one thing."""
    return dict(_named(file.stem, tomllib.loads(file.read_text("utf-8"))))


def _named(prefix: str, table: dict):
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict):
            yield from _named(name, value)
        else:
            yield name, value.strip("\n")


def _escaped(text: str) -> str:
    from html import escape  # its table of entities is nothing for a server's start

    return escape(text)


def _paragraphs(message: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"\n\s*\n", message) if part.strip()]


def _is_code(paragraph: str) -> bool:
    return all(line.startswith("    ") for line in paragraph.splitlines())


def _lines(paragraph: str) -> str:
    if _is_code(paragraph):
        return paragraph
    plain = _LINK.sub(r"\1, \2", " ".join(paragraph.split()))
    return fill(plain, WIDTH, break_long_words=False, break_on_hyphens=False)


def _block(paragraph: str) -> str:
    if _is_code(paragraph):
        lines = "\n".join(line[4:] for line in paragraph.splitlines())
        return f"<pre>{_escaped(lines)}</pre>"
    return f"<p>{inline_html(' '.join(paragraph.split()))}</p>"
