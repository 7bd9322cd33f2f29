"""What the lab prepares on its own side for a task: access that is broken, a queue that is full.

A setting is called when the task is opened or when a check of it begins; what it gives is merged
into the task's inputs, or into the orders for its drive.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from intark_lab.control.occasions import Occasions
from intark_lab.institution import Institution


class Stage(NamedTuple):
    """Where a setting is put up."""

    institution: Institution
    occasions: Occasions
    origin: str
    """The address by which the learner reaches the lab, `http://HOST:PORT`."""


Setting = Callable[[Stage], Awaitable[dict]]

OPENED: dict[str, Setting] = {}
"""By task: what is prepared when `lab.task` opens it."""
STARTED: dict[str, Setting] = {}
"""By task: what is prepared when a check of a function begins."""
