"""Token issuers inside the lab: one plays Maskinporten, one plays Feide.

`site` serves both. Nothing is read or made before the first request, nor is the library for
signatures imported.
"""

from intark_lab.issuers.verification import InvalidToken, TokenVerifier, client_of, issuer_at

__all__ = ["InvalidToken", "TokenVerifier", "client_of", "introspect", "issuer_at"]


def introspect(store, token: str, now: float) -> dict:
    """What a resource server may know of an access token of Feide, see `tokens.introspect`."""
    from intark_lab.issuers import tokens

    return tokens.introspect(store, token, now)
