"""What many tests need: a lab of one's own, over sockets or as an app object."""

import asyncio

import httpx
import pytest

from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.server import Labs


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path):
    """No test sees the developer's lab, and none leaves one behind."""
    for name in ("NBGRADER_EXECUTION", "INTARK_LAB_URL", "INTARK_LAB_TOKEN", "INTARK_GRADING_SEED"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PORTAL_URL", "PORTAL_AUTH", "GATEWAY_URL", "API_KEY"):
        monkeypatch.setenv(f"INTARK_{name}", "set by the test session")
    monkeypatch.setenv("INTARK_LAB_FOLDER", str(tmp_path / ".lab"))


@pytest.fixture
def institution():
    """A fresh institution in memory, seed 1."""
    made = Institution.fresh(seed=1)
    yield made
    made.store.close()


@pytest.fixture
def labs(institution):
    """The ASGI application that serves `institution`."""
    served = Labs()
    served.add(institution)
    return served


@pytest.fixture
def listening():
    """A fresh institution, seed 1, reached over a socket: (institution, its base address)."""
    made = Institution.fresh(seed=1, lab_id="listening")
    host().add(made)
    yield made, host().url + made.base_path
    host().remove(made)


@pytest.fixture
def client(listening):
    """httpx over a real socket; its base is the lab's own path."""
    with httpx.Client(base_url=listening[1], trust_env=False) as made:
        yield made


class InProcess(httpx.BaseTransport):
    """httpx's way into an ASGI application without a socket, for clients that are not async."""

    def __init__(self, app):
        self._transport, self._runner = httpx.ASGITransport(app), asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)

    def close(self) -> None:
        self._runner.close()


@pytest.fixture
def portal_as(institution, labs):
    """Makes clients of the portal: `portal_as("developer")`, `portal_as(None)` for anonymous."""
    made = []

    def client(username: str | None) -> httpx.Client:
        base = f"http://lab.example{institution.base_path}/portal/environments/DEFAULT"
        auth = institution.credentials(username) if username else None
        made.append(httpx.Client(transport=InProcess(labs), base_url=base, auth=auth))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def portal(portal_as):
    """The portal as the learner meets it."""
    return portal_as("developer")
