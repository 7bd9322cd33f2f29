"""The JWT grant (RFC 7523) that a client of Maskinporten signs, and how Maskinporten judges it.

Rules, texts and MP codes: https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_jwtgrant
and maskinporten_feilsoking. Where they give no text, the words are the course's own.
"""

import math
import secrets
from typing import NamedTuple

from intark_lab.issuers import signatures
from intark_lab.issuers.clients import Client, Clients, digest
from intark_lab.issuers.exchange import Refused
from intark_lab.store import Store

LONGEST = 120
"""From iat to exp at most, in seconds."""
SKEW = 10
"""How far iat may lie ahead of the issuer's clock, in seconds."""
KEY_LIFETIME = 365 * 24 * 3600 * 1000
"""How long a registered key is good for, in ms."""
_CLAIMS = {"aud", "iss", "iat", "exp", "jti", "scope", "resource"}
_FAILED = "Invalid assertion. Client authentication failed."


class Grant(NamedTuple):
    client: Client
    scope: str
    audience: list[str]
    """What `resource` named: whom the token is for; empty for anybody."""


class Assertions:
    """Judges assertions that are addressed to `issuer`, and takes each only once."""

    def __init__(self, store: Store, issuer: str, now: float):
        self._store, self._issuer, self._now = store, issuer, now

    def accept(self, assertion: str) -> Grant:
        """What the assertion asks for. Raises Refused as Maskinporten does."""
        try:
            header, claims = signatures.read(assertion)
        except signatures.Malformed:
            raise self._refused("MP-011", "Invalid assertion. Invalid parameter value.") from None
        if undocumented := sorted(set(claims) - _CLAIMS):
            name = undocumented[0][:40]
            raise self._refused("MP-011", f"Invalid assertion. Invalid parameter value: {name}.")
        client = Clients(self._store, "maskinporten").find(claims.get("iss"))
        if client is None:
            raise self._refused("MP-100", _FAILED)
        self._check_signature(assertion, header, client)
        self._check_claims(claims)
        self._take(claims.get("jti"), assertion, client, claims["exp"])
        return Grant(client, self._scope(claims, client), self._audience(claims))

    def _check_signature(self, assertion: str, header: dict, client: Client) -> None:
        kid = header.get("kid")
        if kid is None:
            raise self._refused(
                None,
                f"{_FAILED} Invalid JWT. The client requires pre-registered jwk and no key "
                "identifier (kid) provided.",
            )
        registered = client.key(kid)
        if registered is None:
            raise self._refused(None, f"{_FAILED} Unknown key identifier (kid) for client.")
        if self._now * 1000 >= registered["added_at"] + KEY_LIFETIME:
            raise self._refused("MP-121", f"{_FAILED} Expired key.")
        try:
            signatures.verify(
                assertion, signatures.import_jwk(registered["jwk"]), signatures.ALGORITHMS
            )
        except signatures.BadSignature:
            raise self._refused("MP-124", f"{_FAILED} Invalid JWT signature.") from None

    def _check_claims(self, claims: dict) -> None:
        audience = claims.get("aud")
        if audience not in (self._issuer, [self._issuer]):
            raise self._refused("MP-110", f"{_FAILED} Invalid JWT claim aud.")
        issued, expires = self._instant(claims, "iat"), self._instant(claims, "exp")
        if issued > self._now + SKEW:
            raise self._refused(None, f"{_FAILED} Issue time is after now.")
        if expires <= self._now:
            raise self._refused("MP-130", f"{_FAILED} JWT is expired.")
        if expires - issued > LONGEST:
            raise self._refused(None, f"{_FAILED} exp - iat is over {LONGEST} seconds.")

    def _instant(self, claims: dict, name: str) -> float:
        value = claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refused(None, f"{_FAILED} Invalid JWT claim {name}.")
        return value

    def _take(self, jti: object, assertion: str, client: Client, expires: float) -> None:
        """Mark the assertion as used; one without `jti` is known by itself."""
        if jti is not None and not isinstance(jti, str):
            raise self._refused(None, f"{_FAILED} Invalid JWT claim jti.")
        used = digest(assertion if jti is None else jti)
        with self._store.transaction():
            self._store.write("DELETE FROM used_assertion WHERE expires_at <= ?", self._now * 1000)
            taken = self._store.write(
                "INSERT OR IGNORE INTO used_assertion VALUES (?, ?, ?)",
                client.id,
                used,
                math.ceil(expires * 1000),
            )
        if not taken:
            raise self._refused("MP-012", "Invalid assertion. Grant is used before.")

    def _scope(self, claims: dict, client: Client) -> str:
        requested = claims.get("scope")
        names = list(dict.fromkeys(requested.split())) if isinstance(requested, str) else []
        unknown = [name for name in names if name not in client.scopes]
        if unknown or not names:
            raise self._refused(
                "MP-200",
                f"Token request contains invalid scopes for client, {' '.join(unknown)[:200]}",
                "invalid_scope",
            )
        return " ".join(names)

    def _audience(self, claims: dict) -> list[str]:
        resource = claims.get("resource", [])
        if not isinstance(resource, list) or not all(isinstance(one, str) for one in resource):
            raise self._refused("MP-011", "Invalid assertion. Invalid parameter value: resource.")
        return resource

    def _refused(self, code: str | None, description: str, error: str | None = None) -> Refused:
        error = error or ("invalid_request" if code == "MP-011" else "invalid_grant")
        traced = f"{description} (trace_id: {secrets.token_hex(16)})"
        more = {"error_uri": f"{self._issuer}errors/{code}"} if code else {}
        return Refused(400, error, traced, more)
