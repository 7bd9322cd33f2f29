"""The tokens that callers bring: JWTs by their issuer's keys, opaque ones by introspection.

An issuer of the lab is asked directly; any other over HTTP, on this machine unless the lab may
call beyond it.
"""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import orjson

from intark_lab.fetching import fetch
from intark_lab.gateway.errors import Refused, unauthorized
from intark_lab.issuers import InvalidToken, TokenVerifier, introspect, issuer_at
from intark_lab.store import Store

CHALLENGE = [(b"www-authenticate", b'Bearer realm="gravitee.io"')]
JWKS_KEPT = 300.0
"""Seconds of real time for which a key set from elsewhere is not asked for again."""


class Tokens:
    """What the plans of one lab's gateway make of a token. `now` is lab time in ms."""

    def __init__(self, store: Store, anywhere: bool = False):
        self._store, self._anywhere = store, anywhere
        self._verifiers: dict[tuple[str, str, str], TokenVerifier] = {}
        self._remote: dict[str, tuple[float, Mapping]] = {}

    async def jwt_claims(self, token: str, definition: dict, now: int) -> Mapping:
        """The claims of a JWT that holds. Raises Refused: 401, or 500 without a key to judge by."""
        resolver = str(definition.get("publicKeyResolver", "GIVEN_KEY"))
        key = str(definition.get("resolverParameter") or "")
        if resolver == "JWKS_URL" and issuer_at(key) is None:
            await self._fetch(key)
        verifier = self._verifier(resolver, key, _algorithm(definition))
        try:
            return verifier.verify(token, now / 1000)
        except InvalidToken:
            raise unauthorized("JWT_INVALID_TOKEN") from None

    async def introspect(self, token: str, resource: dict, now: int) -> dict:
        """What an access token stands for. Raises Refused: 401, or 503 without an answer."""
        endpoint = _introspection(resource)
        if urlsplit(endpoint).path.endswith("/issuers/feide/oauth/introspect"):
            found = introspect(self._store, token, now / 1000)
        else:
            found = await self._ask(endpoint, token, resource)
        if not found.get("active"):
            raise unauthorized("OAUTH2_INVALID_ACCESS_TOKEN", CHALLENGE)
        return found

    def _verifier(self, resolver: str, key: str, algorithm: str) -> TokenVerifier:
        known = (resolver, key, algorithm)
        if known not in self._verifiers:
            if resolver == "JWKS_URL" and (issuer := issuer_at(key)):
                made = TokenVerifier.of_issuer(self._store, issuer, algorithm)
            elif resolver == "JWKS_URL":
                made = TokenVerifier(lambda: self._remote[key][1], algorithm)
            elif resolver == "GATEWAY_KEYS":
                made = TokenVerifier.of_gateway(self._store, algorithm)
            else:
                made = _of_given_key(key, algorithm)
            self._verifiers[known] = made
        return self._verifiers[known]

    async def _fetch(self, url: str) -> None:
        """Keep the key set at `url` at hand. Raises Refused (500) where there is none."""
        from intark_lab.issuers import signatures

        asked, _ = self._remote.get(url, (float("-inf"), None))
        if time.monotonic() < asked + JWKS_KEPT:
            return
        try:
            found = await self._get(url)
            keys = {
                key["kid"]: signatures.import_jwk(key)
                for key in found["keys"]
                if key.get("kty") == "RSA"
            }
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Refused(500, "Internal Server Error", "JWT_JWKS_UNAVAILABLE") from error
        self._remote[url] = time.monotonic(), keys

    async def _ask(self, endpoint: str, token: str, resource: dict) -> dict:
        """RFC 7662, with the gateway's own client credentials. Raises Refused (503)."""
        pair = (resource.get("clientId") or "", resource.get("clientSecret") or "")
        try:
            return await self._get(endpoint, data={"token": token}, auth=pair)
        except (OSError, ValueError) as error:
            raise Refused(
                503, "temporarily_unavailable", "OAUTH2_SERVER_UNAVAILABLE", CHALLENGE
            ) from error

    async def _get(self, url: str, **form) -> dict:
        return orjson.loads(await fetch(url, self._anywhere, **form))


def _of_given_key(key: str, algorithm: str) -> TokenVerifier:
    of = TokenVerifier.of_secret if algorithm.startswith("HS") else TokenVerifier.of_key
    try:
        return of(key, algorithm)
    except ValueError as error:
        raise unauthorized("JWT_INVALID_TOKEN") from error


def _algorithm(definition: dict) -> str:
    """`RSA_RS256` and `HMAC_HS256`, as Gravitee's plans name them, are RS256 and HS256."""
    return str(definition.get("signature") or "RSA_RS256").rpartition("_")[2]


def _introspection(resource: dict) -> str:
    endpoint = resource.get("introspectionEndpoint") or ""
    server = resource.get("authorizationServerUrl") or ""
    return endpoint if "://" in endpoint else server.rstrip("/") + endpoint
