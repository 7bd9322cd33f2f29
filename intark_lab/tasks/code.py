"""A learner's points as a short code, to be written down and typed in elsewhere.

A code holds, unit by unit, the best points of each task. It is base 32 in Crockford's alphabet
(https://www.crockford.com/base32.html), so that no letter looks like a digit, with the version of
the form in front and a checksum behind. It is no proof of anything: grading never looks at it.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from zlib import crc32

from intark_lab.texts import text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKE = str.maketrans("OIL", "011")
VERSION = 1
VERSION_BITS, UNIT_BITS, COUNT_BITS, TASK_BITS, CHECK_BITS = 5, 4, 4, 3, 15
GROUP = 5
"""Characters between two hyphens."""


class WrongCode(ValueError):
    """It is no code of ours, or a letter of it is wrong; the message says what to do."""


def encode(points: Mapping[str, int | None]) -> str:
    """The code of best points by task, None where a task was never tried.

    The tasks of a unit are `UNIT.1` and so on without a gap; points are whole, 0 to 6.
    """
    bits = f"{VERSION:0{VERSION_BITS}b}"
    for unit, tasks in groupby(points, key=lambda task: task.partition(".")[0]):
        values = [points[task] for task in tasks]
        if any(value is not None for value in values):
            bits += f"{int(unit):0{UNIT_BITS}b}{len(values):0{COUNT_BITS}b}"
            bits += "".join(
                f"{0 if value is None else value + 1:0{TASK_BITS}b}" for value in values
            )
    return _grouped(_letters(bits) + _letters(_checksum(_padded(bits))))


def decode(code: str) -> dict[str, int]:
    """Points by task, those that were tried. Raises WrongCode."""
    letters = "".join(code.upper().translate(LOOK_ALIKE).replace("-", " ").split())
    if not letters or not set(letters) <= set(ALPHABET):
        raise WrongCode(text("tasks.code.no-code"))
    bits = "".join(f"{ALPHABET.index(letter):05b}" for letter in letters)
    bits, check = bits[:-CHECK_BITS], bits[-CHECK_BITS:]
    if check != _checksum(bits) or int(bits[:VERSION_BITS], 2) != VERSION:
        raise WrongCode(text("tasks.code.no-code"))
    return dict(_tasks(bits[VERSION_BITS:]))


def _tasks(bits: str) -> Iterable[tuple[str, int]]:
    while len(bits) >= UNIT_BITS + COUNT_BITS and "1" in bits:
        unit, count = int(bits[:UNIT_BITS], 2), int(bits[UNIT_BITS : UNIT_BITS + COUNT_BITS], 2)
        bits = bits[UNIT_BITS + COUNT_BITS :]
        for number in range(1, count + 1):
            value, bits = int(bits[:TASK_BITS] or "0", 2), bits[TASK_BITS:]
            if value:
                yield f"{unit}.{number}", value - 1


def _padded(bits: str) -> str:
    return bits + "0" * (-len(bits) % 5)


def _letters(bits: str) -> str:
    bits = _padded(bits)
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


def _checksum(bits: str) -> str:
    return f"{crc32(bits.encode()) & 0x7FFF:0{CHECK_BITS}b}"


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
