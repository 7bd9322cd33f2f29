"""What portal and management share of a request: the institution that it is to, and its body."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.routing import Route

from intark_lab.clock import Clock
from intark_lab.institution import Institution
from intark_lab.manager.errors import UNEXPECTED, ManagerError
from intark_lab.store import Store


class Place(Route):
    """A path that leads to the same with a slash behind it, as paths do in JAX-RS."""

    def __init__(self, path: str, endpoint: Callable, methods: list[str]):
        super().__init__(path, endpoint, methods=methods)
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + "/?$")


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
