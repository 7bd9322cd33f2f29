"""Where the course's own files are: in a checkout, or packed into the wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def checkout() -> Path | None:
    """The root of the checkout that this package runs from, None when installed from a wheel."""
    return ROOT if (ROOT / "data").is_dir() and (ROOT / "pyproject.toml").is_file() else None


def data() -> Path:
    """The institution as data: APIs, vocabularies, texts, diagrams."""
    return _folder("data")


def notebooks() -> Path:
    """The lessons."""
    return _folder("notebooks")


def exercises() -> Path:
    """The exercises as learners get them, a folder per unit."""
    return _folder("exercises")


def solutions() -> Path:
    """The solved exercises, a folder per unit."""
    return _folder("solutions")


def _folder(name: str) -> Path:
    return ROOT / name if checkout() else PACKAGE / f"_{name}"
