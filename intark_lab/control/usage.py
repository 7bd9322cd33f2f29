"""How APIs are used, as a judge counts it: from the calls themselves, past the manager's analytics.

A Tally is what one application met in one hour. A Span of whole days begins and ends at midnight,
local time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from intark_lab.birth import identity
from intark_lab.consumers import load_others
from intark_lab.institution import Institution
from intark_lab.traffic import HOUR, calls


class Tally(NamedTuple):
    """The calls of one application in one hour that were answered alike."""

    hour: int
    """Its beginning, epoch ms."""
    status: int
    application: str
    calls: int
    ms: int
    """Their response times together."""


class Span(NamedTuple):
    """From one instant until just before another, epoch ms."""

    start: int
    end: int

    def asked(self) -> dict[str, int]:
        """As a question to the manager, which takes in the last instant too."""
        return {"start": self.start, "end": self.end - 1}


@dataclass(frozen=True)
class Usage:
    """Reads one lab's calls, those of the month before its birth included."""

    institution: Institution

    def tallies(self, api: str, span: Span, application: str | None = None) -> list[Tally]:
        """The use of an API, by slug, hour by hour; of one application, by slug too, or of all."""
        self.institution.remember()
        who = [self.id("application", application)] if application else []
        rows = self.institution.store.all(
            "SELECT hour * ?, status, application, count(*), sum(response_ms) FROM "
            f"{calls('api', 'at', 'hour', 'status', 'application', 'response_ms')} "
            "WHERE api = ? AND at >= ? AND at < ? AND hour BETWEEN ? AND ? "
            f"{'AND application = ? ' if who else ''}GROUP BY 1, 2, 3",
            *(HOUR, self.id("api", api), *span, span.start // HOUR, span.end // HOUR, *who),
        )
        return [Tally(*row) for row in rows]

    def addresses(self, api: str, application: str, span: Span) -> int:
        """How many different addresses of an API an application called, both by slug."""
        self.institution.remember()
        row = self.institution.store.one(
            "SELECT count(DISTINCT path || '?' || query) FROM "
            f"{calls('api', 'application', 'at', 'hour', 'path', 'query')} WHERE api = ? "
            "AND application = ? AND at >= ? AND at < ? AND hour BETWEEN ? AND ?",
            *(self.id("api", api), self.id("application", application)),
            *(*span, span.start // HOUR, span.end // HOUR),
        )
        return row[0]

    def asked(self, api: str, span: Span) -> dict:
        """An API, by slug, and a span of its use, as a task hands them out."""
        return {"api": self.id("api", api), **span.asked()}

    def id(self, kind: str, slug: str) -> str:
        """The id of an `api` or an `application` that was there from the start."""
        return identity(self.institution.seed, kind, slug)

    def name(self, application: str) -> str:
        """What an application, by slug, is called."""
        return self.names()[self.id("application", application)]

    def names(self) -> dict[str, str]:
        """What applications are called, by id."""
        return dict(map(tuple, self.institution.store.all("SELECT id, name FROM application")))

    def incident(self, api: str, weeks_before: int = 0) -> Span:
        """The day on which something went wrong with an API, or the same weekday before it."""
        ago = next(each.days_ago for each in load_others().incidents if each.api == api)
        return self.working_day(ago, weeks_before)

    def working_day(self, ago: int, weeks_before: int = 0) -> Span:
        """The day so many days before the lab's birth, or the last working day before that."""
        from intark_lab.history import working_day  # time zones: only for who asks about the past

        return _days(working_day(self._midnight(), ago) - timedelta(weeks=weeks_before))

    def days(self, ago: int, count: int) -> Span:
        """So many whole days, of which the first was `ago` days before that of the lab's birth."""
        return _days(self._midnight() - timedelta(days=ago), count)

    def _midnight(self) -> datetime:
        """That before the lab's birth."""
        from intark_lab.history import LOCAL

        born = datetime.fromtimestamp(self.institution.born / 1000, LOCAL)
        return born.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(midnight: datetime, count: int = 1) -> Span:
    ends = midnight, midnight + timedelta(days=count)  # by the calendar, when clocks change too
    return Span(*(int(each.timestamp()) * 1000 for each in ends))
