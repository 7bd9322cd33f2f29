"""The issuer that plays Maskinporten: an organisation's machine gets a token for a scope.

Endpoints, parameters, claims: https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_token
and maskinporten_func_wellknown. Not played: certificates (x5c) and acting for others
(consumer_org, iss_onbehalfof, pid, authorization_details).
"""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from intark_lab import texts
from intark_lab.institution import Institution
from intark_lab.issuers import exchange, signatures
from intark_lab.issuers.assertion import Assertions, Grant
from intark_lab.issuers.exchange import Refused
from intark_lab.issuers.keys import SigningKeys

NAME = "maskinporten"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Maskinporten:
    def __init__(self, institution: Institution):
        self._institution = institution
        self.keys = SigningKeys(institution.store, institution.clock, NAME)

    def routes(self) -> list[Route]:
        return [
            Route(f"/{NAME}/.well-known/oauth-authorization-server", self._metadata),
            Route(f"/{NAME}/jwk", self._jwk),
            Route(f"/{NAME}/token", self._token, methods=["POST"]),
            Route(f"/{NAME}/errors/{{code}}", _error_page),
        ]

    async def _metadata(self, request: Request) -> Response:
        issuer = _issuer(request)
        return exchange.public(
            {
                "issuer": issuer,
                "token_endpoint": f"{issuer}token",
                "jwks_uri": f"{issuer}jwk",
                "response_types_supported": [],
                "grant_types_supported": [JWT_BEARER],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": list(signatures.ALGORITHMS),
            }
        )

    async def _jwk(self, _request: Request) -> Response:
        return exchange.public(await self.keys.jwks())

    async def _token(self, request: Request) -> Response:
        parameters = await exchange.form(request)
        grant_type = parameters.get("grant_type")
        if grant_type is None:
            raise exchange.invalid_request("Missing parameter: grant_type")
        if grant_type != JWT_BEARER:
            raise Refused(400, "unsupported_grant_type", f"grant_type must be {JWT_BEARER}")
        if "assertion" not in parameters:
            raise exchange.invalid_request("Missing parameter: assertion")
        now = self._institution.clock.now()
        issuer = _issuer(request)
        assertions = Assertions(self._institution.store, issuer, now)
        grant = assertions.accept(parameters["assertion"])
        key = await self.keys.current()
        lifetime = grant.client.token_lifetime
        return exchange.answer(
            {
                "access_token": signatures.sign(_claims(grant, issuer, int(now)), key),
                "token_type": "Bearer",
                "expires_in": lifetime - 1,
                "scope": grant.scope,
            }
        )


def _claims(grant: Grant, issuer: str, now: int) -> dict:
    client, audience = grant.client, grant.audience
    claims = {
        "iss": issuer,
        "client_amr": "private_key_jwt",
        "token_type": "Bearer",
        "client_id": client.id,
        "scope": grant.scope,
        "exp": now + client.token_lifetime,
        "iat": now,
        "jti": str(uuid4()),
        "consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{client.organisation}"},
    }
    if audience:
        claims["aud"] = audience[0] if len(audience) == 1 else audience
    return claims


def _issuer(request: Request) -> str:
    """Maskinporten's identifier ends with a slash, and `aud` is compared with it to the letter."""
    return exchange.base_url(request, NAME) + "/"


async def _error_page(request: Request) -> Response:
    """What an `error_uri` leads to: what the error means and what to look at."""
    try:
        remedy = texts.text(f"issuers.remedy.{request.path_params['code'].lower()}")
    except texts.TextError:
        return PlainTextResponse("Not Found", 404)
    return PlainTextResponse(texts.wrapped(remedy) + "\n")
