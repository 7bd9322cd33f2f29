"""Faults on request: what a lab was told to answer in place of a source system."""

from dataclasses import dataclass


@dataclass
class Fault:
    """The next `times` calls below `path` of the API `api` (its slug) are answered `status`."""

    api: str
    path: str
    status: int
    times: int

    def __post_init__(self):
        if not 500 <= self.status <= 599:
            raise ValueError("status must be a server error, 500 to 599")
        if self.times < 1:
            raise ValueError("times must be 1 or more")


class Faults:
    """The faults that wait for their calls, oldest first."""

    def __init__(self):
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def take(self, api: str, path: str) -> Fault | None:
        """The fault that this call meets, counted down by one; None when it meets none."""
        for fault in self._waiting:
            if fault.api == api and path.startswith(fault.path):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self._waiting.clear()
