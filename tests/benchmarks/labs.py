"""Many labs in one process beside one: memory, and what a call costs. And one lab's memory."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import load
import prepared
from calls import turns
from figures import Row, ratio
from processes import Server, free_port, get, running

PROGRAM = Path(__file__).with_name("many_labs.py")
PAGE = "/gateway/fs/emner/v1/emner?limit=25"
CALLS = 20_000
CALLED_FOR = 1.0
"""Seconds in which each of many labs is called some ten times."""
MOST_ONE, MOST_ALL, FLAT = 60, 300, 1.2
"""MiB, MiB, times."""


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    used = _served(folder)
    what = f"Memory of a served lab after {CALLS:,} calls"
    yield Row(what, f"{MOST_ONE} MiB", f"{used:.0f} MiB", used <= MOST_ONE)
    with _labs(1, folder) as (one, own), _labs(options.labs, folder) as (all_, everyones):
        load.run(load.Job(all_.port, everyones, CALLED_FOR))
        used = all_.memory()
        requests = {"one": own, "all": everyones}
        cpu, _ = turns({"one": one, "all": all_}, options.rounds, options.turn, requests)
    what = f"Memory of {options.labs} labs of one seed in one process, each called"
    yield Row(what, f"{MOST_ALL} MiB", f"{used:.0f} MiB", used <= MOST_ALL)
    grown = ratio(cpu["all"], cpu["one"])
    yield Row(
        f"CPU of a call, from 1 lab in a process to {options.labs}",
        f"flat ({FLAT} ×)",
        f"{grown:.2f} × ({median(cpu['one']):.0f} to {median(cpu['all']):.0f} µs)",
        grown <= FLAT,
    )


def _served(folder: Path) -> float:
    """MiB of a lab process after its calls."""
    made = prepared.prepare(folder / "served")
    with prepared.serving(made.state, made.request()) as server:
        done = 0
        while done < CALLS:
            done += load.run(load.Job(server.port, [server.request], 1.0)).calls
        return server.memory()


@contextmanager
def _labs(number: int, folder: Path) -> Iterator[tuple[Server, list[str]]]:
    """A process with so many labs, and a request to each."""
    port, keys = free_port(), folder / f"keys-{number}.json"
    command = [sys.executable, PROGRAM, "--port", port, "--labs", number, "--keys", keys]
    with running(command, port, get("/labs/lab0/gateway/orgreg/v3/units")) as server:
        given = json.loads(keys.read_text("utf-8"))
        yield server, [get(f"/labs/lab{n}{PAGE}", key) for n, key in enumerate(given)]
