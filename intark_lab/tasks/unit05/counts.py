"""Task 5.1: calls by status, hour by hour. A point for the statuses, a point for the hours."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

if TYPE_CHECKING:
    from intark_lab.control.usage import Span, Tally

HOUR = 3_600_000
YEAR = 365 * 24 * HOUR

APIS = ("fs-emner", "dfo-ansatte", "tp-timeplan", "fs-studenter")
NAMES = {
    "time": ("time", "hour", "timestamp", "at", "when", "date", "datetime", "tid", "time (local)"),
    "status": ("status", "status_code", "code", "statuskode"),
    "calls": ("calls", "count", "hits", "n", "number", "size", "value", "values", "kall", "antall"),
}
"""What the three columns may be called, besides what the task says."""
PAGES = (10, 20, 50, 100, 200, 500, 1000, 10_000)
"""Sizes at which a list of log rows is cut."""


class Row(NamedTuple):
    time: str | float
    status: int
    calls: int


def inputs(bench: Bench) -> dict:
    """An API and one day of its use, another for each seed."""
    return bench.view.usage.asked(*_asked(bench))


def judge(bench: Bench, evidence: dict) -> Verdict:
    slug, span = _asked(bench)
    truth = by_hour(bench.view.usage.tallies(slug, span))
    read = rows(evidence["answer"])
    if isinstance(read, Part):
        return verdict(read, read)
    found = _placed(read, truth, span)
    statuses = _statuses(read, found, truth, span)
    if _in_1970(read, found):
        return verdict(statuses, no("unit05.counts.nanoseconds", "unit05.read.tidy"))
    return verdict(statuses, _hours(found, truth, span))


def _asked(bench: Bench) -> tuple[str, "Span"]:
    slug = APIS[bench.seed % len(APIS)]
    return slug, bench.view.usage.days(2 + bench.seed * 13 % 17, 1)


def by_hour(tallies: Iterable["Tally"]) -> Counter:
    """Calls by hour (epoch ms) and status."""
    calls = Counter()
    for tally in tallies:
        calls[tally.hour, tally.status] += tally.calls
    return calls


def rows(answer) -> list[Row] | Part:
    """The rows of a tidy table, or what the answer is instead."""
    read = "unit05.read.tidy"
    if answer is None:
        return no("unit05.counts.nothing", read)
    if isinstance(answer, dict) and {"timestamp", "values"} <= answer.keys():
        return no("unit05.counts.raw", read)
    records = _records(answer)
    if not records:
        return no("unit05.counts.empty" if answer in ([], {}) else "unit05.counts.no-table", read)
    columns = list(records[0])
    roles = {role: _column(columns, names) for role, names in NAMES.items()}
    if lacking := [role for role, column in roles.items() if column is None]:
        wide = sum(_is_status(column) for column in columns) >= 2 or "200" in columns
        name = "wide" if wide else "columns"
        found = ", ".join(f"`{column}`" for column in columns[:8])
        return no(f"unit05.counts.{name}", read, lacking=lacking[0], columns=found)
    return _read([{role: record.get(c) for role, c in roles.items()} for record in records])


def _records(answer) -> list[dict]:
    """Rows by name: of a list of dicts or triples, or of a dict of columns."""
    if isinstance(answer, dict) and all(isinstance(each, list) for each in answer.values()):
        columns = list(answer.values())
        if len({len(column) for column in columns}) == 1:
            return [dict(zip(answer, row, strict=True)) for row in zip(*columns, strict=True)]
    if not isinstance(answer, list):
        return []
    if all(isinstance(row, list) and len(row) == 3 for row in answer):
        return [dict(zip(NAMES, row, strict=True)) for row in answer]
    return answer if all(isinstance(row, dict) for row in answer) else []


def _column(columns: list[str], names: tuple[str, ...]) -> str | None:
    known = {column.strip().lower(): column for column in reversed(columns)}
    return next((known[name] for name in names if name in known), None)


def _read(records: list[dict]) -> list[Row] | Part:
    """Values of the three columns as they are meant; rows without calls are left out."""
    read = []
    for record in records:
        status, calls = _whole(record["status"]), _whole(record["calls"])
        if record["calls"] in (0, None):
            continue
        if status is None or not 100 <= status <= 599:
            about = {"found": str(record["status"])[:40]}
            return no("unit05.counts.no-status", "unit05.read.tidy", **about)
        if calls is None:
            about = {"found": str(record["calls"])[:40]}
            return no("unit05.counts.no-number", "unit05.read.tidy", **about)
        read.append(Row(record["time"], status, calls))
    return read or no("unit05.counts.empty", "unit05.read.ask")


def _is_status(value) -> bool:
    number = _whole(value)
    return number is not None and 100 <= number <= 599


def _whole(value) -> int | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number == int(number) else None


def _in_1970(read: list[Row], found: Counter) -> bool:
    """Whether moments came out so, and not numbers of hours."""
    written = any(str(row.time).startswith("1970") for row in read)
    return written or any(hour and 0 < hour < YEAR for hour, _ in found)


def _placed(read: list[Row], truth: Counter, span: "Span") -> Counter:
    """The calls by hour and status. Times without a zone are UTC or local, whichever fits."""
    from intark_lab.history import LOCAL  # time zones: only for who asks about the past

    tried = []
    for zone in (UTC, LOCAL):
        calls = Counter()
        for row in read:
            calls[_hour(row.time, zone), row.status] += row.calls
        tried.append(_without_last_step(calls, span))
    return max(tried, key=lambda calls: sum(calls[key] == truth[key] for key in truth))


def _without_last_step(calls: Counter, span: "Span") -> Counter:
    """A histogram's last step begins where the span ends, with hardly a call."""
    last = {key: n for key, n in calls.items() if key[0] == span.end}
    return (
        calls if sum(last.values()) > 1 else Counter({k: calls[k] for k in calls if k not in last})
    )


def _hour(time, zone: tzinfo) -> int | None:
    """The hour that an instant is in, epoch ms: from ISO text, or seconds, ms or ns."""
    if isinstance(time, str):
        try:
            moment = datetime.fromisoformat(time)
        except ValueError:
            return None
        time = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()
    if isinstance(time, bool) or not isinstance(time, int | float):
        return None
    while abs(time) > 1e11:
        time /= 1000
    return int(time * 1000) // HOUR * HOUR


def _statuses(read: list[Row], found: Counter, truth: Counter, span: "Span") -> Part:
    """All calls of the day, each under its status."""
    got, right = _totals(found), _totals(truth)
    total, about = sum(got.values()), {"got": sum(got.values()), "total": sum(right.values())}
    if got == right:
        return yes("unit05.counts.statuses", statuses=", ".join(map(str, sorted(right))), **about)
    if total in PAGES or len(read) in PAGES:
        return no("unit05.counts.page", "unit05.read.ask", **about)
    outside = sum(n for (hour, _), n in found.items() if hour and not span.start <= hour < span.end)
    if outside:
        return no("unit05.counts.window", "unit05.read.ask", outside=outside, **about)
    if set(got) < set(right):
        lacking = min(set(right) - set(got))
        return no("unit05.counts.lacking", "unit05.read.tidy", status=lacking, **about)
    return no("unit05.counts.totals", "unit05.read.ask", **about)


def _totals(calls: Counter) -> Counter:
    totals = Counter()
    for (_, status), number in calls.items():
        totals[status] += number
    return +totals


def _hours(found: Counter, truth: Counter, span: "Span") -> Part:
    """Each count in its own hour."""
    read, times = "unit05.read.tidy", {hour for hour, _ in found}
    if +found == truth:
        return yes("unit05.counts.hours", hours=(span.end - span.start) // HOUR)
    if None in times or times <= {0}:
        return no("unit05.counts.no-instant", read)
    for shift in (1, -1, 2, -2):
        if Counter({(h + shift * HOUR, s): n for (h, s), n in found.items()}) == truth:
            return no("unit05.counts.shifted", read, hours=abs(shift))
    if len(times) == 1:
        return no("unit05.counts.one-time", read)
    if len(times) < len({hour for hour, _ in truth}):
        hours = len({hour for hour, _ in truth})
        return no("unit05.counts.few-times", read, got=len(times), hours=hours)
    hour, status = min(key for key in found.keys() | truth.keys() if found[key] != truth[key])
    about = {"status": status, "got": found[hour, status], "right": truth[hour, status]}
    return no("unit05.counts.hour", read, **about)
