"""Whose a hand-in is: by a list, by an LMS's names, by a mail's sender, by folder or file name.

Canvas writes `LASTFIRST_[LATE_]USER_SUBMISSION_NAME`, Moodle a folder
`FULL NAME_PARTICIPANT_assignsubmission_file_` or the same before the file's name. (Their own
exports; neither is documented as a format.)
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

_CANVAS = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.S)
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_COPY = re.compile(r"[ _-]*\(\d+\)$|-copy\d*$|[ _-](?:copy|kopi|final|endelig)$", re.I)
_FOLDERS = {"submitted", "exercises", "work", "notebooks", "submissions", "autograded"}


class Person(NamedTuple):
    """A student: `name` is what nbgrader gets, `key` tells two of one name apart, if it can."""

    name: str
    key: str = ""


@dataclass
class Roster:
    """A list of students: every word about one leads to the name that nbgrader gets."""

    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, file: Path) -> "Roster":
        """From a CSV with a header. `student` or else the first column is the student's name here;
        every other value (full name, address, an LMS's id) is a word that leads there.

        Raises OSError, or ValueError where it is no such table.
        """
        text = file.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        rows = csv.DictReader(text.splitlines(), delimiter=";" if head.count(";") else ",")
        columns = rows.fieldnames or []
        if not columns:
            raise ValueError(file.name)
        named = next(
            (c for c in columns if c.strip().lower() in ("student", "student_id")), columns[0]
        )
        roster = cls()
        for row in rows:
            if student := slug(row.get(named) or ""):
                for value in filter(lambda value: isinstance(value, str), row.values()):
                    for word in _spellings(value):
                        roster.words[word].add(student)
        return roster

    def find(self, word: str) -> str | None:
        """The one student that a word leads to."""
        found = self.words.get(_letters(word), set())
        return next(iter(found)) if len(found) == 1 else None


def slug(name: str) -> str:
    """A name as nbgrader and a file system take it: lower case, words joined by hyphens."""
    plain = unicodedata.normalize("NFC", name).casefold()
    return re.sub(r"[^\w.@-]+", "-", plain).strip("-._ ")[:80]


def person(trail: tuple[str, ...], unit: str, shared: int, units: Collection[str]) -> Person | None:
    """Whose the file at the end of a trail is, as far as the names tell.

    The first `shared` names are those of all hand-ins, and of no person.
    """
    for name in trail:
        for layout, system in ((_MOODLE, "moodle"), (_CANVAS, "canvas")):
            if found := layout.fullmatch(_stem(name)):
                return Person(slug(found["name"]), f"{system}-{found['id']}")
    folders = [name for name in trail[:-1] if not _is_course(name, units)]
    if mail := next(filter(_MAIL.fullmatch, folders), None):
        return Person(slug(mail))
    own = [name for name in trail[shared:-1] if not _is_course(name, units)]
    left = own[0] if own else flat_name(trail[-1], unit)
    if not left and folders:
        left = folders[-1]
    return Person(slug(left)) if slug(left) else None


def listed(trail: tuple[str, ...], unit: str, roster: Roster) -> Person | None:
    """Whose the file is, by the list: the first name of the trail that leads to one student."""
    for word in (word for name in trail for word in _words(name, unit)):
        if student := roster.find(word):
            return Person(student)
    return None


def shared_names(trails: list[tuple[str, ...]]) -> int:
    """How many names all trails begin with, that say nothing about whose each is."""
    folders = {trail[:-1] for trail in trails}
    if len(folders) == 1 and len({trail[-1] for trail in trails}) > 1:
        return len(next(iter(folders)))
    if len(folders) == 1:
        return 0
    alike = takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))
    return sum(1 for _ in alike)


def flat_name(name: str, unit: str) -> str:
    """What a file's name says beside the unit: `anna` of `02-call-an-api_anna (1).ipynb`."""
    left = _COPY.sub("", _stem(name).strip())
    left = re.sub(re.escape(unit), " ", left, flags=re.I)
    number = rf"(?:^|[ _.-]+)(?:unit|enhet|exercise|oppgave)?[ _.-]*{unit[:2]}(?=$|[ _.-])"
    left = re.sub(number, " ", left, flags=re.I) if unit[:2].isdigit() else left
    return _COPY.sub("", left.strip(" _.-"))


def _words(name: str, unit: str) -> Iterator[str]:
    yield from (name, _stem(name), flat_name(name, unit))
    for layout in (_MOODLE, _CANVAS):
        if found := layout.fullmatch(_stem(name)):
            yield from (found["id"], found["name"])


def _spellings(value: str) -> set[str]:
    """A value as names write it: as it is, and for a full name the last word first."""
    words = re.split(r"[\s,]+", value.strip())
    return {_letters(value), _letters("".join([words[-1], *words[:-1]]))} - {""}


def _letters(word: str) -> str:
    plain = unicodedata.normalize("NFC", word).casefold()
    return "".join(letter for letter in plain if letter.isalnum() or letter == "@")


def _stem(name: str) -> str:
    """A name without what programs put behind it: `.ipynb`, `.ipynb.txt`, `.json`, `.zip`."""
    return re.sub(r"(?:\.ipynb|\.json|\.txt|\.zip)+$", "", name, flags=re.I)


def _is_course(name: str, units: Collection[str]) -> bool:
    return name.lower() in _FOLDERS or name in units
