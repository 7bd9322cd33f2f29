"""What applications, and what is made for them on the broker, are called.

`system-production-fs` at the institution is a name in its environment (`test`, `development` and
`production`). Its virtual host has the same name there; here the lab's id comes after it, since
many labs share a broker.
"""

ENVIRONMENTS = ("production", "test", "development")


def application(environment: str, name: str) -> str:
    """A name with its environment's prefix."""
    return f"system-{environment}-{name}"


def outgoing(vhost: str) -> str:
    """The exchange that an application publishes to."""
    return f"outgoing_{vhost}"


def incoming(provider: str) -> str:
    """A consumer's exchange and queue for what a provider sends."""
    return f"from_{provider}"


def copies(consumer: str) -> str:
    """A provider's queue of what waits to be moved to a consumer."""
    return f"to_{consumer}"


def shovel(provider_vhost: str, consumer_vhost: str) -> str:
    """What moves the copies. Unique on the broker."""
    return f"{provider_vhost}_to_{consumer_vhost}"
