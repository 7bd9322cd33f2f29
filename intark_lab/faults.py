"""Faults on request: what a lab was told to let happen between its gateway and a backend."""

from dataclasses import dataclass

KINDS = (
    "error",
    "latency",
    "connect-timeout",
    "read-timeout",
    "dropped",
    "down",
    "wrong-password",
)


@dataclass
class Fault:
    """What the next `times` calls to an API meet, below `path` and from one application or all.

    `error` is the backend's own answer with `status`; `latency` lets `seconds` of lab time pass
    first; the time-outs are the gateway's, after the times that the API is configured with;
    `dropped` and `down` are a connection that ends or never comes about; `wrong-password` is the
    backend's 401. Raises ValueError for values that make no sense.
    """

    api: str
    """The API's slug, such as `fs-emner`, or its id."""
    path: str = "/"
    status: int = 503
    times: int = 1
    kind: str = "error"
    application: str | None = None
    """An application's id; None for all."""
    seconds: float = 0.0

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not 500 <= self.status <= 599:
            raise ValueError("status must be a server error, 500 to 599")
        if type(self.times) is not int or self.times < 1:
            raise ValueError("times must be 1 or more")
        if not isinstance(self.path, str):
            raise ValueError("path must be a text")
        if not 0 <= self.seconds <= 3600:
            raise ValueError("seconds must be 0 to 3600")


class Faults:
    """The faults that wait for their calls, oldest first."""

    def __init__(self):
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def take(self, api: tuple[str | None, str], application: str | None, path: str) -> Fault | None:
        """The fault that this call meets, counted down by one; None when it meets none.

        `api` is the API's slug, if it has one, and its id.
        """
        for fault in self.waiting:
            if (
                fault.api in api
                and fault.application in (None, application)
                and path.startswith(fault.path)
            ):
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self.waiting.clear()
