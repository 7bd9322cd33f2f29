"""Calls of every kind around a lab's birth, for tests of questions about many of them."""

import asyncio
from random import Random

from hypothesis import strategies as st

from intark_lab.birth import identity
from intark_lab.journal import UNKNOWN, Call
from intark_lab.store import Store
from intark_lab.traffic import HOUR

BORN = 1_800_000_000_000
ROOMS, COURSES = identity(1, "api", "rombooking"), identity(1, "api", "fs-emner")
OWNERS = (
    *({"api": ROOMS}, {"api": COURSES}, {"application": UNKNOWN}),
    {"application": identity(1, "application", "course")},
    {"api": COURSES, "application": identity(1, "application", "grade-report")},
)
NEAR = st.integers(-40 * HOUR, 12 * HOUR) | st.integers(-40, 12).map(lambda n: n * HOUR)
ENDS = st.tuples(NEAR, NEAR, st.sampled_from((-1, 0, 1))).filter(lambda ends: ends[0] < ends[1])


def call(at: int, dice: Random) -> tuple:
    """The columns of a usage row but its id."""
    plan, application = dice.choice([(None, UNKNOWN), ("p", OWNERS[3]["application"])])
    return (
        *(at, "t", "r", dice.choice((ROOMS, COURSES)), plan, application, None, "GET", "/x", ""),
        *(dice.choice((200, 200, 404, 429)), dice.randrange(40), 1, 0, 8, "source:x", "h", "u"),
        *("127.0.0.1", "header", None, None),
    )


def keep(store: Store, *calls: Call) -> None:
    """Write calls, in one turn of the loop."""

    async def kept():
        await asyncio.gather(*(store.usage(call[1:]) for call in calls))

    asyncio.run(kept())


async def filled(store: Store, calls: int) -> None:
    """Calls of the eight hours after birth, of which the last few are not counted yet."""
    dice = Random(3)
    for number in range(calls):
        kept = store.usage(call(BORN + number * 8 * HOUR // calls, dice))
        if number % 100 == 99:
            await kept
    await kept
