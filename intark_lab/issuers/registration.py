"""Registering clients: the course's own way in, as no real issuer has it.

At Maskinporten clients are made in Samarbeidsportalen, or by an API for administrators whose
member names are kept here; at Feide they are made in its customer portal (kundeportal).
"""

import re
import secrets
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

from intark_lab.issuers import signatures
from intark_lab.issuers.clients import Client, Clients
from intark_lab.issuers.exchange import Refused
from intark_lab.issuers.organisation import belongs_to_nobody
from intark_lab.store import Store
from intark_lab.texts import text

LIFETIMES = (30, 3600)
"""Shortest and longest life of a Maskinporten token, in seconds."""
ALWAYS = ["openid", "userid"]
"""Scopes that every client of Feide has."""
MOST_KEYS = 5
_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")


def register_machine(store: Store, document: dict, organisation: str, now: int) -> Client:
    """Register a client of Maskinporten; `now` in ms. Raises Refused (RFC 7591, 3.2.2).

    `document` holds `client_name` and `scopes`; it may hold `jwks` or `public_key` (PEM),
    `client_orgno` in place of `organisation`, `access_token_lifetime`, and `client_id`.
    """
    number = document.get("client_orgno", organisation)
    if not belongs_to_nobody(number):
        raise _refused("orgno")
    lifetime = document.get("access_token_lifetime", 120)
    if type(lifetime) is not int or not LIFETIMES[0] <= lifetime <= LIFETIMES[1]:
        raise _refused("lifetime", shortest=LIFETIMES[0], longest=LIFETIMES[1])
    client = Client(
        _client_id(document),
        _name(document),
        _scopes(document),
        organisation=number,
        keys=_keys(document, now) if {"jwks", "public_key"} & set(document) else [],
        token_lifetime=lifetime,
    )
    Clients(store, "maskinporten").add(client, now)
    return client


def register_keys(store: Store, client: Client, document: dict, now: int) -> Client:
    """Put the keys of a JWK set in place of a client's keys. Raises Refused."""
    changed = replace(client, keys=_keys({"jwks": document}, now))
    Clients(store, "maskinporten").change(changed)
    return changed


def register_service(store: Store, document: dict, now: int) -> tuple[Client, str]:
    """Register a client of Feide, and its secret, which is not shown again; `now` in ms.

    `document` holds `client_name`; it may hold `redirect_uris`, `scopes` and `client_id`.
    Raises Refused.
    """
    uris = document.get("redirect_uris", [])
    if not isinstance(uris, list) or len(uris) > 10 or not all(map(_is_redirect_uri, uris)):
        raise _refused("redirect", "invalid_redirect_uri")
    scopes = _scopes(document) if "scopes" in document else []
    client = Client(
        _client_id(document),
        _name(document),
        ALWAYS + [scope for scope in scopes if scope not in ALWAYS],
        redirect_uris=uris,
    )
    secret = secrets.token_urlsafe(24)
    Clients(store, "feide").add(client, now, secret)
    return client, secret


def described(client: Client) -> dict:
    """A registration as its owner sees it, without what it does not have."""
    members = {
        "client_id": client.id,
        "client_name": client.name,
        "scopes": client.scopes,
        "client_orgno": client.organisation,
        "access_token_lifetime": client.token_lifetime if client.organisation else None,
        "jwks": {"keys": [key["jwk"] for key in client.keys]} if client.organisation else None,
        "redirect_uris": client.redirect_uris,
    }
    return {name: member for name, member in members.items() if member not in (None, "")}


def _client_id(document: dict) -> str:
    client_id = document.get("client_id", str(uuid4()))
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        raise _refused("client-id")
    return client_id


def _name(document: dict) -> str:
    name = document.get("client_name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 100:
        raise _refused("name")
    return name.strip()


def _scopes(document: dict) -> list[str]:
    scopes = document.get("scopes")
    if not isinstance(scopes, list) or not 1 <= len(scopes) <= 50:
        raise _refused("scopes")
    if not all(isinstance(scope, str) and _SCOPE.fullmatch(scope) for scope in scopes):
        raise _refused("scopes")
    return list(dict.fromkeys(scopes))


def _keys(document: dict, now: int) -> list[dict]:
    """The public keys of a JWK set or a PEM, stamped with the time they came."""
    try:
        if "public_key" in document:
            keys = [signatures.import_pem(document["public_key"])]
        else:
            keys = [signatures.import_jwk(jwk) for jwk in _jwks(document["jwks"])]
    except signatures.Malformed as error:
        raise _refused("key", reason=error) from None
    if len({key.kid for key in keys}) < len(keys):
        raise _refused("kid-twice")
    return [{"jwk": signatures.public_jwk(key), "added_at": now} for key in keys]


def _jwks(document: object) -> list:
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_KEYS:
        raise _refused("jwks", most=MOST_KEYS)
    return keys


def _is_redirect_uri(uri: object) -> bool:
    """An absolute http(s) address without fragment (RFC 6749, 3.1.2)."""
    if not isinstance(uri, str) or len(uri) > 2000 or not uri.isascii() or not uri.isprintable():
        return False
    try:
        parts = urlsplit(uri)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "#" not in uri
    except ValueError:
        return False


def _refused(message: str, error: str = "invalid_client_metadata", **fields) -> Refused:
    return Refused(400, error, text(f"issuers.registration.{message}", **fields))
