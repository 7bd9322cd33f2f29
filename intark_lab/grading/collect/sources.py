"""Every file in what an instructor was given: folders, archives in them, saved mails.

Names in an archive are read and never followed, and no more is unpacked than could be meant.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple

from intark_lab.grading.repair.reading import MOST_BYTES, Note

DEPTH = 3
"""Archives within archives that are opened: an export, a hand-in, and one more."""
_NOISE = re.compile(r"\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$|__pycache__$")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
_BROKEN += (ValueError, IndexError)  # what zipfile raises for some spoilt headers


class File(NamedTuple):
    """A file: the names that lead to it, outermost first, its content, and when it was written."""

    trail: tuple[str, ...]
    raw: bytes
    time: float


class Unread(NamedTuple):
    """What could not be read, and why."""

    trail: tuple[str, ...]
    reason: Note


@dataclass
class Budget:
    """How much is unpacked in all, so that no archive fills memory or lasts for ever."""

    size: int = 16 * 2**30
    count: int = 100_000
    told: bool = field(default=False, init=False)

    def left(self) -> int:
        return max(0, min(self.size, MOST_BYTES)) if self.count > 0 else 0

    def spend(self, size: int) -> None:
        self.size -= size
        self.count -= 1


def files(source: Path, budget: Budget | None = None) -> Iterator[File | Unread]:
    """Every file in a folder, an archive or a mail, in a fixed order, one in memory at a time.

    What an operating system leaves beside people's files is passed over.
    """
    budget = budget or Budget()
    if source.is_file():
        archive = zipfile.is_zipfile(source) and not source.name.endswith(".ipynb")
        own = (
            _unpacked(source, (), budget, 1) if archive else _opened(source, (source.name,), budget)
        )
        yield from own
        return
    for path in sorted(source.rglob("*")):
        trail = path.relative_to(source).parts
        if path.is_file() and not path.is_symlink() and not any(map(_NOISE.match, trail)):
            yield from _opened(path, trail, budget)


def _opened(path: Path, trail: tuple[str, ...], budget: Budget) -> Iterator[File | Unread]:
    """A file of the disk; of an archive what is in it."""
    try:
        status = path.stat()
        if zipfile.is_zipfile(path) and not path.name.endswith(".ipynb"):
            yield from _unpacked(path, trail, budget, 1)
        elif status.st_size > MOST_BYTES:
            yield Unread(trail, Note("collect.large", {"size": status.st_size // 2**20}))
        else:
            yield from _read(File(trail, path.read_bytes(), status.st_mtime), budget, 1)
    except OSError as error:
        yield Unread(trail, Note("collect.system", {"said": error.strerror or str(error)}))


def _read(file: File, budget: Budget, depth: int) -> Iterator[File | Unread]:
    """A file, or what an archive or a mail holds in its place."""
    name = file.trail[-1].lower()
    if file.raw.startswith(b"PK\x03\x04") and not name.endswith(".ipynb"):
        yield from _unpacked(io.BytesIO(file.raw), file.trail, budget, depth)
    elif name.endswith(".eml"):
        yield from _attached(file, budget, depth)
    else:
        yield file


def _unpacked(
    archive: Path | io.BytesIO, trail: tuple[str, ...], budget: Budget, depth: int
) -> Iterator[File | Unread]:
    if depth > DEPTH:
        yield Unread(trail, Note("collect.deep", {}))
        return
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                names = [name for name in re.split(r"[/\\]", entry.filename) if name.strip(". ")]
                if not entry.is_dir() and names and not any(map(_NOISE.match, names)):
                    yield from _entry(opened, entry, (*_inside(trail), *names), budget, depth)
    except _BROKEN as error:
        yield Unread(trail, Note("collect.broken-archive", {"said": str(error)[:80]}))


def _entry(
    opened: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    trail: tuple[str, ...],
    budget: Budget,
    depth: int,
) -> Iterator[File | Unread]:
    most = budget.left()
    if not most:
        if not budget.told:
            yield Unread(trail, Note("collect.too-much", {}))
        budget.told = True
        return
    try:
        with opened.open(entry) as file:
            raw = file.read(most + 1)
    except _BROKEN as error:
        yield Unread(trail, Note("collect.broken", {"said": str(error)[:80]}))
        return
    budget.spend(len(raw))
    if len(raw) > most:
        yield Unread(trail, Note("collect.large", {"size": most // 2**20}))
    else:
        yield from _read(File(trail, raw, _entry_time(entry)), budget, depth + 1)


def _entry_time(entry: zipfile.ZipInfo) -> float:
    """When an archive says that the file was written, by this machine's zone; 0 if it cannot be."""
    try:
        return datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _attached(file: File, budget: Budget, depth: int) -> Iterator[File | Unread]:
    """What is attached to a saved mail, below its sender's address."""
    try:
        mail = message_from_bytes(file.raw, policy=policy.default)
        sender = parseaddr(str(mail["From"]))[1]
        time = _mail_time(mail, file.time)
        parts = [(part.get_filename(), part.get_payload(decode=True)) for part in mail.walk()]
    except Exception as error:  # a spoilt mail raises nearly anything in email's parsers
        yield Unread(file.trail, Note("collect.broken", {"said": str(error)[:80]}))
        return
    trail = (*file.trail[:-1], *filter(None, [sender]))
    for name, raw in parts:
        if name and raw is not None:
            part = File((*trail, re.split(r"[/\\]", name)[-1]), raw, time)
            yield from _read(part, budget, depth + 1)


def _mail_time(mail, otherwise: float) -> float:
    sent = getattr(mail["Date"], "datetime", None)
    if sent is None:
        return otherwise
    return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).timestamp()


def _inside(trail: tuple[str, ...]) -> tuple[str, ...]:
    """An archive as a folder: its name without the ending."""
    return (*trail[:-1], *(re.sub(r"\.zip$", "", name, flags=re.I) for name in trail[-1:]))
