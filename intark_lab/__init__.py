"""An onboarding course for developers new to IntArk, and the lab that everything in it calls."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intark_lab.lab import open_lab
    from intark_lab.tasks import check, hint, progress, solution

__version__ = "0.1.0"

__all__ = ["check", "hint", "open_lab", "progress", "solution"]


def __getattr__(name: str):
    """What notebooks import, loaded when first asked for: a server needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "intark_lab.lab" if name == "open_lab" else "intark_lab.tasks"
    return getattr(import_module(module), name)
