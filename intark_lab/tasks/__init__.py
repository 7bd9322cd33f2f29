"""Graded tasks: what they are, and what learners call on their way through them.

The judges of a unit are in a folder of their own. They are called on the lab's control side, where
truth and journal are; `check` gathers evidence in the kernel and sends it there.
"""

from intark_lab.tasks import unit01, unit02, unit03, unit04, unit05
from intark_lab.tasks.checking import begin, check
from intark_lab.tasks.help import hint, progress, solution
from intark_lab.tasks.task import Task

TASKS: dict[str, Task] = {
    task.id: task for unit in (unit01, unit02, unit03, unit04, unit05) for task in unit.TASKS
}
"""Every task of the course by its id, in their order."""

__all__ = ["TASKS", "begin", "check", "hint", "progress", "solution"]
