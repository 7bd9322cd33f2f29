"""What one gateway remembers from call to call; its policies are shared by all labs."""

from collections import OrderedDict
from weakref import WeakKeyDictionary

from intark_lab.gateway.limits import Counters


class Memory:
    """It lives in memory, as in a gateway of one node, and outlives a deployment."""

    def __init__(self):
        self.counters = Counters()
        self._answers: WeakKeyDictionary[object, OrderedDict] = WeakKeyDictionary()

    def answers(self, policy: object) -> OrderedDict:
        """What a caching policy has kept here, by its own keys."""
        return self._answers.setdefault(policy, OrderedDict())

    def clear(self) -> None:
        self.counters.clear()
        self._answers.clear()
