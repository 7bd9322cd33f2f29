"""Imports made once, before any submission, and shown to each as if they were still to come."""

import importlib
import importlib.abc
import importlib.machinery
import io
import os
import sys

PACKAGES = ("httpx", "httpcore", "h11", "pika", "pandas")
"""What a learner's code imports, and httpx at its first call. They are slow to load, and `import`
finds them done."""
INLINE = "module://matplotlib_inline.backend_inline"
"""A notebook's backend: figures are outputs."""
PLOTTING = "matplotlib.pyplot"
"""Hidden until asked for: who forgets to import it must be told, as in a kernel of their own."""


class Hidden(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loaded modules that stay out of sight until one of them is imported, then all are there."""

    def __init__(self, modules: dict[str, object]):
        self._modules = modules
        for name in modules:
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)

    def find_spec(self, name, path=None, target=None):
        if name not in self._modules:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=None)

    def create_module(self, spec):
        sys.meta_path.remove(self)
        sys.modules.update(self._modules)
        for name, module in self._modules.items():
            parent, _, child = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], child, module)
        return self._modules[spec.name]

    def exec_module(self, module) -> None:
        """It has been, in the warm process."""


def load(packages=PACKAGES) -> list[str]:
    """Import what there is of the packages and of matplotlib; the names of what hides after it."""
    os.environ["MPLBACKEND"] = INLINE
    for name in packages:
        importlib.import_module(name)
    importlib.import_module("matplotlib")
    before = set(sys.modules)
    importlib.import_module(PLOTTING)
    importlib.import_module("matplotlib.backends.backend_agg")
    _draw()
    return [name for name in sys.modules if name not in before and name.startswith("matplotlib.")]


def _draw() -> None:
    """A figure that nobody sees, by which fonts, letters and writers of pictures are found."""
    figure = sys.modules["matplotlib.figure"].Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot(range(10), label="0123456789")
    axes.set(title="0123456789", xlabel="0123456789", ylabel="0123456789")
    axes.legend(title="0123456789")
    figure.savefig(io.BytesIO(), bbox_inches="tight")


def hide(names: list[str]) -> None:
    """Take the modules out of sight."""
    sys.meta_path.insert(0, Hidden({name: sys.modules[name] for name in names}))


def find_here() -> None:
    """Let modules of the current folder be found, where IPython puts them."""
    ends = [os.path.basename(path) in ("site-packages", "dist-packages") for path in sys.path]
    sys.path.insert(ends.index(True) if True in ends else 0, "")
