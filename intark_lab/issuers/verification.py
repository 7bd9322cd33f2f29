"""Signed tokens, as an API gateway judges them: signature, then time."""

import math
from collections.abc import Callable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import TYPE_CHECKING

from intark_lab.store import Store

if TYPE_CHECKING:
    from joserfc.jwk import OctKey, RSAKey

    Keys = Callable[[], Mapping[str, RSAKey | OctKey]]
    """What gives the keys that are good at the moment, by kid."""

KEPT = 4096
"""How many verified tokens one verifier remembers."""


class InvalidToken(Exception):
    """The token does not hold: not a JWT, no such key, bad signature, too early, or too late."""


class TokenVerifier:
    """Checks signed JWTs against a set of keys; tokens seen before cost a look-up.

    No leeway is given to clocks, as in Gravitee 3.20; 4.x lets a token live a minute longer.
    """

    def __init__(self, keys: "Keys", algorithm: str = "RS256"):
        self._keys, self._algorithm = keys, algorithm
        self._verified: dict[bytes, tuple[Mapping, float, float]] = {}
        self._verified_by: Mapping | None = None

    @classmethod
    def of_issuer(cls, store: Store, issuer: str, algorithm: str = "RS256") -> "TokenVerifier":
        """By the keys that an issuer of the lab publishes: `maskinporten` or `feide`."""
        return cls(_Published(store, issuer), algorithm)

    @classmethod
    def of_gateway(cls, store: Store, algorithm: str = "RS256") -> "TokenVerifier":
        """By the keys that the gateway was set up with: those of both issuers of the lab."""
        published = [_Published(store, issuer) for issuer in ("maskinporten", "feide")]
        return cls(lambda: published[0]() | published[1](), algorithm)

    @classmethod
    def of_key(cls, public_key: str, algorithm: str = "RS256") -> "TokenVerifier":
        """By one key, a PEM or OpenSSH text. Raises ValueError where it is none."""
        from intark_lab.issuers import signatures

        keys = {"": signatures.import_pem(public_key)}
        return cls(lambda: keys, algorithm)

    @classmethod
    def of_secret(cls, secret: str, algorithm: str) -> "TokenVerifier":
        """By a secret that the signer knows too. Raises ValueError for one that is too short."""
        from intark_lab.issuers import signatures

        keys = {"": signatures.shared_secret(secret, algorithm)}
        return cls(lambda: keys, algorithm)

    def verify(self, token: str, now: float) -> Mapping:
        """The claims of `token`, valid at `now` (lab epoch seconds). Raises InvalidToken.

        A time claim that is there must be a number; one that is not there is not asked for.
        """
        if (keys := self._keys()) != self._verified_by:  # a token holds as long as its key does
            self._verified.clear()
            self._verified_by = keys
        digest = blake2b(token.encode("utf-8", "replace"), digest_size=16).digest()
        known = self._verified.get(digest)
        claims, start, end = known or self._judged(token, keys)
        if not start <= now < end:
            self._verified.pop(digest, None)
            raise InvalidToken("the token is expired or not yet valid")
        if known is None:
            self._remember(digest, (claims, start, end))
        return claims

    def _judged(self, token: str, keys: Mapping) -> tuple[Mapping, float, float]:
        from intark_lab.issuers import signatures

        try:
            header, _ = signatures.read(token)
            claims = self._signed(token, header.get("kid"), keys)
            return MappingProxyType(claims), *_lifetime(claims)
        except ValueError as error:
            raise InvalidToken(str(error)) from error

    def _signed(self, token: str, kid: str | None, keys: Mapping) -> dict:
        """The claims, by the key that the token names, or by any where either names none."""
        from intark_lab.issuers import signatures

        fitting = [key for name, key in keys.items() if not kid or not name or name == kid]
        for key in fitting:
            try:
                return signatures.verify(token, key, (self._algorithm,))
            except signatures.BadSignature:
                continue
        raise InvalidToken("no key fits the token")

    def _remember(self, digest: bytes, verdict: tuple[Mapping, float, float]) -> None:
        if len(self._verified) >= KEPT:
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = verdict


class _Published:
    """An issuer's published keys, read again when the store has changed."""

    def __init__(self, store: Store, issuer: str):
        self._store, self._issuer = store, issuer
        self._generation: int | None = None
        self._keys: dict[str, RSAKey] = {}

    def __call__(self) -> "dict[str, RSAKey]":
        from intark_lab.issuers import keys, signatures

        if self._generation != self._store.generation:
            jwks = keys.published(self._store, self._issuer)
            self._keys = {
                jwk["kid"]: self._keys.get(jwk["kid"]) or signatures.import_jwk(jwk) for jwk in jwks
            }
            self._generation = self._store.generation
        return self._keys


def client_of(claims: Mapping) -> str | None:
    """Which client a JWT speaks for: `azp`, else the first `aud`, else `client_id`.

    So a token with an audience is matched on that, not on its client (gravitee-io/issues 3835).
    """
    audience = claims.get("aud")
    if isinstance(audience, list):
        audience = audience[0] if audience else None
    found = claims.get("azp") or audience or claims.get("client_id")
    return found if isinstance(found, str) else None


def issuer_at(jwks_url: str) -> str | None:
    """The issuer of the lab whose keys a JWT plan resolves at `jwks_url`, whatever the host."""
    for issuer, path in {"maskinporten": "maskinporten/jwk", "feide": "feide/openid/jwks"}.items():
        if jwks_url.partition("?")[0].endswith(f"/issuers/{path}"):
            return issuer
    return None


def _lifetime(claims: dict) -> tuple[float, float]:
    """From when and until when the claims hold, epoch seconds. Raises ValueError."""
    start, end = claims.get("nbf", -math.inf), claims.get("exp", math.inf)
    for instant in (start, end):
        if isinstance(instant, bool) or not isinstance(instant, int | float):
            raise ValueError("exp and nbf must be numbers")
    return start, end
