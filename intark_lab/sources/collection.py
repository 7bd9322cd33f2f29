"""One collection of a source system: its records, by page and by id."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

import orjson

from intark_lab.sources.answers import JSON, Answer, Problem
from intark_lab.sources.parameters import Parameter, parse_query
from intark_lab.world import World

Filter = Callable[[dict, int | str], bool]
PAGES_KEPT = 64
"""Of the pages asked for last, ready to send again: people and programs ask again and again."""


class Spec(NamedTuple):
    """What a source system tells about a collection."""

    records: Callable[[World], list[dict]]
    """All records, in the order in which they are listed."""
    id: str
    """The field that identifies a record."""
    filters: dict[str, Filter]
    """By query parameter: whether a record has the value."""


class Page(NamedTuple):
    limit: int
    offset: int
    filters: dict[str, int | str]


class Collection:
    """Records made and indexed once, when first asked for; encoded when first sent."""

    def __init__(
        self, spec: Spec, records: list[dict], parameters: dict[str, Parameter], id_: Parameter
    ):
        self.records = records
        self._places = {record[spec.id]: at for at, record in enumerate(records)}
        self._spec, self._parameters, self._id = spec, parameters, id_
        self._pages = lru_cache(PAGES_KEPT)(self._make_page)
        self._matches = lru_cache(PAGES_KEPT)(self._select)

    @cached_property
    def _encoded(self) -> list[bytes]:
        return [orjson.dumps(record) for record in self.records]

    def changed(self, changes: Mapping[int | str, dict | None]) -> "Collection":
        """This collection with other records under those ids: None is gone, new ones come last."""
        pairs = list(self._with(changes))
        made = Collection(self._spec, [record for record, _ in pairs], self._parameters, self._id)
        made._encoded = [encoded for _, encoded in pairs]
        return made

    def _with(self, changes: Mapping[int | str, dict | None]) -> Iterator[tuple[dict, bytes]]:
        for id_, record, encoded in zip(self._places, self.records, self._encoded, strict=True):
            if id_ not in changes:
                yield record, encoded
            elif (changed := changes[id_]) is not None:
                yield changed, orjson.dumps(changed)
        for id_, record in changes.items():
            if id_ not in self._places and record is not None:
                yield record, orjson.dumps(record)

    def ids(self) -> list[int | str]:
        return list(self._places)

    def record(self, id_: int | str) -> dict | None:
        """The record of that id, None if there is none."""
        place = self._places.get(id_)
        return None if place is None else self.records[place]

    def one(self, text: str, query: bytes) -> Answer:
        """The record whose id is `text`. Problem 404: there is none."""
        parse_query({}, query)
        place = self._places.get(self._id.parse(text))
        if place is None:
            raise Problem(404, f"There is no {self._id.name} '{text[:50]}'.")
        return Answer(200, [JSON], self._encoded[place])

    def page(self, query: bytes) -> Answer:
        """One page of the list. Problem 400: a parameter is wrong."""
        return self._pages(query)

    def _make_page(self, query: bytes) -> Answer:
        page = self._read_page(query)
        chosen = self._matches(tuple(page.filters.items())) if page.filters else self._encoded
        limit, offset, total = page.limit, page.offset, len(chosen)
        body = b'{"items":[%b],"total":%d,"limit":%d,"offset":%d}' % (
            b",".join(chosen[offset : offset + limit]),
            total,
            limit,
            offset,
        )
        return Answer(200, [JSON, *_links(page, total)], body)

    def _read_page(self, query: bytes) -> Page:
        values = parse_query(self._parameters, query)
        limit = values.pop("limit", self._parameters["limit"].default)
        offset = values.pop("offset", self._parameters["offset"].default)
        return Page(limit, offset, values)

    def _select(self, wanted: tuple[tuple[str, int | str], ...]) -> list[bytes]:
        tests = [(self._spec.filters[name], value) for name, value in wanted]
        return [
            encoded
            for record, encoded in zip(self.records, self._encoded, strict=True)
            if all(test(record, value) for test, value in tests)
        ]


def _links(page: Page, total: int) -> list[tuple[bytes, bytes]]:
    """RFC 8288, relative: a source does not know the address it is called by."""
    links = []
    if page.offset + page.limit < total:
        links.append(_link(page, page.offset + page.limit, "next"))
    if page.offset > 0:
        links.append(_link(page, max(0, min(page.offset, total) - page.limit), "prev"))
    return [(b"link", ", ".join(links).encode())] if links else []


def _link(page: Page, offset: int, relation: str) -> str:
    query = urlencode({**page.filters, "limit": page.limit, "offset": offset})
    return f'<?{query}>; rel="{relation}"'
