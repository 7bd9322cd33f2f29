"""CPU time of the sources' answers: python tests/benchmarks/world_and_sources.py

Process time, the best of several rounds, so that busy neighbours count little.
"""

from time import process_time

from intark_lab.catalogue import load_catalogue
from intark_lab.sources import Sources
from intark_lab.sources.own import Change, OwnSources
from intark_lab.store import Store
from intark_lab.world import World

CALLS = [
    ("fs-emner", "/emner", b"limit=50"),
    ("fs-emner", "/undervisningsaktiviteter", b"limit=100&offset=400"),
    ("fs-emner", "/emner", b"kode=INF1100"),
    ("fs-emner", "/emner/INF1100-1", b""),
    ("fs-studenter", "/emnepameldinger", b"kode=INF1100&limit=50"),
    ("fs-emner", "/emner", b"limit=500"),
]


def cpu(work, times: int = 1, rounds: int = 7) -> float:
    """Seconds of CPU for one `work()`."""
    best = float("inf")
    for _ in range(rounds):
        started = process_time()
        for _ in range(times):
            work()
        best = min(best, (process_time() - started) / times)
    return best


def main() -> None:
    for api in load_catalogue():
        for path in api.openapi["paths"]:
            if "{" not in path:
                first = cpu(lambda: Sources(World(2026)).records(api.source, path[1:]))  # noqa: B023
                print(f"{first * 1e3:8.1f} ms  first call to {api.source}{path}")
    sources = Sources(World(2026))
    for source, path, query in CALLS:
        answer = sources.respond(source, "GET", path, query)
        taken = cpu(lambda: sources.respond(source, "GET", path, query), times=2000)  # noqa: B023
        size = len(answer.body)
        print(f"{taken * 1e6:8.1f} µs  {answer.status}, {size} bytes: {path}?{query.decode()}")
    changes(sources)


def changes(shared: Sources) -> None:
    """A lab's own sources, before and after something changes in them."""
    own = OwnSources(shared, Store.in_memory())
    row = shared.records("fs-studenter", "emnepameldinger")[0]
    change = Change("fs-studenter", "emnepameldinger", row["id"], row)

    def ask() -> None:
        own.respond("fs-studenter", "GET", "/emnepameldinger", b"limit=50")

    def change_and_ask() -> None:
        own.show([change])
        ask()

    print(f"{cpu(ask, times=2000) * 1e6:8.1f} µs  a page where nothing changed")
    print(f"{cpu(change_and_ask, times=20) * 1e6:8.1f} µs  a change among 5,000 and a page of them")
    print(f"{cpu(ask, times=2000) * 1e6:8.1f} µs  the page again")


if __name__ == "__main__":
    main()
