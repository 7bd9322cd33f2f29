"""Token issuers inside the lab: one plays Maskinporten, one plays Feide.

Nothing is read or made before the first request, nor is the library for signatures imported.
"""

from intark_lab.issuers.tokens import introspect
from intark_lab.issuers.verification import InvalidToken, TokenVerifier, client_of, issuer_at

__all__ = ["InvalidToken", "TokenVerifier", "app", "client_of", "introspect", "issuer_at"]


def app(institution):
    """The ASGI application of a lab's issuers; its `root_path` is part of their identifiers."""
    served = None

    async def door(scope: dict, receive, send) -> None:
        nonlocal served
        if served is None:
            from intark_lab.issuers.site import site

            served = site(institution)
        await served(scope, receive, send)

    return door
