"""200 learners at one lab, each with a key of their own and five calls a second, open loop."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import load
import prepared
from figures import Row

LEARNERS, RATE = 200, 5.0
MOST_MS = 20


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    made = prepared.prepare(folder / "learners", LEARNERS)
    with prepared.serving(made.state, made.request()) as server:
        course = json.loads(prepared.body(server))["items"][0]["id"]
        paths = (
            prepared.PAGE,
            f"{prepared.PATH}/emner/{course}",
            f"{prepared.PATH}/undervisningsaktiviteter?limit=100",
        )
        requests = [made.request(paths[n % len(paths)], n) for n in range(LEARNERS)]
        outcome = load.run(load.Job(server.port, requests, options.seconds, rate=RATE))
    what = f"{LEARNERS} learners, {RATE:.0f} calls a second each, {options.seconds:.0f} s: p99"
    measured = f"{outcome.p99_ms:.1f} ms (p50 {outcome.p50_ms:.1f}; {outcome.calls:,} calls)"
    yield Row(what, f"{MOST_MS} ms", measured, outcome.p99_ms <= MOST_MS)
    failed = sum(outcome.others.values())
    yield Row("… errors, and calls without an answer", "0", str(failed), failed == 0)
