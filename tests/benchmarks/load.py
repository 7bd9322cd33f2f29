"""A load generator in a process of its own: `python load.py`, a Job as JSON on stdin.

It prints an Outcome as JSON. A closed loop sends the next call on a connection when the answer to
the last is there; an open loop sends by the clock, and counts from the instant it meant to send.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from typing import NamedTuple

from httptools import HttpResponseParser

from intark_lab.loop import new_loop

PATIENCE = 30.0
"""Seconds that answers may be late at the end of an open loop."""


class Job(NamedTuple):
    port: int
    requests: list[str]
    """Whole requests as they are sent; a connection takes every nth, or a caller its own."""
    seconds: float
    connections: int = 64
    rate: float | None = None
    """Calls a second of each request's caller, in an open loop."""


class Outcome(NamedTuple):
    calls: int
    """Answers with 200."""
    seconds: float
    others: dict[str, int]
    """Other statuses, and calls that got no answer (`lost`)."""
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.calls / self.seconds


class Connection(asyncio.Protocol):
    """A kept-alive connection with one call under way at most; `answered(self, status)` ends it."""

    def __init__(self, answered, lost):
        self._answered, self._lost = answered, lost
        self._parser = HttpResponseParser(self)
        self.busy = False
        self.began = 0.0

    def connection_made(self, transport) -> None:
        self.transport = transport

    def connection_lost(self, exc) -> None:
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.busy = False
        self._answered(self, self._parser.get_status_code())

    def call(self, request: bytes, began: float) -> None:
        self.busy, self.began = True, began
        self.transport.write(request)


class Tally:
    """What came back so far."""

    def __init__(self):
        self.sent = 0
        self.statuses: Counter[str] = Counter()
        self.waits: list[float] = []

    def count(self, connection: Connection, status: int) -> None:
        self.statuses[str(status)] += 1
        self.waits.append(time.perf_counter() - connection.began)

    def lose(self, connection: Connection) -> None:
        if connection.busy:
            connection.busy = False
            self.statuses["lost"] += 1

    def outcome(self, seconds: float) -> Outcome:
        waits = sorted(self.waits) or [0.0]
        others = {status: n for status, n in self.statuses.items() if status != "200" and n}
        p50, p99 = (waits[int(len(waits) * part)] * 1000 for part in (0.5, 0.99))
        return Outcome(self.statuses["200"], seconds, others, p50, p99)


async def closed(job: Job) -> Outcome:
    """Every connection is busy all the time."""
    tally = Tally()
    requests = [request.encode() for request in job.requests]
    end = time.perf_counter() + job.seconds
    under_way, over = job.connections, asyncio.Event()

    def call(connection: Connection) -> None:
        nonlocal under_way
        now = time.perf_counter()
        if now < end:
            connection.call(requests[connection.turn % len(requests)], now)
            connection.turn += job.connections
            return
        under_way -= 1
        if not under_way:
            over.set()

    def answered(connection: Connection, status: int) -> None:
        tally.count(connection, status)
        call(connection)

    def lost(connection: Connection) -> None:
        if connection.busy:
            tally.lose(connection)
            over.set()

    connections = [await _connect(job.port, answered, lost) for _ in range(job.connections)]
    began = time.perf_counter()
    for turn, connection in enumerate(connections):
        connection.turn = turn
        call(connection)
    await over.wait()
    return tally.outcome(time.perf_counter() - began)


async def opened(job: Job) -> Outcome:
    """Every caller calls `rate` times a second, whether or not it has been answered."""
    tally = Tally()
    idle: dict[int, list[Connection]] = defaultdict(list)
    waiting: set[asyncio.Task] = set()
    began = time.perf_counter() + 0.2
    step = 1 / job.rate

    async def caller(number: int, request: bytes) -> None:
        def answered(connection: Connection, status: int) -> None:
            tally.count(connection, status)
            idle[number].append(connection)

        async def call(at: float) -> None:
            try:
                connection = await _connect(job.port, answered, tally.lose)
            except OSError:
                tally.statuses["lost"] += 1
            else:
                connection.call(request, at)

        idle[number].append(await _connect(job.port, answered, tally.lose))
        at = began + step * number / len(job.requests)
        while at < began + job.seconds:
            await asyncio.sleep(at - time.perf_counter())
            tally.sent += 1
            if idle[number]:
                idle[number].pop().call(request, at)
            else:
                waiting.add(asyncio.create_task(call(at)))
            at += step

    callers = enumerate(request.encode() for request in job.requests)
    await asyncio.gather(*(caller(number, request) for number, request in callers))
    await asyncio.gather(*waiting)
    end = time.perf_counter() + PATIENCE
    while tally.statuses.total() < tally.sent and time.perf_counter() < end:
        await asyncio.sleep(0.01)
    tally.statuses["lost"] += tally.sent - tally.statuses.total()
    return tally.outcome(time.perf_counter() - began)


def run(job: Job) -> Outcome:
    """Do a job in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(job._asdict()), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Outcome(**json.loads(done.stdout))


async def _connect(port: int, answered, lost) -> Connection:
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(lambda: Connection(answered, lost), "127.0.0.1", port)
    return made


def main() -> None:
    job = Job(**json.load(sys.stdin))
    with asyncio.Runner(loop_factory=new_loop) as runner:
        outcome = runner.run(opened(job) if job.rate else closed(job))
    print(json.dumps(outcome._asdict()))


if __name__ == "__main__":
    main()
