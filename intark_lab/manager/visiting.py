"""What portal and management share of a request: the institution that it is to, and its body."""

from dataclasses import dataclass

from starlette.requests import Request

from intark_lab.clock import Clock
from intark_lab.institution import Institution
from intark_lab.manager.errors import UNEXPECTED, ManagerError
from intark_lab.store import Store


@dataclass(frozen=True)
class ToInstitution:
    institution: Institution

    @property
    def store(self) -> Store:
        return self.institution.store

    @property
    def traffic(self) -> Store:
        """The store, and in it the usage of the month before the lab's birth."""
        self.institution.remember()
        return self.store

    @property
    def clock(self) -> Clock:
        return self.institution.clock


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises 413 for one over `limit` bytes, which is then not read on."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ManagerError(413, UNEXPECTED, "HTTP 413 Request Entity Too Large")
    return bytes(body)
