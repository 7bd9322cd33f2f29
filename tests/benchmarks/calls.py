"""What a call costs: CPU and calls a second, beside nginx, bare ASGI, Prism, WireMock and Mockoon.

All servers run at once and take turns, round by round, so that each round is a pair with every
other of its own.
"""

import argparse
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import load
import prepared
from figures import Row, difference, ratio
from peers import NotMeasured, Peers
from processes import Server

WITHOUT_ROWS = (str(Path(__file__).with_name("without_rows.py")),)
MOST_CPU, MOST_TIMES_NGINX, MOST_FOR_ROW = 45, 2.5, 10
FASTER = {"prism": ("Prism", 3), "wiremock": ("WireMock", 4), "mockoon": ("Mockoon", 10)}


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    made = prepared.prepare(folder / "calls")
    request = made.request()
    with ExitStack() as stack:
        lab = stack.enter_context(prepared.serving(made.state, request))
        copy = folder / "without"
        copy.mkdir()
        shutil.copy(made.state, copy)
        without = prepared.serving(copy / made.state.name, request, WITHOUT_ROWS)
        servers = {"lab": lab, "without rows": stack.enter_context(without)}
        peers = Peers(folder, request, prepared.body(lab), options.npm)
        missing = {}
        for name in ("nginx", "asgi", *FASTER):
            try:
                servers[name] = stack.enter_context(peers.start(name))
            except NotMeasured as error:
                missing[name] = str(error)
        cpu, rate = turns(servers, options.rounds, options.turn)
    yield from _costs(cpu, missing)
    for name in FASTER:
        yield _comparison(name, cpu, rate, missing)


def turns(
    servers: dict[str, Server],
    rounds: int,
    seconds: float,
    requests: dict[str, list[str]] | None = None,
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """CPU µs a call, and calls a second, of each server in each round.

    Each is called as it was when it started, or with its own `requests` in turn.
    """
    asked = requests or {name: [server.request] for name, server in servers.items()}
    cpu, rate = defaultdict(list), defaultdict(list)
    for name, server in servers.items():
        _load(server, asked[name], max(1.0, 2 * seconds))
    for _ in range(rounds):
        for name, server in servers.items():
            before = server.cpu()
            outcome = _load(server, asked[name], seconds)
            cpu[name].append((server.cpu() - before) / outcome.calls * 1e6)
            rate[name].append(outcome.rate)
    return cpu, rate


def _load(server: Server, requests: list[str], seconds: float) -> load.Outcome:
    outcome = load.run(load.Job(server.port, requests, seconds))
    if outcome.others:
        raise RuntimeError(f"answers other than 200: {outcome.others}")
    return outcome


def _costs(cpu: dict, missing: dict) -> Iterator[Row]:
    own = median(cpu["lab"])
    yield Row("CPU of a call, 64 connections", f"{MOST_CPU} µs", f"{own:.0f} µs", own <= MOST_CPU)
    goal = f"{MOST_TIMES_NGINX} ×"
    if "nginx" in cpu:
        times = ratio(cpu["lab"], cpu["nginx"])
        measured = f"{times:.1f} × (nginx {median(cpu['nginx']):.0f} µs)"
        yield Row("… against nginx", goal, measured, times <= MOST_TIMES_NGINX)
    else:
        yield Row("… against nginx", goal, f"not measured: {missing['nginx']}")
    bare = f"{ratio(cpu['lab'], cpu['asgi']):.1f} × ({median(cpu['asgi']):.0f} µs)"
    yield Row("… against a bare ASGI application on uvicorn", "", bare)
    price = difference(cpu["lab"], cpu["without rows"])
    met = price <= MOST_FOR_ROW
    yield Row("… of it for the durable row", f"{MOST_FOR_ROW} µs", f"{price:.1f} µs", met)


def _comparison(name: str, cpu: dict, rate: dict, missing: dict) -> Row:
    title, times = FASTER[name]
    what, goal = f"Calls a second against {title}", f"{times} ×"
    if name not in rate:
        return Row(what, goal, f"not measured: {missing[name]}")
    faster = ratio(rate["lab"], rate[name])
    measured = (
        f"{faster:.1f} × ({median(rate['lab']):,.0f} to {median(rate[name]):,.0f}; "
        f"CPU {median(cpu[name]):,.0f} µs)"
    )
    return Row(what, goal, measured, faster >= times)
