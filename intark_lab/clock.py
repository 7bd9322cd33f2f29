"""Lab time: real time plus what `advance` added. It never stands still and never goes back."""

import time


class Clock:
    """A lab's clock. Instants are seconds since the Unix epoch, as a float.

    `start` plants the clock at another instant than now (tests, grading); `offset` is the sum of
    earlier advances in seconds, as the state file kept it.
    """

    def __init__(self, start: float | None = None, offset: float = 0.0):
        self.offset = offset if start is None else start - time.time()

    def now(self) -> float:
        return time.time() + self.offset

    def ms(self) -> int:
        """Lab time in whole milliseconds, the unit of every stored instant."""
        return int(self.now() * 1000)

    def advance(self, seconds: float) -> None:
        """Move lab time forward. Raises ValueError for a negative or non-finite step."""
        if not 0 <= seconds < float("inf"):
            raise ValueError("lab time only moves forward: seconds must be 0 or more")
        self.offset += seconds
