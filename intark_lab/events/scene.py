"""The nouns of an event, and what several kinds do alike."""

from datetime import date, timedelta
from typing import NamedTuple

from intark_lab.sources.own import Change, OwnSources
from intark_lab.world.dice import Dice

Id = int | str


class Notice(NamedTuple):
    """What a source system says of a change: which record, and how it changed."""

    system: str
    """The provider: fs, tp, dfo, rombooking."""
    source: str
    """The API where the record is, as the catalogue calls it."""
    collection: str
    id: Id
    operation: str
    """`create`, `update` or `delete`."""
    attributes: tuple[str, ...] = ()


class Happening(NamedTuple):
    changes: tuple[Change, ...]
    notices: tuple[Notice, ...]

    def __add__(self, other: "Happening") -> "Happening":
        return Happening(self.changes + other.changes, self.notices + other.notices)


class Scene(NamedTuple):
    sources: OwnSources
    dice: Dice
    day: date
    """Lab time's day."""
    ahead: int = 0
    """How many days from then on a dated change holds."""

    @property
    def effective(self) -> str:
        """The ISO date from which a dated change holds."""
        return (self.day + timedelta(days=self.ahead)).isoformat()

    def any(self, source: str, collection: str) -> dict:
        """One record of a collection."""
        return self.dice.pick(self.sources.records(source, collection))

    def one_of(self, source: str, collection: str, wanted) -> dict:
        """One of the records that are wanted; any one where none is."""
        records = self.sources.records(source, collection)
        return self.dice.pick([one for one in records if wanted(one)] or records)

    def other(self, things: list, than):
        """One of the things, but not that one."""
        return self.dice.pick([thing for thing in things if thing != than])


def replaced(source: str, collection: str, id_: Id, record: dict, **fields) -> Change:
    """A record with some of its fields changed."""
    return Change(source, collection, id_, {**record, **fields})
