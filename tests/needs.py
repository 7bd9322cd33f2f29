"""What a test needs and pip cannot bring: skipped where it is absent, a failure where CI=true."""

import os
import shutil
from typing import NoReturn

import pytest


def program(*names: str, path: str | None = None) -> str:
    """The first of `names` that is installed on `path` (or PATH); the test ends where none is."""
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    return found or missing(f"{' or '.join(names)} is not installed")


def root() -> None:
    """Only root can play another user."""
    if getattr(os, "geteuid", lambda: 1)() != 0:
        missing("only root can play another user")


def missing(reason: str) -> NoReturn:
    """End the test that is running: nothing may be left out in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have this: {reason}", pytrace=False)
    pytest.skip(reason)
