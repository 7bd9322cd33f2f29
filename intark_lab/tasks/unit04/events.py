"""What happens in the payroll system on the day of task 4.5: 200 events, some told awkwardly."""

from typing import NamedTuple

MOVES, STARTS, ENDS = "an employee moves unit", "an employee starts", "an employee ends"
ROUNDS = 10


class Event(NamedTuple):
    kind: str
    how: str | None = None
    """The awkward way in which it is told."""
    again: bool = False
    """Whether it happens to the same employee as the event before."""


ROUND = (
    Event(MOVES),
    Event(MOVES, "duplicate"),
    Event(STARTS),
    Event(MOVES),
    Event(MOVES, "late"),
    Event(MOVES),
    Event(ENDS, "future-dated"),
    Event(MOVES),
    Event(MOVES, "out of order"),
    Event(MOVES, "deleted"),
    Event(MOVES),
    Event(STARTS, "future-dated"),
    Event(MOVES, "unknown"),
    Event(MOVES),
    Event(ENDS, "deleted"),
    Event(MOVES),
    Event(STARTS, "duplicate"),
    Event(MOVES),
    Event(MOVES, "poison"),
    Event(MOVES, again=True),
)
"""After a message that cannot be read another one comes about the same employee: nobody could
keep in step with a change of which nothing readable is ever said."""


def busy_day() -> list[Event]:
    return [*ROUND * ROUNDS]
