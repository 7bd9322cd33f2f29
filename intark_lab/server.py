"""The servers of many labs behind one address: `/labs/ID/{portal,management,gateway,...}`."""

import asyncio
import re
import socket
import ssl
import time
from functools import cached_property

from intark_lab.connection import Connection
from intark_lab.direct import Reply
from intark_lab.doors import DOORS, Door
from intark_lab.institution import Institution
from intark_lab.uvicorn_parts import Config, ServerState

_BEFORE_PATH = re.compile(r"(/\.well-known/[^/]+)(/labs/[^/]+/issuers/[^/]+)/?")
"""Where a client looks for the document of an issuer whose address has a path (RFC 8414, section
3.1). The issuer has it below its own address, where OpenID Connect puts it."""


class OwnDoor:
    """A door of one lab. What stands there is made at the first call: few of them are opened."""

    def __init__(self, door: Door, institution: Institution):
        self._door, self._institution = door, institution
        self.root_path = institution.base_path + door.path
        self._below = self.root_path + "/"

    def leads_to(self, path: str) -> bool:
        return path.startswith(self._below) or path == self.root_path

    @cached_property
    def app(self):
        return self._door.load()(self._institution)


class Labs:
    """An ASGI application: the labs of one process, each under its own path."""

    def __init__(self):
        self._doors: dict[str, dict[str, OwnDoor]] = {}
        self.last_call = time.monotonic()

    def add(self, institution: Institution) -> None:
        """Open a lab. Raises ValueError where another one is open by its id."""
        if institution.id in self._doors:
            raise ValueError(f"a lab {institution.id} is open already")
        institution.resume()
        self._doors[institution.id] = {
            name: OwnDoor(door, institution) for name, door in DOORS.items()
        }

    def remove(self, institution: Institution) -> None:
        del self._doors[institution.id]

    async def __call__(self, scope: dict, receive, send) -> None:
        self.last_call = time.monotonic()
        if before := _BEFORE_PATH.fullmatch(scope["path"]):
            scope["path"] = before[2] + before[1]
        door = self._door(scope["path"])
        if door is None:
            await _nothing_here(send)
        else:
            scope["root_path"] = door.root_path
            await door.app(scope, receive, send)

    def at_once(self, scope: dict, reply: Reply) -> bool:
        """Let a door answer without a task, where it can (see `direct`)."""
        door = self._door(scope["raw_path"].decode("ascii"))
        begin = getattr(door.app, "at_once", None) if door else None
        if begin is None:
            return False
        self.last_call = time.monotonic()
        scope["root_path"] = door.root_path
        return begin(scope, reply)

    def _door(self, path: str) -> OwnDoor | None:
        parts = path.split("/", 4)
        door = self._doors.get(parts[2], {}).get(parts[3]) if len(parts) > 3 else None
        return door if door and door.leads_to(path) else None


async def _nothing_here(send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


class Listener:
    """An open port on the running event loop, and the application behind it."""

    def __init__(self, app, server: asyncio.Server, state: ServerState, scheme: str):
        self._server, self._state, self._scheme = server, state, scheme
        self.app = app
        self.host, self.port = server.sockets[0].getsockname()[:2]

    @classmethod
    async def open(
        cls, app, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> "Listener":
        """Listen on `host`; port 0 takes a free one. Raises OSError where it cannot."""
        config = Config(
            app,
            http=Connection,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            ws="none",
        )
        config.load()
        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Connection(config, state, {}, loop),
            host,
            port,
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=2048,
            ssl=tls,
        )
        return cls(app, server, state, "https" if tls else "http")

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self._scheme}://{host}:{self.port}"

    async def close(self, patience: float = 1.0) -> None:
        """Take no more calls; let those under way finish, for `patience` seconds at most."""
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        tasks = list(self._state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        await asyncio.sleep(0)  # the commit of this turn, and the answers that wait for it
        for connection in list(self._state.connections):
            connection.transport.abort()
