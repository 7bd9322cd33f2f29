"""Addresses of a broker, as clients need them."""

from urllib.parse import quote, urlsplit


def client_url(address: str, user: str, password: str, vhost: str) -> str:
    """`amqp://HOST:PORT` for one user and one virtual host, percent-encoded."""
    parts = urlsplit(address)
    user, password, vhost = (quote(each, safe="") for each in (user, password, vhost))
    return f"{parts.scheme}://{user}:{password}@{parts.netloc}/{vhost}"
