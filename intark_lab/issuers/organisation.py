"""Organisation numbers (organisasjonsnummer) that belong to nobody.

Nine digits, the last a check digit by weights and modulus 11. Where the first eight give ten, no
number is ever assigned. Source: Brønnøysundregistrene, "Om organisasjonsnummeret".
"""

import re
from operator import mul

from intark_lab.world.dice import Dice

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_NONE = 10


def organisation_number(seed: int) -> str:
    """The number of the institution of `seed`: nine digits of which the register knows nothing."""
    dice = Dice(seed, "organisation number")
    while True:
        first = f"{90_000_000 + dice.below(10_000_000)}"
        if _check_digit(first) == _NONE:
            return f"{first}0"


def belongs_to_nobody(number: object) -> bool:
    """Whether `number` has nine digits and no organisation can have it."""
    if not isinstance(number, str) or not re.fullmatch(r"[0-9]{9}", number):
        return False
    return str(_check_digit(number[:8])) != number[8]


def _check_digit(first: str) -> int:
    return -sum(map(mul, _WEIGHTS, map(int, first))) % 11
