"""Users and what they may do: passwords kept as digests, permissions as regular expressions."""

import hashlib
import hmac
import re
import secrets
from functools import lru_cache
from typing import NamedTuple


class Permission(NamedTuple):
    configure: str
    write: str
    read: str


class TopicPermission(NamedTuple):
    write: str
    read: str


class User:
    """A name and a password. `permissions` by vhost, `topics` by (vhost, exchange)."""

    def __init__(self, name: str, salt: bytes, digest: bytes):
        self.name, self.salt, self.digest = name, salt, digest
        self.permissions: dict[str, Permission] = {}
        self.topics: dict[tuple[str, str], TopicPermission] = {}

    @classmethod
    def with_password(cls, name: str, password: str) -> "User":
        salt = secrets.token_bytes(16)
        return cls(name, salt, _digest(salt, password.encode()))

    def knows(self, password: bytes) -> bool:
        return hmac.compare_digest(self.digest, _digest(self.salt, password))

    def may(self, vhost: str, what: str, name: str) -> bool:
        """`what` is configure, write or read; `name` of an exchange or queue."""
        permission = self.permissions.get(vhost)
        return permission is not None and allows(getattr(permission, what), name or "amq.default")

    def may_topic(self, vhost: str, exchange: str, what: str, routing_key: str) -> bool:
        """Whether the routing key is open to the user; where nothing is said, it is."""
        permission = self.topics.get((vhost, exchange))
        if permission is None:
            return True
        pattern = getattr(permission, what)
        pattern = pattern.replace("{username}", self.name).replace("{vhost}", vhost)
        return allows(pattern, routing_key)


def _digest(salt: bytes, password: bytes) -> bytes:
    return hashlib.sha256(salt + password).digest()


NOBODY = User.with_password("", secrets.token_hex())
"""Compared with where a user is unknown, so that it takes as long as a wrong password."""


@lru_cache(maxsize=10_000)
def allows(pattern: str, name: str) -> bool:
    """An empty pattern allows nothing but an empty name. A broken one allows nothing."""
    try:
        return re.search(pattern or "^$", name) is not None
    except re.error:
        return False
