"""A lab that answers first and writes its usage rows 20 ms later, for the test of `kills.py`.

It takes what `python -m intark_lab serve` takes.
"""

import asyncio
import sys

from intark_lab import serving
from intark_lab.store import Store

_in_time = Store.usage


def _late(store: Store, call: tuple) -> "asyncio.Future[None]":
    loop = asyncio.get_running_loop()
    loop.call_later(0.02, _in_time, store, call)
    kept = loop.create_future()
    kept.set_result(None)
    return kept


if __name__ == "__main__":
    Store.usage = _late
    sys.exit(serving.main(sys.argv[1:]))
