"""Logins: a signed token (JWT, HS256) that stands for a user for seven days of lab time."""

import base64
import hashlib
import hmac
import secrets
from uuid import uuid4

import orjson

from intark_lab.clock import Clock
from intark_lab.manager import people
from intark_lab.manager.people import User
from intark_lab.store import Store

LIFE = 7 * 24 * 60 * 60
"""Seconds; Gravitee's `jwt.expire-after`."""

_HEADER = {"alg": "HS256", "typ": "JWT"}


def issue(store: Store, clock: Clock, user: User) -> str:
    """A token for a user, from now on."""
    now = int(clock.now())
    claims = {
        "iss": "gravitee-management-auth",
        "sub": user.id,
        "org": "DEFAULT",
        "email": user.email,
        "iat": now,
        "exp": now + LIFE,
        "jti": str(uuid4()),
    }
    signed = ".".join(_encoded(orjson.dumps(part)) for part in (_HEADER, claims))
    return f"{signed}.{_signature(store, signed)}"


def user_of(store: Store, clock: Clock, token: str) -> User | None:
    """Whom a token stands for; None for one that is wrong or over."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(store, signed).encode()):
        return None
    claims = orjson.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    return people.by_id(store, claims["sub"]) if clock.now() < claims["exp"] else None


def _signature(store: Store, signed: str) -> str:
    return _encoded(hmac.digest(_secret(store), signed.encode(), hashlib.sha256))


def _secret(store: Store) -> bytes:
    """The key that signs, made when first needed."""
    row = store.one("SELECT value FROM meta WHERE key = 'session-secret'")
    if row:
        return bytes.fromhex(row["value"])
    made = secrets.token_bytes(32)
    with store.transaction():
        store.insert("meta", key="session-secret", value=made.hex())
    return made


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
