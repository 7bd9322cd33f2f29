"""A lab that answers first and writes its usage rows 20 ms later, for the test of `kills.py`.

It takes what `python -m intark_lab serve` takes.
"""

import asyncio
import sys

from intark_lab import serving
from intark_lab.store import Store, Told

_in_time = Store.record


def _late(store: Store, call: tuple, told: Told) -> None:
    asyncio.get_running_loop().call_later(0.02, _in_time, store, call, lambda _: None)
    told(None)


if __name__ == "__main__":
    Store.record = _late
    sys.exit(serving.main(sys.argv[1:]))
