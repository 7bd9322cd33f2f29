"""A lab that keeps no usage rows: what remains is the price of everything else in a call.

It takes what `python -m intark_lab serve` takes.
"""

import sys

from intark_lab import serving
from intark_lab.store import Store, Told


def _nowhere(_store: Store, _call: tuple, told: Told) -> None:
    told(None)


if __name__ == "__main__":
    Store.record = _nowhere
    sys.exit(serving.main(sys.argv[1:]))
