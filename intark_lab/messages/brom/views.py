"""What the self-service portal shows, as JSON."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from intark_lab.messages.brom import names
from intark_lab.messages.brom.applications import Access, Application
from intark_lab.messages.door import Door

_PORTS = {"amqp": 5672, "amqps": 5671}


def application(one: Application) -> dict:
    """An application, as its owner sees it."""
    return {
        "name": one.name,
        "environment": one.environment,
        "description": one.description,
        "contact": one.contact,
        "provider": one.notifications is not None,
        "notifications": one.notifications,
        "created_at": _instant(one.created_at),
    }


def provider(one: Application) -> dict:
    """An application, as others see it who look for notifications."""
    return {
        "name": one.name,
        "description": one.description,
        "contact": one.contact,
        "notifications": one.notifications,
    }


def access(one: Access) -> dict:
    return {
        "consumer": one.consumer,
        "provider": one.provider,
        "status": one.status,
        "comment": one.comment,
        "reason": one.reason,
        "queue": names.incoming(one.provider),
        "requested_at": _instant(one.requested_at),
        "answered_at": _instant(one.answered_at),
        "removed_at": _instant(one.removed_at),
    }


def connection(one: Application, accesses: list[Access], door: Door) -> dict:
    """How an application reaches its virtual host, and where things are in it."""
    parts = urlsplit(door.address)
    return {
        "url": door.url(one.vhost, one.password, one.vhost),
        "host": parts.hostname,
        "port": parts.port or _PORTS[parts.scheme],
        "tls": parts.scheme == "amqps",
        "vhost": one.vhost,
        "username": one.vhost,
        "password": one.password,
        "exchange": names.outgoing(one.vhost),
        "queues": [_queue(each) for each in accesses if each.consumer == one.name],
    }


def _queue(one: Access) -> dict:
    name = names.incoming(one.provider)
    return {"provider": one.provider, "status": one.status, "exchange": name, "queue": name}


def _instant(ms: int | None) -> str | None:
    if ms is None:
        return None
    instant = datetime.fromtimestamp(ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
