"""A state with many usage rows: what analytics take there, and what a call costs there."""

import argparse
import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import prepared
from calls import turns
from figures import Row, ratio

from intark_lab.birth import identity
from intark_lab.institution import Institution
from intark_lab.manager import analytics
from intark_lab.manager.usage import Span
from intark_lab.settings import COURSE_SEED

DAY, HOUR = 86_400_000, 3_600_000
"""ms"""
DAYS, APPLICATIONS, FEW = 30, 10, 10_000
FIRST = 1_790_000_000_000
"""The oldest row, lab ms."""
MOST_MS, FLAT = 5, 1.2
_BATCH = 500_000
_FREE = 1000
"""From here on no caller or client of the state has a number."""
_NUMBERS = """
WITH RECURSIVE n(k) AS (SELECT :first UNION ALL SELECT k + 1 FROM n WHERE k + 1 < :end)
"""
_CALLERS = """
INSERT INTO caller
SELECT :number + k, :api, :api, printf('%s%02d', substr(:application, 1, 34), k), :api, 'GET',
    'source:fs-emner', 'header'
FROM n
"""
_CLIENT = """
INSERT INTO client VALUES (:number, 'lab.example', 'python-httpx/0.28.1', '127.0.0.1')
"""
_CALLS = """
INSERT INTO call(caller, client, at, transaction_id, path, query, status, response_ms, proxy_ms,
    request_length, response_length)
SELECT :number + k % :applications, :number, :start + k * :span / :rows, printf('%036d', k),
    '/fs/emner/v1/emner', 'limit=25', CASE WHEN k % 97 THEN 200 ELSE 404 END, k % 41, 1, 0, 8360
FROM n
"""


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    few = prepared.prepare(folder / "few")
    many = prepared.prepare(folder / "many")
    _fill(few.state, FEW)
    _fill(many.state, options.rows)
    for name, took in _questions(many.state).items():
        what = f"One application's 24 hours in {options.rows:,} rows, {name}"
        yield Row(what, f"{MOST_MS} ms", f"{took:.1f} ms", took <= MOST_MS)
    yield Row(
        f"An API's month in {options.rows:,} rows, by application",
        "",
        f"{_month(many.state):.1f} ms",
    )
    with (
        prepared.serving(few.state, few.request()) as small,
        prepared.serving(many.state, many.request()) as large,
    ):
        cpu, _ = turns({"few": small, "many": large}, options.rounds, options.turn)
    grown = ratio(cpu["many"], cpu["few"])
    yield Row(
        f"CPU of a call, from {FEW:,} rows to {options.rows:,}",
        f"flat ({FLAT} ×)",
        f"{grown:.2f} × ({median(cpu['few']):.0f} to {median(cpu['many']):.0f} µs)",
        grown <= FLAT,
    )


def _fill(state: Path, rows: int) -> None:
    """30 days of usage, by ten applications in turn."""
    connection = sqlite3.connect(state, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    values = {
        "start": FIRST,
        "span": DAYS * DAY,
        "rows": rows,
        "api": identity(COURSE_SEED, "api", "fs-emner"),
        "application": identity(COURSE_SEED, "application", "course"),
        "applications": APPLICATIONS,
        "number": _FREE,
    }
    connection.execute(_CLIENT, values)
    connection.execute(_NUMBERS + _CALLERS, values | {"first": 0, "end": APPLICATIONS})
    for first in range(0, rows, _BATCH):
        ends = {"first": first, "end": min(rows, first + _BATCH)}
        connection.execute(_NUMBERS + _CALLS, values | ends)
    connection.close()


def _questions(state: Path) -> dict[str, float]:
    """ms for each question, as portal and management ask them."""
    lab = Institution.at(state)
    application = identity(COURSE_SEED, "application", "course")[:34] + "00"
    span = Span(FIRST + 20 * DAY, FIRST + 21 * DAY, application=application)
    status = [analytics.Aggregation("FIELD", "status")]
    asked = {
        "counted": lambda: analytics.count(lab.store, span),
        "by status": lambda: analytics.group_by(lab.store, span, "status"),
        "by hour and status": lambda: analytics.histogram(lab.store, span, HOUR, status),
    }
    took = {name: _ms(question) for name, question in asked.items()}
    lab.close()
    return took


def _month(state: Path) -> float:
    """ms for what an API's provider asks of all its consumers."""
    lab = Institution.at(state)
    span = Span(FIRST, FIRST + DAYS * DAY, api=identity(COURSE_SEED, "api", "fs-emner"))
    took = _ms(lambda: analytics.group_by(lab.store, span, "application"))
    lab.close()
    return took


def _ms(question, times: int = 21) -> float:
    took = []
    with asyncio.Runner() as runner:
        for _ in range(times):
            began = perf_counter()
            runner.run(question())
            took.append((perf_counter() - began) * 1000)
    return median(took)
