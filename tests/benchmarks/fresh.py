"""A fresh lab in a running process, in ms of CPU: of a prepared seed, of a new one; a history."""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time

from figures import Row
from processes import get

from intark_lab.institution import Institution
from intark_lab.loop import new_loop
from intark_lab.server import Labs, Listener

PREPARED = 1
MOST_MS = {"prepared": 0.15, "served": 1, "new": 60, "history": 30}
MOST_HISTORY = 3


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    Institution.fresh(PREPARED).close()
    own = _cpu_ms(lambda: Institution.fresh(PREPARED).close(), 200)
    yield _row("A fresh lab of a prepared seed", "prepared", own)
    opened = []
    own = _cpu_ms(lambda: opened.append(Institution.fresh(PREPARED)), 200)
    for lab in opened:
        lab.close()
    yield Row("… beside as many others, none closed before", "", f"{own:.2f} ms")
    with asyncio.Runner(loop_factory=new_loop) as runner:
        own = runner.run(_served(200))
    yield _row("… with a port of its own, one call, and closed", "served", own)
    seeds = count(10_000)
    own = _cpu_ms(lambda: Institution.fresh(next(seeds)).close(), options.rounds)
    yield _row("… of a new seed", "new", own)
    took, grew = _histories(options.rounds)
    yield _row("A month of history of a new seed", "history", took)
    goal, measured = f"{MOST_HISTORY} MiB", f"{grew:.1f} MiB"
    yield Row("… which adds to its state", goal, measured, grew <= MOST_HISTORY)


def _row(what: str, name: str, took: float) -> Row:
    return Row(what, f"{MOST_MS[name]} ms", f"{took:.2f} ms", took <= MOST_MS[name])


def _cpu_ms(work: Callable[[], None], times: int) -> float:
    took = []
    for _ in range(times):
        began = process_time()
        work()
        took.append((process_time() - began) * 1000)
    return median(took)


async def _served(times: int) -> float:
    """A lab of its own port; a client on the same event loop makes one call. ms of CPU."""
    took = []
    for _ in range(times + 1):
        began = process_time()
        lab, labs = Institution.fresh(PREPARED), Labs()
        labs.add(lab)
        listener = await Listener.open(labs)
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        path = f"{lab.base_path}/gateway/fs/emner/v1/emner?limit=1"
        writer.write(get(path, lab.course_key()).encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()
        await listener.close()
        lab.close()
        took.append((process_time() - began) * 1000)
    return median(took[1:])


def _histories(times: int) -> tuple[float, float]:
    """ms of CPU, and MiB by which the state grows."""
    took, grew = [], []
    for seed in range(20_000, 20_000 + times):
        lab = Institution.fresh(seed)
        before, began = len(lab.store.image()), process_time()
        lab.remember()
        took.append((process_time() - began) * 1000)
        grew.append((len(lab.store.image()) - before) / 2**20)
        lab.close()
    return median(took), max(grew)
