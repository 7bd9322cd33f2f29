"""A lab that keeps no usage rows: what remains is the price of everything else in a call.

It takes what `python -m intark_lab serve` takes.
"""

import asyncio
import sys

from intark_lab import serving
from intark_lab.store import Store


def _at_once(store: Store, call: tuple) -> "asyncio.Future[None]":
    kept = asyncio.get_running_loop().create_future()
    kept.set_result(None)
    return kept


if __name__ == "__main__":
    Store.usage = _at_once
    sys.exit(serving.main(sys.argv[1:]))
