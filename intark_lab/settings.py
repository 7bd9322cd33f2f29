"""The environment, read once and here only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from intark_lab import paths

COURSE_SEED = 2026
"""The institution that every learner meets, unless a seed is asked for."""


@dataclass(frozen=True)
class Settings:
    execution: str | None
    """`validate` or `autograde` while nbgrader executes the notebook, else None."""
    grading_seed: int | None
    """The seed of a graded lab, given by the course's own execution step."""
    grading_url: str | None
    grading_token: str | None
    """A graded lab in a process of its own: base address, and token of the learner's part."""
    url: str | None
    token: str | None
    """A lab somewhere else: its base address, and the token of its control side."""
    ca: str | None
    """The file of the authority to trust, for a lab somewhere else that speaks TLS."""
    folder: Path
    """`.lab/`: which lab runs here, and its state."""
    amqp: str | None
    amqp_management: str | None
    """A RabbitMQ in place of the lab's own broker (`amqp://HOST:PORT`), and its management API
    (`http://USER:PASSWORD@HOST:PORT`)."""
    texts: Path
    """The catalogue of the sentences that learners read."""


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `environ`. Under nbgrader only what its grader gave. May raise ValueError."""
    execution = environ.get("NBGRADER_EXECUTION") or None
    graded = environ if execution == "autograde" else {}
    seed = graded.get("INTARK_GRADING_SEED")
    joined = environ if execution is None else {}
    return Settings(
        execution=execution,
        grading_seed=int(seed) if seed else None,
        grading_url=graded.get("INTARK_GRADING_URL"),
        grading_token=graded.get("INTARK_GRADING_TOKEN"),
        url=joined.get("INTARK_LAB_URL") or None,
        token=joined.get("INTARK_LAB_TOKEN") or None,
        ca=joined.get("SSL_CERT_FILE") or None,
        amqp=joined.get("INTARK_LAB_AMQP") or None,
        amqp_management=joined.get("INTARK_LAB_AMQP_MANAGEMENT") or None,
        folder=Path(joined.get("INTARK_LAB_FOLDER") or _home() / ".lab"),
        texts=Path(environ.get("INTARK_LAB_TEXTS") or paths.data() / "texts" / "en"),
    )


def _home() -> Path:
    return paths.checkout() or Path.cwd()
