"""What people do at the self-service portal for messages, and with pika afterwards."""

import time
from contextlib import contextmanager

import httpx
import pika

PATIENCE = 20
"""Seconds that a message may take."""
TP, FS, DFO, ROOMS = (f"system-production-{name}" for name in ("tp", "fs", "dfo", "rombooking"))
WHY = (
    "The study app shows each student when teaching is. Legal basis: GDPR article 6 (1) e with the "
    "Act relating to universities. Contact: app@nordvik.example"
)
DOCUMENTATION = {
    "description": "Tells when a screen was changed.",
    "format": "other",
    "routing_keys": [{"key": "no.nordvik.screens.screen.update", "meaning": "A screen changed."}],
}


def register(brom: httpx.Client, name: str, environment: str = "test") -> str:
    """Register an application; its whole name."""
    form = {"environment": environment, "name": name, "description": f"Made for {name}."}
    answer = brom.post("/applications", json=form)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["name"]


def provide(brom: httpx.Client, name: str) -> str:
    """Register a provider; its whole name."""
    application = register(brom, name)
    brom.put(f"/applications/{application}/notifications", json=DOCUMENTATION).raise_for_status()
    return application


def ask(brom: httpx.Client, consumer: str, provider: str, comment: str = WHY) -> dict:
    path = f"/applications/{consumer}/access/{provider}"
    return brom.put(path, json={"comment": comment}).raise_for_status().json()


def answer(brom: httpx.Client, provider: str, consumer: str, approved: bool = True) -> dict:
    form = {"approved": approved, "reason": "Because."}
    path = f"/applications/{provider}/consumers/{consumer}/answer"
    return brom.post(path, json=form).raise_for_status().json()


def connection(brom: httpx.Client, application: str) -> dict:
    return brom.get(f"/applications/{application}/connection").raise_for_status().json()


@contextmanager
def channel_of(brom: httpx.Client, application: str):
    """A channel of pika's in an application's virtual host."""
    made = pika.BlockingConnection(pika.URLParameters(connection(brom, application)["url"]))
    yield made.channel()
    if made.is_open:
        made.close()


def publish(brom: httpx.Client, application: str, key: str, body: bytes = b"{}") -> None:
    """Publish as the application, and wait until the broker has it."""
    with channel_of(brom, application) as channel:
        channel.confirm_delivery()
        channel.basic_publish(connection(brom, application)["exchange"], key, body)


def take(channel, queue: str, count: int = 1) -> list[tuple]:
    """The next `count` messages of a queue, acknowledged: (routing key, properties, body)."""
    found, give_up = [], time.monotonic() + PATIENCE
    for method, properties, body in channel.consume(queue, inactivity_timeout=PATIENCE):
        if method is not None:
            channel.basic_ack(method.delivery_tag)
            found.append((method.routing_key, properties, body))
        if len(found) == count or time.monotonic() > give_up:
            break
    channel.cancel()
    assert len(found) == count, f"{len(found)} of {count} messages came"
    return found
