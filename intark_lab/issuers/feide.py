"""The issuer that plays Feide: people of the institution log in to a service (OpenID Connect).

Endpoints, scopes and claims: https://docs.feide.no/reference/oauth_oidc/openid_connect_details.html
and service_providers/openid_connect. Not played: implicit and hybrid flow, token exchange, logout.
Introspection (RFC 7662) is the course's own: Feide documents none, and Gravitee's OAuth2 plans
ask for one.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intark_lab.institution import Institution
from intark_lab.issuers import exchange, signatures
from intark_lab.issuers.clients import Client, Clients
from intark_lab.issuers.exchange import Refused
from intark_lab.issuers.keys import SigningKeys
from intark_lab.issuers.login import LoginPage
from intark_lab.issuers.people import SCOPES, Directory
from intark_lab.issuers.tokens import TOKEN_LIFETIME, AccessTokens, Codes, Login, introspect

NAME = "feide"
ID_TOKEN_LIFETIME = 3600
_BASIC = {"www-authenticate": 'Basic realm="Feide"'}


class Feide:
    def __init__(self, institution: Institution):
        self._institution = institution
        self._store, self._clock = institution.store, institution.clock
        self._clients = Clients(institution.store, NAME)
        self._directory = Directory(institution)
        self._login = LoginPage(institution)
        self.keys = SigningKeys(institution.store, institution.clock, NAME)

    def routes(self) -> list[Route]:
        async def authorization(request: Request) -> Response:
            return await self._login(request)

        both = ["GET", "POST"]
        return [
            Route(f"/{NAME}/.well-known/openid-configuration", self._metadata),
            Route(f"/{NAME}/openid/jwks", self._jwks),
            Route(f"/{NAME}/oauth/authorization", authorization, methods=both),
            Route(f"/{NAME}/oauth/token", self._token, methods=["POST"]),
            Route(f"/{NAME}/oauth/introspect", self._introspect, methods=["POST"]),
            Route(f"/{NAME}/openid/userinfo", self._userinfo, methods=both),
        ]

    async def _metadata(self, request: Request) -> Response:
        issuer = exchange.base_url(request, NAME)
        methods = ["client_secret_basic", "client_secret_post"]
        return exchange.public(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/oauth/authorization",
                "token_endpoint": f"{issuer}/oauth/token",
                "token_endpoint_auth_methods_supported": methods,
                "userinfo_endpoint": f"{issuer}/openid/userinfo",
                "introspection_endpoint": f"{issuer}/oauth/introspect",
                "introspection_endpoint_auth_methods_supported": methods,
                "jwks_uri": f"{issuer}/openid/jwks",
                "response_modes_supported": ["query"],
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "claims_parameter_supported": False,
                "request_parameter_supported": False,
                "request_uri_parameter_supported": False,
                "scopes_supported": list(SCOPES),
            }
        )

    async def _jwks(self, _request: Request) -> Response:
        return exchange.public(await self.keys.jwks())

    async def _token(self, request: Request) -> Response:
        parameters = await exchange.form(request)
        client = self._client(request, parameters)
        grant_type = parameters.get("grant_type")
        if grant_type == "authorization_code":
            return await self._by_code(request, parameters, client)
        if grant_type == "client_credentials":
            return self._by_credentials(parameters, client)
        if grant_type is None:
            raise exchange.invalid_request("Missing parameter: grant_type")
        raise Refused(
            400, "unsupported_grant_type", "It must be authorization_code or client_credentials"
        )

    async def _by_code(self, request: Request, parameters: dict, client: Client) -> Response:
        code = parameters.get("code")
        if code is None:
            raise exchange.invalid_request("Missing parameter: code")
        now = self._clock.now()
        login = Codes(self._store).redeem(
            code, client, parameters.get("redirect_uri"), parameters.get("code_verifier"), now
        )
        person = self._directory.by_number(login.person)
        claims = self._directory.claims(person, login.scope)
        token = AccessTokens(self._store).issue(
            client, login.scope, now, person.number, claims["sub"], code
        )
        answer = _tokens(token, login.scope)
        if "openid" in login.scope.split():
            about = _about(login, exchange.base_url(request, NAME), token, int(now))
            key = await self.keys.current()
            answer["id_token"] = signatures.sign(about | claims, key)
        return exchange.answer(answer)

    def _by_credentials(self, parameters: dict, client: Client) -> Response:
        scope = client.granted(parameters.get("scope"))
        token = AccessTokens(self._store).issue(client, scope, self._clock.now())
        return exchange.answer(_tokens(token, scope))

    async def _userinfo(self, request: Request) -> Response:
        token = exchange.bearer(request)
        if token is None:
            raise Refused(401, "invalid_token", "No token", headers={"www-authenticate": "Bearer"})
        row = AccessTokens(self._store).find(token, self._clock.now())
        if row is None:
            raise _bearer_error(401, "invalid_token", "The token is unknown or expired")
        if row["person"] is None or "openid" not in row["scope"].split():
            raise _bearer_error(403, "insufficient_scope", "The token is not of a login by OpenID")
        person = self._directory.by_number(row["person"])
        return exchange.answer(self._directory.claims(person, row["scope"]))

    async def _introspect(self, request: Request) -> Response:
        parameters = await exchange.form(request)
        self._client(request, parameters)
        if "token" not in parameters:
            raise exchange.invalid_request("Missing parameter: token")
        return exchange.answer(introspect(self._store, parameters["token"], self._clock.now()))

    def _client(self, request: Request, parameters: dict) -> Client:
        """The client, known by its secret in the header or in the body, not in both."""
        sent = exchange.basic_client(request)
        if sent and "client_secret" in parameters:
            raise exchange.invalid_request("The client's secret came in two ways")
        named, secret = sent or (parameters.get("client_id", ""), parameters.get("client_secret"))
        client = self._clients.authenticated(named, secret or "")
        if client is None or parameters.get("client_id", client.id) != client.id:
            raise Refused(401, "invalid_client", "Client or secret is wrong", headers=_BASIC)
        return client


def _tokens(token: str, scope: str) -> dict:
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME - 1,
        "scope": scope,
    }


def _about(login: Login, issuer: str, access_token: str, now: int) -> dict:
    """The ID token's claims that are not about the person (OpenID Connect Core, 2)."""
    half = sha256(access_token.encode()).digest()[:16]
    claims = {
        "iss": issuer,
        "jti": str(uuid4()),
        "aud": login.client,
        "iat": now,
        "exp": now + ID_TOKEN_LIFETIME,
        "auth_time": login.at,
        "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
    }
    return {**claims, "nonce": login.nonce} if login.nonce else claims


def _bearer_error(status: int, error: str, description: str) -> Refused:
    challenge = f'Bearer error="{error}", error_description="{description}"'
    return Refused(status, error, description, headers={"www-authenticate": challenge})
