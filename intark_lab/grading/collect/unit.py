"""Of which unit a file is, found even where it is no notebook that can be read."""

import re
from collections import Counter
from collections.abc import Collection

from intark_lab.grading.repair.reading import decoded

_TASK = re.compile(r"\bu(\d{1,2})-t\d{1,2}-(?:task|begin|answer|check)\b")
_NAME = re.compile(r'"id": ?"u(\d{1,2})-')
_CALL = re.compile(r"\bcheck\(\\?[\"'](\d{1,2})\.\d")


def unit_of(raw: bytes, name: str, units: Collection[str]) -> tuple[str | None, bool]:
    """The unit, by the cells' names, else the checks they call, else the file's name.

    And whether it is an exercise as far as one can see; a lesson has cells of a unit but no tasks.
    """
    said = decoded(raw)[0] if not raw.startswith(b"PK") else ""
    for form, exercise in ((_TASK, True), (_NAME, False), (_CALL, True)):
        for number, _ in Counter(form.findall(said)).most_common(1):
            return _named(number, units), exercise
    return next((unit for unit in units if _names(name, unit)), None), True


def _named(number: str, units: Collection[str]) -> str | None:
    return next(
        (unit for unit in units if unit[:2].isdigit() and int(unit[:2]) == int(number)), None
    )


def _names(name: str, unit: str) -> bool:
    """Whether a file's name is the unit's, or has it or its number in it."""
    number = re.search(
        rf"(?:^|[ _.-])(?:unit|enhet|exercise)?[ _-]*{unit[:2]}(?:$|[ _.-])", name, re.I
    )
    return unit.lower() in name.lower() or (unit[:2].isdigit() and bool(number))
