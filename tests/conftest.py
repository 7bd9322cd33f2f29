"""What many tests need: a lab of one's own, over sockets or as an app object."""

import os

import httpx
import pytest
from in_process import InProcess

from intark_lab.birth import identity
from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.lab import connect
from intark_lab.server import Labs

pytest_plugins = ["brokers"]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path):
    """No test sees the developer's lab, and none leaves one behind."""
    for name in ("NBGRADER_EXECUTION", "INTARK_LAB_URL", "INTARK_LAB_TOKEN", "INTARK_GRADING_SEED"):
        monkeypatch.delenv(name, raising=False)
    names = ("PORTAL_URL", "PORTAL_AUTH", "MANAGEMENT_URL", "GATEWAY_URL", "API_KEY")
    for name in (*names, "BROM_URL", "AMQP_URL"):
        monkeypatch.setenv(f"INTARK_{name}", "set by the test session")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, ",".join(filter(None, [os.environ.get(name), "127.0.0.1"])))
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


@pytest.fixture
def client_as(institution, labs):
    """Makes clients of a component: `client_as("portal/...", "developer")`, None for anonymous."""
    made = []

    def client(component: str, username: str | None) -> httpx.Client:
        base = f"http://lab.example{institution.base_path}/{component}"
        auth = institution.credentials(username) if username else None
        made.append(httpx.Client(transport=InProcess(labs), base_url=base, auth=auth))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def portal_as(client_as):
    """Makes clients of the portal: `portal_as("developer")`, `portal_as(None)` for anonymous."""
    return lambda username: client_as("portal/environments/DEFAULT", username)


@pytest.fixture
def management_as(client_as):
    """Makes clients of the management API, as `portal_as` does of the portal."""
    base = "management/organizations/DEFAULT/environments/DEFAULT"
    return lambda username: client_as(base, username)


@pytest.fixture
def publisher(institution):
    """The username of somebody who may create APIs, and is no administrator."""
    with institution.store.transaction():
        institution.store.insert(
            "user",
            id=identity(institution.seed, "user", "publisher"),
            username="publisher",
            password="made for one test",
            display_name="Course publisher",
            email="publisher@intark.example",
            role="API_PUBLISHER",
        )
    return "publisher"


@pytest.fixture
def management(management_as, publisher):
    """The management API as a publisher meets it."""
    return management_as(publisher)


@pytest.fixture
def portal(portal_as):
    """The portal as the learner meets it."""
    return portal_as("developer")


@pytest.fixture
def lab(listening, monkeypatch):
    """The lab of `listening`, joined as a notebook joins its own."""
    institution, base = listening
    joined = connect(base, institution.token)
    joined.join()
    monkeypatch.setattr("intark_lab.lab._current", joined)
    yield joined
    joined._control.close()
