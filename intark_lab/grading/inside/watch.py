"""Looks whether what a test cell relies on is still what it was before the first cell.

Whoever knows of this can hide from it. It is one of three ways to see tampering: a canary that
must reach the lab and the lab's own record are the others.
"""

import builtins
import inspect
import sys
from collections.abc import Iterator

import httpx

from intark_lab import lab, tasks
from intark_lab.tasks import checking, evidence, guard, plain, show

_MODULES = (lab, checking, evidence, guard, plain, show)
_CLASSES = (httpx.Client, httpx.Response, httpx.HTTPTransport)
_OWN = ("matplotlib_inline.", "IPython.", "ipykernel.")
"""Whose hooks belong to a notebook."""


class Watch:
    """Begun before the first cell; `changes` says what is another than then."""

    def __init__(self, shell):
        self._shell = shell
        self._owners = (*_MODULES, *_drives(), *_CLASSES)
        self._parts = dict(_parts(self._owners))
        self._hooks = set(map(id, _hooks(shell)))

    def changes(self) -> list[str]:
        """Names of what was replaced, and of hooks that see or change cells before they run."""
        now = dict(_parts(self._owners))
        replaced = [name for name, part in self._parts.items() if now.get(name) != part]
        added = [hook for hook in _hooks(self._shell) if id(hook) not in self._hooks]
        found = [*replaced, *(f"hook {_name(hook)}" for hook in added if not _known(hook))]
        if self._shell.user_ns.get("check") is not tasks.check:
            found.append("check")
        return [each[:200] for each in found[:20]]


def _parts(owners: tuple) -> Iterator[tuple[str, object]]:
    """Functions by name, each with its identity and code, and what can change their working."""
    for owner in owners:
        for name, value in vars(owner).items():
            if inspect.isfunction(value):
                yield f"{owner.__name__}.{name}", (value, value.__code__, value.__defaults__)
            elif inspect.isclass(value) and value.__module__ == owner.__name__:
                yield f"{owner.__name__}.{name}", (value, *map(id, vars(value).values()))
    for name in ("float", "print", "isinstance", "getattr", "len", "type", "__import__"):
        yield f"builtins.{name}", getattr(builtins, name, None)
    yield "sys.settrace", sys.gettrace()
    yield "sys.setprofile", sys.getprofile()


def _drives() -> list:
    """Of every unit: the warm process has loaded them."""
    names = (name for name in sys.modules if name.startswith("intark_lab.tasks."))
    return [sys.modules[name] for name in names if name.endswith((".drives", ".driving"))]


def _hooks(shell) -> list:
    """What may see or change a cell before it is run."""
    transformers = shell.input_transformer_manager
    return [
        *shell.ast_transformers,
        *shell.input_transformers_post,
        *transformers.cleanup_transforms,
        *transformers.line_transforms,
        *transformers.token_transformers,
        *shell.events.callbacks["pre_run_cell"],
        *shell.events.callbacks["pre_execute"],
        shell.run_cell_async.__func__,
        shell.run_ast_nodes.__func__,
    ]


def _known(hook) -> bool:
    return (getattr(hook, "__module__", None) or "").startswith(_OWN)


def _name(hook) -> str:
    return getattr(hook, "__qualname__", None) or type(hook).__name__
