"""Who calls, and by which plan: token or key to subscription (Gravitee's plan selection).

Plans are tried in Gravitee's order: JWT, OAuth2, API key, keyless last. A token that opens no plan
does not keep an API key from being tried; a token or key that opens none shuts the keyless plan.
"""

from intark_lab.deployment import DeployedPlan
from intark_lab.gateway.call import Call
from intark_lab.gateway.errors import Refused, unauthorized
from intark_lab.gateway.exchange import access_token
from intark_lab.gateway.expressions import holds
from intark_lab.gateway.routing import Deployed
from intark_lab.gateway.snapshot import Snapshot
from intark_lab.gateway.tokens import CHALLENGE, Tokens
from intark_lab.issuers import client_of


async def admit_by_token(call: Call, snapshot: Snapshot, tokens: Tokens) -> None:
    """As `admit`, where the API may take tokens."""
    api, refused = call.route.api, None
    if api.takes_tokens and (token := _bearer(call)) is not None:
        refused = await _by_token(call, api, snapshot, tokens, token)
    if call.plan is None:
        admit(call, snapshot, refused)


def admit(call: Call, snapshot: Snapshot, refused: Refused | None = None) -> None:
    """Set the call's plan and access, or raise Refused: the one 401.

    A token that came along opened no plan; why not, says `refused`.
    """
    if call.request.key is not None:
        access = snapshot.by_key(call.request.key, call.api.api, call.now)
        if access is None or access.plan.security != "API_KEY" or not _selected(access.plan, call):
            raise unauthorized("API_KEY_INVALID")
        call.access, call.plan = access, access.plan
    elif refused is not None:
        raise refused
    elif keyless := call.route.api.plans.get("KEY_LESS"):
        call.plan = keyless[0]
    else:
        raise unauthorized("GATEWAY_PLAN_UNRESOLVABLE", _challenge(call.route.api))


async def _by_token(
    call: Call, api: Deployed, snapshot: Snapshot, tokens: Tokens, token: str
) -> Refused | None:
    """Why no plan takes the token, None where one does. Raises what is not the token's fault."""
    refused = unauthorized("GATEWAY_PLAN_UNRESOLVABLE", _challenge(api))
    for plan in (*api.plans.get("JWT", ()), *api.plans.get("OAUTH2", ())):
        try:
            client_id = await _client_id(call, api, plan, tokens, token)
        except Refused as error:
            if error.status != 401:
                raise
            refused = error  # another plan may know the token
            continue
        access = snapshot.by_client(client_id, plan.id, call.now) if client_id else None
        if access is not None and _selected(plan, call):
            call.access, call.plan = access, plan
            return None
    return refused


async def _client_id(call: Call, api: Deployed, plan: DeployedPlan, tokens: Tokens, token: str):
    definition = plan.security_definition
    if plan.security == "JWT":
        call.claims = await tokens.jwt_claims(token, definition, call.now)
        own = definition.get("clientIdClaim")
        return call.claims.get(own) if own else client_of(call.claims)
    resource = _resource(api, definition.get("oauthResource"))
    call.claims = await tokens.introspect(token, resource, call.now)
    if not _scopes_suffice(call.claims, definition):
        raise unauthorized("OAUTH2_INSUFFICIENT_SCOPE", _challenge(api))
    return call.claims.get("client_id")


def _scopes_suffice(claims: dict, definition: dict) -> bool:
    required = set(definition.get("requiredScopes") or ())
    if not definition.get("checkRequiredScopes") or not required:
        return True
    scope = claims.get("scope") or ""
    held = set(scope.split() if isinstance(scope, str) else scope)
    return required <= held if definition.get("modeStrict", True) else bool(required & held)


def _selected(plan: DeployedPlan, call: Call) -> bool:
    return not plan.selection_rule or holds(plan.selection_rule, call)


def _bearer(call: Call) -> str | None:
    """The token of the header `Authorization`, else of the query parameter `access_token`."""
    scheme, _, token = call.request.headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer" and token:
        return token.strip().decode("latin-1")
    return access_token(call.request.query)[0]


def _challenge(api: Deployed) -> list[tuple[bytes, bytes]]:
    if "OAUTH2" in api.plans:
        return CHALLENGE
    return [(b"www-authenticate", b"Bearer")] if "JWT" in api.plans else []


def _resource(api: Deployed, name: str | None) -> dict:
    for resource in api.definition.resources:
        if resource.get("name") == name:
            return resource.get("configuration") or {}
    return {}
