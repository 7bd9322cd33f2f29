"""The source systems of one lab: those of its seed, and over them what has changed in this lab."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from intark_lab.sources import Sources
from intark_lab.sources.collection import Collection
from intark_lab.store import Store


class Change(NamedTuple):
    """A record that is another one from now on, is new, or (None) is gone."""

    source: str
    collection: str
    id: int | str
    record: dict | None


class OwnSources(Sources):
    """Sources with a lab's changes. A collection without any is the one that all labs share.

    A change is first kept in the store, and shown once that is committed.
    """

    def __init__(self, shared: Sources, store: Store):
        super().__init__(shared.world)
        self._shared, self._store = shared, store
        self.read()

    def read(self) -> None:
        """Show what the store holds, and nothing else."""
        self._changes: dict[tuple[str, str], dict] = defaultdict(dict)
        self._collections.clear()
        self.show(
            Change(
                row["source"], row["collection"], json.loads(row["id"]), json.loads(row["record"])
            )
            for row in self._store.all("SELECT * FROM change ORDER BY rowid")
        )

    def keep(self, changes: Iterable[Change]) -> None:
        """Write changes, inside a transaction."""
        for source, collection, id_, record in changes:
            self._store.write(
                "INSERT INTO change VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET record = excluded.record",
                *(source, collection, json.dumps(id_), json.dumps(record)),
            )

    def show(self, changes: Iterable[Change]) -> None:
        """Answer with changes that are kept."""
        for source, collection, id_, record in changes:
            self._changes[source, collection][id_] = record
            self._collections.pop((source, collection), None)

    def ever(self, source: str, collection: str) -> set[int | str]:
        """The ids of all records that are there or once were."""
        return {*self._shared.ids(source, collection), *self._changes.get((source, collection), ())}

    def _made(self, source: str, name: str) -> Collection:
        shared = self._shared._collection(source, name)
        changes = self._changes.get((source, name))
        return shared if changes is None else shared.changed(changes)
