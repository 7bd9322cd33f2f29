"""A month of usage before the lab's birth, from the seed: day and week rhythm, three incidents.

What is kept is a row for each hour of each access; `traffic` makes the calls of it, more than
half a million, when somebody asks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intark_lab.birth import identity
from intark_lab.catalogue import load_catalogue
from intark_lab.consumers import Consumer, Incident, Traffic, load_others
from intark_lab.journal import UNKNOWN
from intark_lab.sources import Sources
from intark_lab.store import Store
from intark_lab.traffic import HOUR

DAYS = 30
LOCAL = ZoneInfo("Europe/Oslo")
MOST_CALLS = 2_000
"""Of one row: as many ticks as the state has."""

_DAY = {
    "office": (0, 0, 0, 0, 0, 0, 1, 4, 9, 11, 11, 9, 8, 10, 10, 8, 5, 2, 1, 1, 0, 0, 0, 0),
    "students": (1, 0, 0, 0, 0, 0, 2, 7, 12, 11, 10, 11, 9, 9, 8, 7, 5, 4, 4, 4, 3, 3, 2, 1),
    "night": (0, 0, 20, 24, 24, 20, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "always": (1,) * 24,
}
"""How a day's calls lie over its hours."""
_WEEK = {
    "office": (1, 1.05, 1, 1, 0.8, 0.06, 0.05),
    "students": (1.05, 1.05, 1, 1, 0.8, 0.2, 0.35),
    "night": (1,) * 7,
    "always": (1,) * 7,
}
"""How the days of a week compare, Monday first."""


class Outage(NamedTuple):
    """An incident between two instants, epoch ms."""

    start: int
    end: int
    incident: Incident


def remember(store: Store, sources: Sources, seed: int, born: int) -> None:
    """Write the history that ends at `born` (epoch ms), unless it is there already."""
    store.show_traffic(sources.ids)
    if store.one("SELECT 1 FROM history LIMIT 1"):
        return
    with store.transaction():
        store.write(
            "WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < ?) "
            "INSERT OR IGNORE INTO tick SELECT k FROM n",
            MOST_CALLS,
        )
        others = load_others()
        accesses = [(each, access) for each in others.consumers for access in each.access]
        accesses += [(None, access) for access in others.anonymous]
        outages = _outages(others.incidents, born)
        hours = _hours(born)
        chance = Random(f"history {seed}").random
        rows = []
        for number, (consumer, access) in enumerate(accesses, 1):
            _source(store, seed, number, consumer, access)
            met = [outage for outage in outages if outage.incident.api == access.api]
            rows += _rows(number, access, hours, born, met, chance)
        store.write_many(_INSERT, rows)


_INSERT = (
    "INSERT INTO history(source, hour, start, length, calls, salt, status, ms, spread, missing, "
    "error_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _rows(
    number: int,
    access: Traffic,
    hours: list[tuple[int, int, int]],
    born: int,
    outages: list[Outage],
    chance,
) -> Iterator[tuple]:
    """A row for each hour with calls, and one for each part of an hour that an outage cuts."""
    week = _WEEK[access.rhythm]
    total = sum(_DAY[access.rhythm])
    day = [access.calls * weight / total for weight in _DAY[access.rhythm]]
    calm = (200, access.ms, access.spread, access.missing, None)
    for start, weekday, hour in hours:
        expected = day[hour] * week[weekday] * (0.88 + 0.24 * chance())
        salt = int(chance() * 1_000_000)
        if expected < 1:
            continue
        end = min(start + HOUR, born)
        for begin, stop, incident in _parts(start, end, outages):
            calls = min(MOST_CALLS, int(expected * (stop - begin) / HOUR))
            if calls:
                what = calm if incident is None else _under(incident)
                yield (number, start // HOUR, begin, stop - begin, calls, salt, *what)


def _parts(start: int, end: int, outages: list[Outage]) -> list[tuple[int, int, Incident | None]]:
    """An hour cut where outages begin and end."""
    for outage in outages:
        if outage.start < end and outage.end > start:
            first, last = max(start, outage.start), min(end, outage.end)
            cut = ((start, first, None), (first, last, outage.incident), (last, end, None))
            return [part for part in cut if part[0] < part[1]]
    return [(start, end, None)]


def _under(incident: Incident) -> tuple:
    return incident.status, incident.ms, incident.spread, 0, incident.error_key


def _hours(born: int) -> list[tuple[int, int, int]]:
    """The hours before `born`: when each begins (epoch ms), its local weekday and hour."""
    first = born // HOUR - DAYS * 24
    steps = [(first + n) * HOUR for n in range(DAYS * 24 + 1)]
    found = []
    for day in range(0, len(steps), 24):
        moment = datetime.fromtimestamp(steps[day] / 1000, LOCAL)
        for n, start in enumerate(steps[day : day + 24]):
            local = moment.hour + n
            found.append((start, (moment.weekday() + local // 24) % 7, local % 24))
    return found


def _outages(incidents: list[Incident], born: int) -> list[Outage]:
    found = []
    for incident in incidents:
        day = working_day(datetime.fromtimestamp(born / 1000, LOCAL), incident.days_ago)
        found.append(Outage(_at(day, incident.start), _at(day, incident.end), incident))
    return found


def working_day(now: datetime, days_ago: int) -> datetime:
    """So many days ago, or the last working day before that."""
    day = now - timedelta(days=days_ago)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _at(day: datetime, clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return int(moment.astimezone(UTC).timestamp() * 1000)


def _source(
    store: Store, seed: int, number: int, consumer: Consumer | None, access: Traffic
) -> None:
    api = next(each for each in load_catalogue() if each.slug == access.api)
    ids = f"{access.api}{access.path}" if access.kind == "lookup" else None
    slug = consumer.slug if consumer else None
    store.insert(
        "history_source",
        id=number,
        api=identity(seed, "api", access.api),
        plan=identity(seed, "plan", f"{access.api}/{access.plan}"),
        application=identity(seed, "application", slug) if slug else UNKNOWN,
        subscription=identity(seed, "subscription", f"{slug}/{access.api}") if slug else None,
        path=api.context_path + access.path,
        ids=ids,
        endpoint=f"source:{api.source}",
        user_agent=f"{slug or 'curl'}/1",
        key_from="header" if slug else None,
        mapped_path=access.path + ("/:id" if ids else ""),
    )
