"""The institution's other consumers as data: applications, their accesses, and what went wrong."""

import tomllib
from functools import cache
from typing import NamedTuple

from intark_lab import paths


class Traffic(NamedTuple):
    """How an API is used: what is called, how often, and how it answers."""

    api: str
    plan: str
    """Slugs of the catalogue."""
    path: str
    kind: str
    """`lookup`, by id, or `listing`, page by page."""
    rhythm: str
    """`office`, `students`, `night` or `always`."""
    calls: int
    """About so many on a working day."""
    ms: int
    spread: int
    """Response times from `ms` on, below `ms` + `spread`."""
    missing: int = 0
    """Look-ups of a hundred that find nothing."""


class Consumer(NamedTuple):
    slug: str
    name: str
    description: str
    team: str
    access: list[Traffic]


class Incident(NamedTuple):
    """What every call to an API met for some hours of a day, in local time (`HH:MM`)."""

    api: str
    days_ago: int
    start: str
    end: str
    status: int
    ms: int
    spread: int
    error_key: str | None = None


class Others(NamedTuple):
    consumers: list[Consumer]
    anonymous: list[Traffic]
    """Without an application, on open plans."""
    incidents: list[Incident]


@cache
def load_others() -> Others:
    """From data/consumers.toml. TypeError: an entry lacks a field or has one too many."""
    content = tomllib.loads((paths.data() / "consumers.toml").read_text("utf-8"))
    return Others(
        [_consumer(**fields) for fields in content["consumer"]],
        [Traffic(**fields) for fields in content["anonymous"]],
        [_incident(**fields) for fields in content["incident"]],
    )


def _consumer(access: list[dict], **fields) -> Consumer:
    return Consumer(access=[Traffic(**each) for each in access], **fields)


def _incident(**fields) -> Incident:
    return Incident(start=fields.pop("from"), end=fields.pop("to"), **fields)
