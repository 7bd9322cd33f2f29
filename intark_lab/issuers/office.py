"""Where clients of both issuers are registered over HTTP, with the lab's own login.

The course's own: `/clients` below each issuer, and `/keys`, which lets its signing keys change.
"""

import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intark_lab.institution import Institution
from intark_lab.issuers import exchange, registration
from intark_lab.issuers.clients import Client, Clients
from intark_lab.issuers.exchange import Refused
from intark_lab.issuers.keys import SigningKeys
from intark_lab.issuers.organisation import organisation_number

_CHALLENGE = {"www-authenticate": 'Basic realm="Client registration", charset="UTF-8"'}


class Office:
    """Registration at one issuer: `maskinporten` or `feide`."""

    def __init__(self, institution: Institution, issuer: str, keys: SigningKeys):
        self._institution, self._issuer, self._keys = institution, issuer, keys
        self._clients = Clients(institution.store, issuer)

    def routes(self) -> list[Route]:
        clients, one = f"/{self._issuer}/clients", f"/{self._issuer}/clients/{{client_id}}"
        routes = [
            self._route("GET", clients, self._list),
            self._route("POST", clients, self._register),
            self._route("GET", one, self._show),
            self._route("DELETE", one, self._remove),
            self._route("POST", f"/{self._issuer}/keys", self._rotate),
        ]
        if self._issuer == "maskinporten":
            routes.append(self._route("POST", f"{one}/jwks", self._replace_keys))
        return routes

    def _route(self, method: str, path: str, action: Callable[[Request], Awaitable[Response]]):
        async def door(request: Request) -> Response:
            self._admit(request)
            return await action(request)

        return Route(path, door, methods=[method])

    def _admit(self, request: Request) -> None:
        """Let the lab's people in: by their username and password at the portal."""
        username, password = exchange.basic(request) or ("", "")
        row = self._institution.store.one("SELECT password FROM user WHERE username = ?", username)
        kept = (row["password"] if row else None) or ""
        right = hmac.compare_digest(kept.encode(), password.encode())
        if not (right and kept):
            raise Refused(401, "invalid_client", "Log in as at the portal", headers=_CHALLENGE)

    async def _list(self, _request: Request) -> Response:
        return exchange.answer([registration.described(client) for client in self._clients.all()])

    async def _register(self, request: Request) -> Response:
        document = await exchange.json_object(request)
        store, now = self._institution.store, self._institution.clock.ms()
        if self._issuer == "maskinporten":
            own = organisation_number(self._institution.seed)
            client = registration.register_machine(store, document, own, now)
            return exchange.answer(registration.described(client), 201)
        client, secret = registration.register_service(store, document, now)
        return exchange.answer({**registration.described(client), "client_secret": secret}, 201)

    async def _show(self, request: Request) -> Response:
        return exchange.answer(registration.described(self._client(request)))

    async def _remove(self, request: Request) -> Response:
        self._clients.remove(self._client(request).id)
        return Response(status_code=204)

    async def _replace_keys(self, request: Request) -> Response:
        client = self._client(request)
        document = await exchange.json_object(request)
        changed = registration.register_keys(
            self._institution.store, client, document, self._institution.clock.ms()
        )
        return exchange.answer(registration.described(changed), 201)

    async def _rotate(self, _request: Request) -> Response:
        return exchange.answer({"kid": await self._keys.rotate()}, 201)

    def _client(self, request: Request) -> Client:
        client = self._clients.find(request.path_params["client_id"])
        if client is None:
            raise Refused(404, "invalid_client", "No such client")
        return client
