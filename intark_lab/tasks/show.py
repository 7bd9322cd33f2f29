"""How results reach a reader.

In a kernel the message is printed and the value's HTML is a bar with points and next step, so
that nothing is read twice. In a terminal everything is printed. While nbgrader executes, what is
missed is raised with the message alone, since Validate shows errors only.
"""

import math
import sys

from intark_lab import settings
from intark_lab.texts import inline_html, wrapped


class Shortfall(Exception):
    """Points are missing, in a notebook that nbgrader executes. The message is all there is."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Points(float):
    """The points of one check. `max` is what there was to get, `message` the words."""

    def __new__(cls, result: dict):
        points = float(result["points"])
        if not (math.isfinite(points) and 0 <= points <= result["max"]):
            raise ValueError(f"{points} points of {result['max']}")
        return super().__new__(cls, points)

    def __init__(self, result: dict):
        self.max: int = result["max"]
        self.message = _paragraphs(result, "headline", "text", "read", "next")
        self._result = result

    @property
    def points(self) -> float:
        return float(self)

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        data = {"text/plain": repr(float(self)), "text/html": _bar(self._result)}
        return data, {"intark": self._result["record"]}


class Card:
    """Something to read, as text and as HTML, with the record that its output keeps."""

    def __init__(self, plain: str, rich: str, record: dict):
        self._plain, self._rich, self._record = plain, rich, record

    def __str__(self) -> str:
        return self._plain

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return {"text/plain": self._plain, "text/html": self._rich}, {"intark": self._record}

    def show(self) -> None:
        if in_kernel():
            from IPython.display import display

            display(self)
        else:
            print(self)


def shown(result: dict) -> Points:
    """Print the message and give the points, or raise Shortfall where nbgrader has to see it."""
    points = Points(result)
    execution = settings.read().execution
    if execution and (points == 0 or (execution == "validate" and points < points.max)):
        raise Shortfall(points.message)
    print(_paragraphs(result, "text") if in_kernel() else points.message)
    return points


def in_kernel() -> bool:
    """Whether this is a notebook's kernel, whose reader sees HTML."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _paragraphs(result: dict, *names: str) -> str:
    return "\n\n".join(wrapped(result[name]) for name in names if result[name])


def _bar(result: dict) -> str:
    """Points, where to read, what next: a strip that says it in words, not by its colour."""
    words = [inline_html(result[name]) for name in ("headline", "read", "next") if result[name]]
    words[0] = f"<strong>{words[0]}</strong>"
    spans = "".join(f'<span style="{_SPAN}">{word}</span>' for word in words)
    return f'<div role="status" style="{_STRIP}">{spans}</div>'


_STRIP = "border-left:4px solid;padding:2px 0"
_SPAN = "display:inline-block;margin:2px 12px"
