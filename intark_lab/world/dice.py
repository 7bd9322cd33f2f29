"""Chances that fall the same way on every Python and machine."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Weighted:
    """Things to draw from, each as often as its weight says."""

    __slots__ = ("ends", "things", "total")

    def __init__(self, pairs: Sequence[tuple]):
        self.things = [thing for thing, _ in pairs]
        self.ends = list(accumulate(weight for _, weight in pairs))
        self.total = self.ends[-1]


class Dice:
    """One stream of chances, named by seed and part.

    A part of the world has a stream of its own, so that a new room moves no student. Only
    `Random.random()` is used: how `choice` and `shuffle` consume it has changed between versions.
    """

    __slots__ = ("random",)

    def __init__(self, seed: int, part: str):
        self.random = random.Random(f"{seed}/{part}").random

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1."""
        return int(self.random() * end)

    def pick(self, things: Sequence[T]) -> T:
        """One of `things`, all equally likely."""
        return things[int(self.random() * len(things))]

    def draw(self, weighted: Weighted):
        """One thing, by weight."""
        return weighted.things[bisect_right(weighted.ends, self.random() * weighted.total)]
