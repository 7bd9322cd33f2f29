"""RSA keys and signed tokens (RFC 7515-7519), by joserfc.

The only module that imports joserfc, which takes a tenth of a second: others import this one when
a token is at hand, so that the start of a lab does not pay for it.
"""

import re
import warnings
from functools import lru_cache
from math import inf

import orjson
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "RS384", "RS512")
SECRET_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}
"""How long a shared secret must be (RFC 7518, section 3.2)."""
BITS = 2048
LARGEST_BITS = 4096
_PUBLIC = ("kty", "n", "e", "kid", "use", "alg")
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,1024}")
_UNREADABLE = (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What joserfc and the parsers below it raise for input that is no JWT or no key."""


class Malformed(ValueError):
    """Not a JWT, or not a public RSA key."""


class BadSignature(ValueError):
    """Not signed by this key with one of these algorithms."""


class _Registry(JWSRegistry):
    max_header_length = 16_384  # a certificate chain (x5c) fits


def new_private_key() -> RSAKey:
    """A new key pair, named by its thumbprint (RFC 7638). It takes some 35 ms, without the GIL."""
    return RSAKey.generate_key(BITS, {"alg": "RS256"}, auto_kid=True)


@lru_cache(maxsize=256)
def private_key(pem: str, kid: str) -> RSAKey:
    return RSAKey.import_key(pem, {"kid": kid})


def public_jwk(key: RSAKey) -> dict:
    """The public half of a key, as a JWK set has it."""
    return {"kid": key.kid, "use": "sig", **key.as_dict(private=False)}


def import_jwk(jwk: object) -> RSAKey:
    """The public RSA key of a JWK with a `kid`. Raises Malformed, also for a private key."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA":
        raise Malformed("kty must be RSA")
    if any(name in jwk for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")):
        raise Malformed("this is the private key")
    if not isinstance(jwk.get("kid"), str) or not 1 <= len(jwk["kid"]) <= 200:
        raise Malformed("kid must be a text")
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        raise Malformed(f"use must be sig and alg one of {', '.join(ALGORITHMS)}")
    numbers = [jwk.get("n"), jwk.get("e")]
    if not all(isinstance(number, str) and _NUMBER.fullmatch(number) for number in numbers):
        raise Malformed("n and e must be base64url")
    return _strong(lambda: RSAKey.import_key({name: jwk[name] for name in _PUBLIC if name in jwk}))


def import_pem(pem: object) -> RSAKey:
    """The public RSA key of a PEM or OpenSSH text, named by its thumbprint. Raises Malformed."""
    if not isinstance(pem, str):
        raise Malformed("a public key must be a text")
    key = _strong(lambda: RSAKey.import_key(pem.strip()))
    if key.is_private:
        raise Malformed("this is the private key")
    key.ensure_kid()
    return key


def shared_secret(secret: str, algorithm: str) -> OctKey:
    """The key of a signature by a secret that both sides know. Raises Malformed for a short one,
    and for a key that is no secret.
    """
    content = secret.encode()
    if len(content) < SECRET_BYTES.get(algorithm, inf) or b"-----BEGIN" in content:
        raise Malformed(f"not a secret for {algorithm}")
    return OctKey.import_key(content)


def sign(claims: dict, key: RSAKey) -> str:
    """A JWT with RS256; its header carries `kid` and `alg`, as Maskinporten's and Feide's do."""
    return jws.serialize_compact({"kid": key.kid, "alg": "RS256"}, orjson.dumps(claims), key)


def read(token: str) -> tuple[dict, dict]:
    """Header and claims as the token states them; nothing is verified. Raises Malformed."""
    try:
        signature = jws.extract_compact(token.encode("ascii"), registry=_Registry())
        header, claims = signature.headers(), orjson.loads(signature.payload)
    except _UNREADABLE as error:
        raise Malformed("not a signed JWT") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Malformed("not a signed JWT")
    return header, claims


def verify(token: str, key: RSAKey | OctKey, algorithms: tuple[str, ...] = ("RS256",)) -> dict:
    """The claims of a token signed by `key`. Raises Malformed or BadSignature.

    Algorithms that sign nothing, such as `none`, are never allowed.
    """
    if not {*algorithms} <= {*ALGORITHMS, *SECRET_BYTES}:
        raise BadSignature("no such algorithm")
    registry = _Registry(algorithms=algorithms, strict_check_header=False)
    try:
        signature = jws.deserialize_compact(token.encode("ascii"), key, registry=registry)
        claims = orjson.loads(signature.payload)
    except _UNREADABLE as error:
        raise BadSignature("the signature does not hold") from error
    if not isinstance(claims, dict):
        raise Malformed("claims must be an object")
    return claims


def _strong(imported) -> RSAKey:
    """The key that `imported()` gives, if it is neither weak nor costly to use."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)
            key = imported()
    except (*_UNREADABLE, SecurityWarning) as error:
        raise Malformed(f"not an RSA key of {BITS} bits or more") from error
    if key.public_key.key_size > LARGEST_BITS:
        raise Malformed(f"at most {LARGEST_BITS} bits")
    return key
