"""The nouns of graded tasks. A Task has a judge; a Bench is all that a judge sees of a lab; each
Part of a Verdict is one point, earned or not, and the message that says why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from intark_lab.journal import Call
from intark_lab.sources import Sources

if TYPE_CHECKING:
    from intark_lab.control.view import View


class Part(NamedTuple):
    """One point. `message` and `read` (where to read more) name texts, `fields` fill both."""

    earned: bool
    message: str
    fields: dict
    read: str | None = None


class Verdict(NamedTuple):
    """What a judge found. `outcome` is `untried`, `wrong`, `right` or `raised`."""

    outcome: str
    parts: list[Part]

    @property
    def points(self) -> float:
        return float(sum(part.earned for part in self.parts))

    @property
    def messages(self) -> list[str]:
        """The names of what the learner is told, each once."""
        return list(dict.fromkeys(part.message for part in self.parts))


@dataclass(frozen=True)
class Bench:
    """What a judge sees: truth, the task's inputs, and the calls that count for it."""

    seed: int
    truth: Sources
    params: dict | None
    """What `lab.task` gave the learner, None while the task was never opened."""
    calls: list[Call]
    """Oldest first: since the task was opened, or since a check of a function began."""
    probe: str | None
    """The subscription that a check of a function drives it with."""
    view: "View"
    """What the institution keeps: applications, subscriptions, keys."""

    def by_probe(self) -> list[Call]:
        return [call for call in self.calls if call.subscription == self.probe]

    def by_others(self) -> list[Call]:
        return [call for call in self.calls if call.subscription != self.probe]


@dataclass(frozen=True)
class Task:
    """A graded task. `name` leads to its texts: `NAME.title`, `NAME.hint1` to `NAME.hint3`."""

    id: str
    """`UNIT.NUMBER`, such as 2.4."""
    name: str
    points: int
    minutes: int
    judge: Callable[[Bench, dict], Verdict]
    """Judges the evidence that the kernel's half gathered."""
    inputs: Callable[[Bench], dict] = field(default=lambda _: {})
    """What the learner gets from `lab.task`, made from seed and truth alone."""
    orders: Callable[[Bench], dict] | None = None
    """For a task about a function: what the kernel's half is told to drive it with."""
    plan: tuple[str, str] | None = None
    """The API and the plan (slugs) that the drive may use, where it calls through the gateway."""

    @property
    def hints(self) -> tuple[str, ...]:
        return tuple(f"{self.name}.hint{level}" for level in (1, 2, 3))


def verdict(*parts: Part) -> Verdict:
    """The verdict that follows from the parts alone."""
    return Verdict("right" if all(part.earned for part in parts) else "wrong", list(parts))


def yes(message: str, /, **fields) -> Part:
    return Part(True, message, fields)


def no(message: str, read: str, /, **fields) -> Part:
    return Part(False, message, fields, read)
