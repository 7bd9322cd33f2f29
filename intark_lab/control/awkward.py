"""The awkward ways in which notifications come, as they do at a real institution.

duplicate: twice, with the same id. late: two hours after the change. out of order: the second of
two changes to one record is told first. future-dated: the change is registered now and holds in
thirty days. unknown: the record came to be there, and nobody was told. deleted: when the first is
told, the record is gone, which the last one tells. poison: a message that cannot be read.
"""

from collections.abc import Callable
from typing import NamedTuple

from intark_lab.events import Happening, Kind, Notice, Scene
from intark_lab.events.scene import Id
from intark_lab.messages.notifications import Message, Told

DAYS_AHEAD = 30
LATE = 7_200_000
BETWEEN = 60_000
"""Between two changes that are told out of order, ms."""
WAYS: dict[str, Callable[[Kind], bool]] = {
    "duplicate": lambda _kind: True,
    "late": lambda _kind: True,
    "out of order": lambda kind: kind.again,
    "future-dated": lambda kind: kind.dated,
    "unknown": lambda kind: kind.arrive is not None,
    "deleted": lambda kind: kind.leave is not None,
    "poison": lambda _kind: True,
}


class Telling(NamedTuple):
    notice: Notice
    at: int
    """Lab ms, as the notification will say."""


def ways(kind: Kind) -> list[str]:
    """The ways in which a kind can be told."""
    return [way for way, possible in WAYS.items() if possible(kind)]


def days_ahead(how: str | None) -> int:
    return DAYS_AHEAD if how == "future-dated" else 0


def tell(
    kind: Kind,
    scene: Scene,
    how: str | None,
    about: Id | None,
    at: int,
    let: Callable[[Happening], None],
) -> list[Telling]:
    """Let it all happen, by `let`, and say what is told of it, in the order of telling."""

    def happens(action, id_: Id | None) -> tuple[Notice, ...]:
        happening = action(scene, id_)
        let(happening)
        return happening.notices

    if how == "unknown":
        about = happens(kind.arrive, None)[0].id
    elif about is None and kind.choose is not None:
        about = kind.choose(scene)
    when = at - LATE if how == "late" else at
    told = [Telling(notice, when) for notice in happens(kind.happen, about)]
    if how == "out of order":
        earlier = [telling._replace(at=at - BETWEEN) for telling in told]
        return [Telling(notice, at) for notice in happens(kind.happen, about)] + earlier
    if how == "deleted":
        told += [Telling(notice, at) for notice in happens(kind.leave, told[0].notice.id)]
    return told


def sent(how: str | None, messages: list[tuple[Told, Message]]) -> list[tuple[Told, Message]]:
    """The messages as they go out."""
    if how == "duplicate":
        return [each for each in messages for _ in range(2)]
    if how == "poison":
        return [(told, message._replace(body=broken(message.body))) for told, message in messages]
    return messages


def broken(body: bytes) -> bytes:
    """The first half, which is no JSON."""
    return body[: len(body) // 2]
