"""What the lab prepares on its own side for a task: access that is broken, a queue that is full.

A setting is called when the task is opened or when a check of it begins; what it gives is merged
into the task's inputs, or into the orders for its drive.
"""

from intark_lab.control.stages import unit03, unit04
from intark_lab.control.stages.stage import Setting, Stage

OPENED: dict[str, Setting] = {**unit03.OPENED}
"""By task: what is prepared when `lab.task` opens it."""
STARTED: dict[str, Setting] = {**unit03.STARTED, **unit04.STARTED}
"""By task: what is prepared when a check of a function begins."""

__all__ = ["OPENED", "STARTED", "Setting", "Stage"]
