"""The words a world is made of, read once from `data/vocabulary` (sources in `data/README.md`)."""

import json
from functools import cache

from intark_lab import paths
from intark_lab.world.dice import Weighted


@cache
def words(name: str):
    """The vocabulary file `name` (without `.json`) as plain data. Not to be changed."""
    return json.loads((paths.data() / "vocabulary" / f"{name}.json").read_text("utf-8"))


@cache
def given_names(sex: str) -> Weighted:
    """Given names of `female` or `male`, as frequent as among people born 1955-2007."""
    return Weighted(words("given-names")[sex])


@cache
def ascii_name(name: str) -> str:
    """A name as it is written in addresses: `Åse-Bjørk` is `ase-bjork`."""
    return name.lower().translate(_PLAIN)


_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})
