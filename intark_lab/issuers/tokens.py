"""What Feide hands out: login codes, used once, and opaque access tokens. Kept as digests."""

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import sha256
from uuid import uuid4

from intark_lab.issuers.clients import Client, digest
from intark_lab.issuers.exchange import Refused
from intark_lab.store import Store

CODE_LIFETIME = 600
TOKEN_LIFETIME = 8 * 3600
"""Lifetimes in seconds: RFC 6749 allows a code ten minutes; Feide's tokens live eight hours."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Login:
    """One login: who, for whom, and what the client asked for."""

    client: str
    redirect_uri: str
    scope: str
    person: int
    """personlopenummer."""
    at: int
    """When it was, epoch seconds."""
    nonce: str | None = None
    challenge: str | None = None
    """PKCE's code_challenge, S256 (RFC 7636)."""


class Codes:
    """Codes of the authorization code flow. `now` is lab time in seconds."""

    def __init__(self, store: Store):
        self._store = store

    def issue(self, login: Login, now: float) -> str:
        code = secrets.token_urlsafe(24)
        with self._store.transaction():
            self._store.write("DELETE FROM login_code WHERE expires_at <= ?", now * 1000)
            self._store.insert(
                "login_code",
                digest=digest(code),
                client=login.client,
                login=json.dumps(asdict(login)),
                expires_at=int((now + CODE_LIFETIME) * 1000),
            )
        return code

    def redeem(
        self, code: str, client: Client, redirect_uri: str | None, verifier: str | None, now: float
    ) -> Login:
        """The login that a code stands for. Raises Refused with invalid_grant.

        A code that comes a second time was stolen or replayed: its tokens end (RFC 6749, 4.1.2).
        """
        row = self._store.one("SELECT * FROM login_code WHERE digest = ?", digest(code))
        if row is None or row["client"] != client.id or row["expires_at"] <= now * 1000:
            raise _invalid_grant("The code is unknown, expired, or of another client")
        login = Login(**json.loads(row["login"]))
        if redirect_uri != login.redirect_uri:
            raise _invalid_grant("redirect_uri is not that of the authorization request")
        if not _proven(login.challenge, verifier):
            raise _invalid_grant("code_verifier does not fit the code_challenge")
        with self._store.transaction():
            self._store.write("UPDATE login_code SET used = 1 WHERE digest = ?", row["digest"])
            if row["used"]:
                self._store.write("DELETE FROM access_token WHERE code = ?", row["digest"])
        if row["used"]:
            raise _invalid_grant("The code has been used")
        return login


class AccessTokens:
    """Opaque tokens. `now` is lab time in seconds."""

    def __init__(self, store: Store):
        self._store = store

    def issue(
        self,
        client: Client,
        scope: str,
        now: float,
        person: int | None = None,
        subject: str | None = None,
        code: str | None = None,
    ) -> str:
        """A token for a client, and for a person where one has logged in, by `code`."""
        token = str(uuid4())
        with self._store.transaction():
            self._store.write("DELETE FROM access_token WHERE expires_at <= ?", now * 1000)
            self._store.insert(
                "access_token",
                digest=digest(token),
                client=client.id,
                scope=scope,
                person=person,
                subject=subject,
                code=digest(code) if code else None,
                issued_at=int(now * 1000),
                expires_at=int((now + TOKEN_LIFETIME) * 1000),
            )
        return token

    def find(self, token: str, now: float):
        """The row of a token that holds at `now`, or None."""
        return self._store.one(
            "SELECT * FROM access_token WHERE digest = ? AND expires_at > ?",
            digest(token),
            now * 1000,
        )


def introspect(store: Store, token: str, now: float) -> dict:
    """What a resource server may know of an access token of Feide (RFC 7662), at `now` (seconds).

    `{"active": False}` and no more for a token that does not hold.
    """
    row = AccessTokens(store).find(token, now)
    if row is None:
        return {"active": False}
    found = {
        "active": True,
        "client_id": row["client"],
        "scope": row["scope"],
        "token_type": "Bearer",
        "iat": row["issued_at"] // 1000,
        "exp": row["expires_at"] // 1000,
    }
    return {**found, "sub": row["subject"]} if row["subject"] else found


def _proven(challenge: str | None, verifier: str | None) -> bool:
    """Whether PKCE holds; a verifier without a challenge is a stripped challenge (RFC 9700)."""
    if challenge is None or verifier is None:
        return challenge is verifier
    made = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return bool(_VERIFIER.fullmatch(verifier)) and hmac.compare_digest(made, challenge)


def _invalid_grant(description: str) -> Refused:
    return Refused(400, "invalid_grant", description)
