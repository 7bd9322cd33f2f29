"""From a new process to its first 200: the lab with a new state and with one it knows; Prism."""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

import prepared
from figures import Row, ratio
from peers import NotMeasured, Peers
from processes import Server

MOST_MS, PRISMS = 200, 6


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    made = prepared.prepare(folder / "starts")
    with prepared.serving(made.state, made.request()) as lab:
        peers = Peers(folder, lab.request, prepared.body(lab), options.npm)
    fresh = count()

    def new() -> AbstractContextManager[Server]:
        return prepared.serving(folder / str(next(fresh)) / "lab.sqlite")

    starters = {
        "new": new,
        "known": partial(prepared.serving, made.state, made.request()),
        **{name: partial(peers.start, name) for name in ("prism", "wiremock", "mockoon")},
    }
    took, missing = defaultdict(list), {}
    for _ in range(options.rounds):
        for name, start in starters.items():
            if name not in missing:
                try:
                    with start() as server:
                        took[name].append(server.start * 1000)
                except NotMeasured as error:
                    missing[name] = str(error)
    for name, words in (("new", "a new state"), ("known", "a state it knows")):
        yield _within(f"Start of the lab to the first 200, {words}", took[name])
    yield _against_prism(took, missing)


def _within(what: str, took: list[float]) -> Row:
    return Row(what, f"{MOST_MS} ms", f"{median(took):,.0f} ms", median(took) <= MOST_MS)


def _against_prism(took: dict, missing: dict) -> Row:
    goal = f"a {PRISMS}th"
    if "prism" in missing:
        return Row("… against Prism", goal, f"not measured: {missing['prism']}")
    times = ratio(took["prism"], took["known"])
    others = ", ".join(
        f"{title} {median(took[name]):,.0f} ms"
        for name, title in (("prism", "Prism"), ("wiremock", "WireMock"), ("mockoon", "Mockoon"))
        if took[name]
    )
    return Row("… against Prism", goal, f"1/{times:.1f} ({others})", times >= PRISMS)
