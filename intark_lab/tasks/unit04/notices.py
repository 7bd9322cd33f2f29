"""What the queues of tasks 4.1, 4.3 and 4.4 tell: real records, chosen by the seed."""

from collections.abc import Iterable

from intark_lab.events import Notice
from intark_lab.sources import Sources

POISON = 1
"""Which of `courses` comes cut off in task 4.3."""
COURSES = 4


def formats(sources: Sources, seed: int) -> list[Notice]:
    """All four providers, and every operation."""
    told = (
        ("fs", "fs-studenter", "personer", "update", ("etternavn",)),
        ("dfo", "dfo-ansatte", "ansatte", "create", ("fornavn", "etternavn")),
        ("rombooking", "rombooking", "rom", "update", ("stengt_fra",)),
        ("tp", "tp-timeplan", "aktiviteter", "update", ("rom",)),
        ("dfo", "dfo-ansatte", "ansatte", "update", ("organisasjonId",)),
        ("fs", "fs-emner", "emner", "update", ("navn",)),
        ("dfo", "dfo-ansatte", "ansatte", "delete", ()),
        ("fs", "fs-emner", "undervisningsaktiviteter", "delete", ()),
    )
    return [
        Notice(system, source, collection, _chosen(sources, source, collection, seed), *how)
        for system, source, collection, *how in told
    ]


def courses(sources: Sources, seed: int) -> list[Notice]:
    """COURSES different courses, each of which changed its name."""
    ids = list(sources.ids("fs-emner", "emner"))
    return [
        Notice("fs", "fs-emner", "emner", ids[(seed + 5 * step) % len(ids)], "update", ("navn",))
        for step in range(COURSES)
    ]


def _chosen(sources: Sources, source: str, collection: str, seed: int) -> int | str:
    ids: Iterable = sources.ids(source, collection)
    return [*ids][seed * 7919 % len(ids)]
