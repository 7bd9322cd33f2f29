"""`lab.task` and `check`: the kernel's half of a task."""

from importlib import import_module
from types import SimpleNamespace

from intark_lab.tasks import evidence
from intark_lab.tasks.plain import plain
from intark_lab.tasks.show import Points, shown
from intark_lab.texts import text


class Begun(SimpleNamespace):
    """A task that was opened: its inputs as attributes."""

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name} = {value!r}" for name, value in vars(self).items())
        return inputs or text("tasks.no-inputs")

    def __getattr__(self, name: str):
        """Only asked for what is not there, as after another task was opened."""
        names = ", ".join(vars(self)) or "-"
        raise AttributeError(text("tasks.no-such-input", name=name, names=names))


def begin(lab, task_id: str) -> Begun:
    """Open a task in `lab` and give its inputs. Only calls made from now on count for it."""
    return Begun(**lab.control("POST", f"/tasks/{task_id}/open")["params"])


def check(task_id: str, answer=...) -> Points:
    """Judge an answer: data, or for some tasks a function, which is called. Prints the message.

    The value is the points. Raises Shortfall while nbgrader executes, at 0 points, and in Validate
    at anything less than all of them; LabError for a task that is not there.
    """
    from intark_lab.lab import current

    control = current().control
    drive = _of_unit(task_id, "drives").get(task_id)
    if drive is None:
        read = _of_unit(task_id, "readers").get(task_id, plain)
        found = evidence.of_value(answer, read)
    else:
        orders = control("POST", f"/tasks/{task_id}/start")
        found = evidence.of_function(answer, drive, orders)
    return shown(control("POST", f"/tasks/{task_id}/judge", found))


def _of_unit(task_id: str, name: str) -> dict:
    """The `drives` or `readers` of the task's unit, by task; none where there are none."""
    unit = str(task_id).partition(".")[0]
    try:
        module = import_module(f"intark_lab.tasks.unit{unit:0>2}.{name}")
    except ModuleNotFoundError:
        return {}
    return getattr(module, name.upper())
