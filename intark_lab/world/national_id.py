"""National identity numbers (fødselsnummer) that belong to nobody.

Eleven digits: day, month, year, three individual digits, two check digits. Test populations add
80 to the month, so no such number is ever given to a person; the check digits count over the
digits as they stand. Source: Skatteetaten, "Om fødselsnummer" and the Tenor test data.
"""

from operator import mul

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
SYNTHETIC_MONTH = 80


def national_id(year: int, month: int, day: int, individual: int) -> str | None:
    """The synthetic number, or None where the rules give no check digit."""
    text = f"{day:02}{month + SYNTHETIC_MONTH:02}{year % 100:02}{individual:03}"
    digits = [int(digit) for digit in text]
    first = -sum(map(mul, _FIRST, digits)) % 11
    digits.append(first)
    second = -sum(map(mul, _SECOND, digits)) % 11
    return None if first == 10 or second == 10 else f"{text}{first}{second}"
