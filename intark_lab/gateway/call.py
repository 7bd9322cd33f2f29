"""One call on its way through the gateway: what each step learned, and the usage row of it all."""

from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

from intark_lab import journal
from intark_lab.gateway.exchange import Answer, Headers, Request

if TYPE_CHECKING:
    from intark_lab.gateway.memory import Memory
    from intark_lab.gateway.routing import Route


class Call:
    """Filled step by step; `row` reads the usage row off it. `now` is lab time in ms."""

    __slots__ = (
        "access",
        "api",
        "claims",
        "endpoint_ms",
        "error_key",
        "headers",
        "memory",
        "now",
        "path",
        "plan",
        "request",
        "request_id",
        "route",
        "started",
        "transaction_id",
        "waited_ms",
    )

    def __init__(self, request: Request, route: "Route | None", now: int, memory: "Memory"):
        self.started = perf_counter()
        self.request = request
        self.route = route  # that its path has led to, and the API there
        self.api = route.api.definition if route else None
        self.path = route.path if route else ""
        self.now = now
        self.memory = memory  # the gateway's, for policies that count or keep
        self.request_id = _uuid4()
        sent = request.headers.get(b"x-gravitee-transaction-id")
        self.transaction_id = sent.decode("latin-1") if sent else self.request_id
        self.plan = None
        self.access = None
        self.claims: dict = {}  # of the token, where the plan takes one
        self.headers: Headers = []  # what policies add to the answer
        self.error_key: str | None = None
        self.endpoint_ms = 0
        self.waited_ms = 0  # lab time that a fault let pass

    def headers_of(self, answer: Answer) -> Headers:
        """The answer's own headers, and what every answer of a deployed API carries besides."""
        headers = [*answer.headers]
        if self.route is not None:
            headers += self.headers
            headers += (
                (b"x-gravitee-transaction-id", self.transaction_id.encode("latin-1")),
                (b"x-gravitee-request-id", self.request_id.encode()),
            )
        if type(answer.body) is bytes:
            headers.append((b"content-length", b"%d" % len(answer.body)))
        return headers

    def row(self, answer: Answer, length: int) -> tuple:
        """The columns of journal.Call but its id; `length` is the answer's body in bytes."""
        request, api, access = self.request, self.api, self.access
        headers = request.headers
        sent = headers.get(b"content-length")
        elapsed = int((perf_counter() - self.started) * 1000) + self.waited_ms
        return (
            self.now,
            self.transaction_id,
            self.request_id,
            api.api if api else journal.UNKNOWN,
            self.plan.id if self.plan else None,
            access.application if access else journal.UNKNOWN,
            access.subscription if access else None,
            request.method,
            request.path,
            request.own_query.decode("latin-1"),
            answer.status,
            elapsed,
            max(0, elapsed - self.endpoint_ms),
            int(sent) if sent else 0,
            length,
            api.backend.target if api else None,
            headers.get(b"host", b"").decode("latin-1"),
            headers.get(b"user-agent", b"").decode("latin-1"),
            request.client,
            request.key_from,
            self.error_key,
            self.route.mapped_path if self.route else None,
        )


_bits = Random().getrandbits
_RANDOM = ~(0xF000 << 64 | 0xC000 << 48)
_VERSION_4 = 0x4000 << 64 | 0x8000 << 48


def _uuid4() -> str:
    """A random UUID (RFC 9562, version 4) in a fifth of the time that `uuid.uuid4` takes."""
    digits = (_bits(128) & _RANDOM | _VERSION_4).to_bytes(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
