"""Grading on more than one machine: a Dask cluster in place of this machine's threads.

Each worker needs this package, in the same version; submissions are held on the worker as they are
here. A worker that dies takes nothing along: Dask gives its submissions to the others. Only this
process writes, so that none counts twice.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from intark_lab.texts import text

DEATHS = 3
"""So many workers may die over one submission before it is given up."""
PATIENCE = 20
"""Seconds that the scheduler may take to answer."""


class NoCluster(Exception):
    """There is no cluster to be had; the message says why."""


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor of the cluster whose scheduler is at `address`, and how many it does at once.

    Raises NoCluster.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster(text("grading.dask.missing")) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(text("grading.dask.no-answer", address=address, error=error)) from None
    with client:
        jobs = sum(client.nthreads().values())
        if not jobs:
            raise NoCluster(text("grading.dask.no-worker", address=address))
        yield client.get_executor(pure=False, retries=DEATHS), jobs
