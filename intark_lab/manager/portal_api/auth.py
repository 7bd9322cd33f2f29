"""Who is calling: HTTP Basic, or the token of a login as cookie or bearer token."""

import base64
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from intark_lab.institution import Institution
from intark_lab.manager import people, sessions, tokens
from intark_lab.manager.errors import unauthorized
from intark_lab.manager.people import User
from intark_lab.manager.portal_api.answers import json
from intark_lab.manager.portal_api.visit import Visit

COOKIE = "Auth-Graviteeio-APIM"


def login(visit: Visit) -> Response:
    """POST /auth/login: a token for the user that HTTP Basic names, in the body and as a cookie."""
    token = sessions.issue(visit.store, visit.clock, visit.user)
    answer = json({"token_type": "BEARER", "token": token})
    answer.headers["set-cookie"] = f"{COOKIE}=Bearer%20{token};Path={visit.root};HttpOnly"
    return answer


def logout(visit: Visit) -> Response:
    """POST /auth/logout: the cookie is emptied; the token lives on, as it does in Gravitee."""
    return Response(headers={"set-cookie": emptied(visit.root)})


def emptied(path: str) -> str:
    """The cookie of a login below `path`, taken back."""
    return f"{COOKIE}=;Path={path};Expires=Thu, 01-Jan-1970 00:00:00 GMT;Max-Age=0;HttpOnly"


def caller(request: Request, institution: Institution) -> User | None:
    """The user behind a request, None for an anonymous one. Raises 401 for wrong credentials."""
    given = request.headers.get("authorization") or unquote(request.cookies.get(COOKIE, ""))
    scheme, _, credentials = given.partition(" ")
    match scheme.lower():
        case "basic":
            user = _by_basic(institution, credentials.strip())
        case "bearer":
            user = _by_token(institution, credentials.strip())
        case _:
            return None
    if user is None:
        raise unauthorized()
    return user


def _by_token(institution: Institution, token: str) -> User | None:
    """By the token of a login, or by one of the user's personal tokens."""
    store, clock = institution.store, institution.clock
    return sessions.user_of(store, clock, token) or tokens.user_of(store, clock, token)


def _by_basic(institution: Institution, credentials: str) -> User | None:
    try:
        pair = base64.b64decode(credentials, validate=True).decode()
    except ValueError:
        return None
    username, _, password = pair.partition(":")
    return people.by_password(institution.store, username, password)
