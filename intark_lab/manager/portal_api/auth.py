"""Who is calling: HTTP Basic, or a personal token as bearer token."""

import base64
import binascii

from starlette.requests import Request

from intark_lab.institution import Institution
from intark_lab.manager import people, tokens
from intark_lab.manager.errors import unauthorized
from intark_lab.manager.people import User

COOKIE = "Auth-Graviteeio-APIM"


def caller(request: Request, institution: Institution) -> User | None:
    """The user behind a request, None for an anonymous one. Raises 401 for wrong credentials."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "basic":
            user = _by_basic(institution, credentials.strip())
        case "bearer":
            user = tokens.user_of(institution.store, institution.clock, credentials.strip())
        case _:
            return None
    if user is None:
        raise unauthorized()
    return user


def _by_basic(institution: Institution, credentials: str) -> User | None:
    try:
        pair = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    username, _, password = pair.partition(":")
    return people.by_password(institution.store, username, password)
