"""What learners hand in, right and wrong: played against a real lab by test_attempts."""

from collections.abc import Callable
from typing import NamedTuple


class Attempt(NamedTuple):
    """An answer to a task, and what the check makes of it.

    `answer` gets what `lab.task` gave and returns what goes into `check`. `kinds` are the messages
    that the learner is told, without the task's own prefix; `outcome` is untried, wrong, right or
    raised. What is `slow` is left out of the daily part.
    """

    task: str
    answer: Callable
    points: float
    outcome: str
    kinds: str
    slow: bool = False
