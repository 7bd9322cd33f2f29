"""The servers of many labs behind one address: `/labs/ID/{portal,management,gateway,...}`."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from functools import cached_property

from uvicorn import Config
from uvicorn.server import ServerState

from intark_lab import control, issuers, owner
from intark_lab.connection import KEEP_ALIVE_SECONDS, Connection
from intark_lab.institution import BROM, CONTROL, GATEWAY, ISSUERS, PORTAL, Institution
from intark_lab.manager import management, portal


class Door:
    """One server of a lab: its place in the address, and the application that stands there.

    It is made at the first call: a graded lab opens few of its doors.
    """

    def __init__(self, root_path: str, make: Callable[[], object]):
        self.root_path, self._make = root_path, make

    @cached_property
    def app(self):
        return self._make()


class Labs:
    """An ASGI application: the labs of one process, each under its own path."""

    def __init__(self):
        self._doors: dict[str, dict[str, Door]] = {}
        self.last_call = time.monotonic()

    def add(self, institution: Institution) -> None:
        base = institution.base_path
        institution.resume()

        def attended(make: Callable) -> Callable:
            return lambda: owner.attended(make(institution), institution.store, institution.clock)

        self._doors[institution.id] = {
            "gateway": Door(base + GATEWAY, lambda: institution.gateway),
            "portal": Door(base + PORTAL, attended(portal)),
            "management": Door(base + "/management", attended(management)),
            "issuers": Door(base + ISSUERS, lambda: issuers.app(institution)),
            "brom": Door(base + BROM, lambda: _self_service(institution)),
            "control": Door(base + CONTROL, attended(control.app)),
        }

    def remove(self, institution: Institution) -> None:
        del self._doors[institution.id]

    async def __call__(self, scope: dict, receive, send) -> None:
        self.last_call = time.monotonic()
        door = self._door(scope["path"])
        if door is None:
            await _nothing_here(send)
        else:
            scope["root_path"] = door.root_path
            await door.app(scope, receive, send)

    def _door(self, path: str) -> Door | None:
        _, _, lab, component, *_ = (*path.split("/", 4), "", "", "")
        door = self._doors.get(lab, {}).get(component)
        here = door and (path == door.root_path or path.startswith(door.root_path + "/"))
        return door if here else None


def _self_service(institution: Institution):
    from intark_lab.messages.brom.site import site

    def settle():
        return owner.answer_access_due(institution.brom, institution.clock.ms())

    return site(institution.brom, settle)


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
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
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
        for connection in list(self._state.connections):
            connection.transport.abort()
