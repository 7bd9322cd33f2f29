"""A catalogue in a language that nobody speaks: what it does not reach was never named."""

import re
import tomllib
from pathlib import Path

from intark_lab import paths

ENGLISH = paths.data() / "texts" / "en"
ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
KEPT = re.compile(r"(\{\w*\}|\{\{|\}\}|`[^`]*`|\]\([^)]*\)|^    .*$)", re.M)
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")


def write_catalogue(folder: Path) -> Path:
    """Every English message, accented and in brackets; fields, code and links stay."""
    folder.mkdir()
    for file in ENGLISH.glob("*.toml"):
        table = tomllib.loads(file.read_text("utf-8"))
        (folder / file.name).write_text("\n".join(_lines(table)), "utf-8")
    return folder


def left_over(text: str) -> str:
    """What of a text stands outside every bracket: nothing, when all of it was named."""
    while (shorter := BRACKETED.sub("", text)) != text:
        text = shorter
    return text.strip()


def _lines(table: dict, prefix: str = ""):
    for key, value in table.items():
        name = f'{prefix}"{key}"'
        if isinstance(value, dict):
            yield from _lines(value, f"{name}.")
        else:
            yield f"{name} = {_quoted(_pseudo(value.strip()))}"


def _pseudo(message: str) -> str:
    parts = KEPT.split(message)
    parts[::2] = [part.translate(ACCENTS) for part in parts[::2]]
    return f"⟦{''.join(parts)}{'' if not parts[-2:-1] or parts[-1].strip() else chr(10) * 2}⟧"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
