"""The source systems (kildesystemer), which answer as their OpenAPI documents say.

One engine serves them all. Which paths there are and which parameters they take is read from the
OpenAPI document in the catalogue; a module for each system says how the world looks in its
records. A collection is made when first asked for.

What is here belongs to a seed, and labs of one seed share it. What changes in one lab is laid over
it by `own`.
"""

from functools import cache
from importlib import import_module

from intark_lab.catalogue import load_catalogue
from intark_lab.sources.answers import Answer, Problem
from intark_lab.sources.collection import Collection, Spec
from intark_lab.sources.documents import Operations, read_operations
from intark_lab.world import World

METHODS = "GET"


class Sources:
    """All source systems of one institution."""

    def __init__(self, world: World):
        self.world = world
        self._operations = _documented()
        self._collections: dict[tuple[str, str], Collection] = {}

    def respond(self, source: str, method: str, path: str, query: bytes) -> Answer:
        """Answer a request. `path` is decoded and without context path: `/emner/INF1100-1`.

        KeyError: no such source.
        """
        try:
            return self._respond(source, method, path, query)
        except Problem as problem:
            return problem.answer()

    def records(self, source: str, collection: str) -> list[dict]:
        """The whole truth of a collection, `emner`, in its order. Not to be changed."""
        return self._collection(source, collection).records

    def ids(self, source: str, collection: str) -> list[int | str]:
        """The ids of a collection's records, in their order."""
        return self._collection(source, collection).ids()

    def record(self, source: str, collection: str, id_: int | str) -> dict | None:
        """The truth about one record, None if there is none. Not to be changed."""
        return self._collection(source, collection).record(id_)

    def _respond(self, source: str, method: str, path: str, query: bytes) -> Answer:
        name, slash, id_ = path[1:].partition("/")
        operations = self._operations[source].get(name)
        if operations is None or (slash and (not id_ or "/" in id_)):
            raise Problem(404, f"There is nothing at '{path[:80]}'.")
        if method != METHODS:
            raise Problem(405, f"Only {METHODS} is served.", [(b"allow", METHODS.encode())])
        collection = self._collection(source, name)
        return collection.one(id_, query) if slash else collection.page(query)

    def _collection(self, source: str, name: str) -> Collection:
        found = self._collections.get((source, name))
        if found is None:
            found = self._collections[source, name] = self._made(source, name)
        return found

    def _made(self, source: str, name: str) -> Collection:
        operations, spec = self._operations[source][name], _spec(source, name)
        return Collection(spec, spec.records(self.world), operations.query, operations.id)


@cache
def _documented() -> dict[str, dict[str, Operations]]:
    """What the catalogue says of each source's collections."""
    return {api.source: read_operations(api.openapi) for api in load_catalogue()}


def _spec(source: str, collection: str) -> Spec:
    module = import_module(f"{__name__}.{source.replace('-', '_')}")
    return module.COLLECTIONS[collection]
