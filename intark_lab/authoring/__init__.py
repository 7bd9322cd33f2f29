"""Keeps the course's notebooks in form: lint, its mends, exercises made from solutions.

Nouns: a Notebook is one authored file; a rule looks at it and yields Problems; a Finding is a
Problem with the file it is in.
"""

from .cli import main

__all__ = ["main"]
