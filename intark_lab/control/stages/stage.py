"""Where a setting is put up, and what a setting is."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from intark_lab.control.occasions import Occasions
from intark_lab.institution import Institution


class Stage(NamedTuple):
    """Where a setting is put up."""

    institution: Institution
    occasions: Occasions
    origin: str
    """The address by which the learner reaches the lab, `http://HOST:PORT`."""


Setting = Callable[[Stage], Awaitable[dict]]
