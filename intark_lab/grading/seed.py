"""The seed of a graded lab: one for each student and unit, secret until it is graded."""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path


def grading_seed(secret: bytes, student: str, unit: str) -> int:
    """The seed, below 2**32; the same whenever this student's unit is graded in this course."""
    digest = hmac.digest(secret, f"{student}\n{unit}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:4])


def course_secret(folder: Path) -> bytes:
    """The course's secret in `folder`, made when first asked for, readable by its owner alone."""
    file = folder / "course-secret"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _create(file, secrets.token_hex(32))
    return file.read_bytes()


def _create(file: Path, text: str) -> None:
    """Write the file whole, or leave the one that another process wrote meanwhile."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "w") as temporary:
            temporary.write(text)
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
