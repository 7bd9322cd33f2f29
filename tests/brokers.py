"""Both brokers for the same tests: the embedded one, and a RabbitMQ where it is installed."""

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pika
import pytest
import rabbitmq

from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.messages.rabbitmq import RabbitMQ

PATIENCE = 30
"""Seconds that anything a test waits for may take."""
_serial = itertools.count()


class Brokered:
    """One virtual host of a broker, made for one test, with a user who may do everything in it.

    `kind` is embedded or rabbitmq.
    """

    def __init__(self, kind: str, door):
        self.kind, self.door = kind, door
        self.vhost = f"v{os.getpid()}-{next(_serial)}"
        self.user = self.password = f"u-{self.vhost}"
        self.do(door.create_vhost(self.vhost))
        self.do(door.create_user(self.user, self.password))
        self.do(door.permit(self.vhost, self.user))

    def do(self, work):
        """Ask something of the door; its answer."""
        return host().run(work)

    @property
    def url(self) -> str:
        return self.door.url(self.user, self.password, self.vhost)

    def parameters(self, **more) -> pika.ConnectionParameters:
        found = pika.URLParameters(self.url)
        for name, value in {"blocked_connection_timeout": PATIENCE, **more}.items():
            setattr(found, name, value)
        return found

    @contextmanager
    def connection(self, **more) -> Iterator[pika.BlockingConnection]:
        made = pika.BlockingConnection(self.parameters(**more))
        yield made
        if made.is_open:
            made.close()

    @contextmanager
    def channel(self) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
        with self.connection() as connection:
            yield connection.channel()

    def another(self, name: str, configure=".*", write=".*", read=".*") -> pika.URLParameters:
        """Another user of the same vhost, with these permissions."""
        user = f"{name}-{self.vhost}"
        self.do(self.door.create_user(user, "secret"))
        self.do(self.door.permit(self.vhost, user, configure, write, read))
        return pika.URLParameters(self.door.url(user, "secret", self.vhost))


BOTH = ["embedded", pytest.param("rabbitmq", marks=pytest.mark.slow)]


@pytest.fixture(scope="session", params=BOTH)
def _door(request):
    if request.param == "rabbitmq":
        server = rabbitmq.server()
        door = RabbitMQ(server.address, server.management, f"tests{os.getpid()}")
        yield request.param, door
        host().run(door.clear())
        host().run(door.close())
        return
    lab = Institution.fresh(seed=1, lab_id="brokers")
    host().add(lab)
    yield request.param, lab.door
    host().remove(lab)


@pytest.fixture
def broker(_door) -> Iterator[Brokered]:
    """A virtual host of its own on each broker."""
    made = Brokered(*_door)
    yield made
    made.do(made.door.delete_vhost(made.vhost))
    made.do(made.door.delete_user(made.user))


@pytest.fixture
def channel(broker):
    """A channel of pika's BlockingConnection."""
    with broker.channel() as made:
        yield made


def until(holds, channel=None, pause: float = 0.01) -> None:
    """Wait for `holds()`, while `channel` receives; AssertionError after PATIENCE seconds."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "it never came true"
        if channel is None:
            time.sleep(pause)
        else:
            channel.connection.process_data_events(time_limit=pause)
