"""Feide's login: the authorization request, a page to pick a made-up person from, and the way back.

Nothing is asked for and no cookie is set: whoever sees the page may be anybody on it.
"""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from intark_lab.institution import Institution
from intark_lab.issuers import exchange
from intark_lab.issuers.clients import Client, Clients
from intark_lab.issuers.people import Directory
from intark_lab.issuers.tokens import Codes, Login
from intark_lab.texts import text
from intark_lab.world import Person

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PAGE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class SentBack(Exception):
    """The request fails, and the client may know why: at its redirect URI (RFC 6749, 4.1.2.1)."""

    def __init__(self, error: str, description: str):
        super().__init__(description)
        self.error = error


@dataclass(frozen=True)
class LoginRequest:
    """What a client asks of the authorization endpoint."""

    client: Client
    redirect_uri: str
    parameters: dict[str, str]

    def back(self, **answer: str) -> Response:
        """Send the browser back to the client, with its `state`."""
        if "state" in self.parameters:
            answer["state"] = self.parameters["state"]
        joint = "&" if "?" in self.redirect_uri else "?"
        address = f"{self.redirect_uri}{joint}{urlencode(answer)}"
        return RedirectResponse(address, 303, headers={"cache-control": "no-store"})

    def check(self) -> None:
        """Raise SentBack for what Feide does not do."""
        parameters = self.parameters
        if parameters.get("response_type") != "code":
            raise SentBack("unsupported_response_type", "response_type must be code")
        if parameters.get("response_mode", "query") != "query":
            raise SentBack("invalid_request", "response_mode must be query")
        if parameters.get("prompt") == "none":
            raise SentBack("login_required", "Nobody is logged in")
        if "request" in parameters or "request_uri" in parameters:
            raise SentBack("request_not_supported", "request and request_uri are not supported")
        challenge = parameters.get("code_challenge")
        if challenge is None and "code_challenge_method" not in parameters:
            return
        if parameters.get("code_challenge_method") != "S256":
            raise SentBack("invalid_request", "code_challenge_method must be S256")
        if not _CHALLENGE.fullmatch(challenge or ""):
            raise SentBack("invalid_request", "code_challenge must be 43 characters of base64url")


class LoginPage:
    """The authorization endpoint."""

    def __init__(self, institution: Institution):
        self._institution = institution
        self._clients = Clients(institution.store, "feide")
        self._directory = Directory(institution)

    async def __call__(self, request: Request) -> Response:
        """GET or POST the authorization request; POST with `person`, a Feide name, answers it."""
        if request.method == "POST":
            parameters = await exchange.form(request)
        else:
            parameters = exchange.fields(request.scope["query_string"])
        asked = self._asked(parameters)
        try:
            asked.check()
        except SentBack as failure:
            return asked.back(error=failure.error, error_description=str(failure))
        chosen = parameters.get("person") if request.method == "POST" else None
        person = self._directory.by_feide_name(chosen) if chosen else None
        if person is None:
            return self._page(asked, unknown=chosen)
        return asked.back(code=self._code(asked, person.number))

    def _asked(self, parameters: dict[str, str]) -> LoginRequest:
        """Raises Refused, and sends nobody anywhere, unless the client has this redirect URI."""
        client = self._clients.find(parameters.get("client_id"))
        if client is None:
            raise exchange.invalid_request("client_id is missing or unknown")
        uri = parameters.get("redirect_uri")
        if uri not in client.redirect_uris:
            raise exchange.invalid_request("redirect_uri is not registered for this client")
        return LoginRequest(client, uri, parameters)

    def _code(self, asked: LoginRequest, person: int) -> str:
        now = self._institution.clock.now()
        parameters = asked.parameters
        login = Login(
            client=asked.client.id,
            redirect_uri=asked.redirect_uri,
            scope=asked.client.granted(parameters.get("scope")),
            person=person,
            at=int(now),
            nonce=parameters.get("nonce"),
            challenge=parameters.get("code_challenge"),
        )
        return Codes(self._institution.store).issue(login, now)

    def _page(self, asked: LoginRequest, unknown: str | None) -> Response:
        kept = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in asked.parameters.items()
            if name != "person"
        )
        people = "".join(_button(*each) for each in self._directory.offered())
        page = _PAGE.format(
            title=_said("title"),
            client=_said("client", client=asked.client.name),
            note=_said("note"),
            unknown=f"<p>{_said('unknown', name=unknown)}</p>" if unknown else "",
            kept=kept,
            people=people,
        )
        return HTMLResponse(page, 400 if unknown else 200, _PAGE_HEADERS)


def _button(person: Person, role: str) -> str:
    name = escape(f"{person.given} {person.family}")
    return (
        f'<li><button name="person" value="{escape(person.email)}">{name} ({_said(role)})'
        "</button></li>"
    )


def _said(message: str, **fields: str) -> str:
    return escape(text(f"issuers.login.{message}", **fields))


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: auto; padding: 1rem }}
ul {{ list-style: none; padding: 0 }}
button {{ font: inherit; width: 100%; padding: .5rem; margin: .2rem 0; text-align: left }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{client}</p>
<p>{note}</p>
{unknown}<form method="post">
{kept}<ul>{people}</ul>
</form>
</main>
</body>
</html>
"""
