"""What the gateway knows: deployed APIs by context path, and who may use which plan."""

from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from intark_lab.deployment import Definition, DeployedPlan
from intark_lab.gateway.paths import mapped
from intark_lab.gateway.policies import Steps, compile_flows
from intark_lab.store import Store

_STARTED = """
SELECT d.definition FROM deployment d JOIN api a ON a.id = d.api WHERE a.state = 'STARTED'
"""
_KEYS = """
SELECT k.key, k.expire_at, s.id AS subscription, s.api, s.plan, s.application, s.start_at, s.end_at
FROM api_key k JOIN subscription s ON s.id = k.subscription
WHERE s.status = 'ACCEPTED' AND s.consumer_paused_at IS NULL AND NOT k.revoked AND NOT k.paused
"""
_CLIENTS = """
SELECT a.client_id, NULL AS expire_at, s.id AS subscription, s.api, s.plan, s.application,
       s.start_at, s.end_at
FROM subscription s JOIN application a ON a.id = s.application
WHERE s.status = 'ACCEPTED' AND s.consumer_paused_at IS NULL AND a.client_id IS NOT NULL
"""


class Access(NamedTuple):
    """A subscription's right to use a plan, between two instants in lab ms."""

    plan: DeployedPlan
    application: str
    subscription: str
    since: float
    until: float

    def holds_at(self, now: int) -> bool:
        return self.since <= now < self.until


class Deployed(NamedTuple):
    """An API as it was deployed, with its policies made ready. Labs of one seed share it."""

    text: str
    """What was deployed."""

    definition: Definition
    plans: dict[str, list[DeployedPlan]]
    """By security type, in the plans' order."""
    takes_tokens: bool
    at_once: bool
    """Whether its calls wait for nothing: a source of the lab answers them, and no token is asked
    about. With templates of its own an API has headers that must be looked at first."""
    steps: dict[str, Steps] | None
    """By plan id; None where a policy cannot use its settings. Such an API takes no calls, as in
    Gravitee, and keeps no other from them."""


class Route(NamedTuple):
    """What a method and a path lead to."""

    api: Deployed
    path: str
    """What follows the API's context path."""
    mapped_path: str | None
    """The path mapping that it fits."""
    steps: dict[str, Steps]
    """By plan id: what such calls can meet."""


ROUTES_KEPT = 256
"""Of those taken last, since the last change: people and programs ask again and again."""


class Snapshot:
    """The state of manager and keys at one generation of the store."""

    def __init__(self, store: Store, before: "Snapshot | None"):
        """What was deployed `before` and is unchanged stays as it is."""
        self.generation = store.generation
        kept = {each.text: each for each in before._deployed.values()} if before else {}
        found = [kept.get(text) or _made_ready(text) for (text,) in store.all(_STARTED)]
        self._deployed = {each.definition.context_path: each for each in found}
        plans = {plan.id: plan for each in found for plan in each.definition.plans}
        self._keys = {
            (digest(row["key"]), row["api"]): _access(row, plans[row["plan"]])
            for row in store.all(_KEYS)
            if row["plan"] in plans
        }
        self._clients = {
            (row["client_id"], row["plan"]): _access(row, plans[row["plan"]])
            for row in store.all(_CLIENTS)
            if row["plan"] in plans
        }
        self.route = lru_cache(ROUTES_KEPT)(self._route)
        """Where a method and a path lead, None where no API takes the call."""

    def _route(self, method: str, path: str) -> Route | None:
        api = self._api(path)
        if api is None:
            return None
        below = path[len(api.definition.context_path) :]
        met = {plan: steps.on(method, below or "/") for plan, steps in api.steps.items()}
        return Route(api, below, mapped(below, api.definition.path_mappings), met)

    def _api(self, path: str) -> Deployed | None:
        """The API whose context path is the longest that `path` lies at or below."""
        end = len(path)
        while end > 0:
            if (found := self._deployed.get(path[:end])) is not None:
                return found if found.steps is not None else None
            end = path.rfind("/", 0, end)
        return None

    def by_key(self, key: str, api: str, now: int) -> Access | None:
        """What an API key may use of `api` at `now` (lab ms), None when nothing."""
        access = self._keys.get((digest(key), api))
        return access if access and access.holds_at(now) else None

    def by_client(self, client_id: str, plan: str, now: int) -> Access | None:
        """The right of the application with `client_id` to a JWT or OAuth2 plan."""
        access = self._clients.get((client_id, plan))
        return access if access and access.holds_at(now) else None


def digest(secret: str) -> bytes:
    """Keys are looked up by digest, so that the time of a look-up tells nothing of a key."""
    return blake2b(secret.encode("utf-8", "surrogateescape"), digest_size=16).digest()


@lru_cache(maxsize=512)
def _made_ready(text: str) -> Deployed:
    """What labs of one seed deploy is the same text."""
    definition = Definition.from_json(text)
    plans: dict[str, list[DeployedPlan]] = {}
    for plan in sorted(definition.plans, key=lambda plan: plan.order):
        plans.setdefault(plan.security, []).append(plan)
    tokens = bool(plans.keys() & {"JWT", "OAUTH2"})
    own = definition.backend.source is not None and not definition.response_templates
    return Deployed(text, definition, plans, tokens, own and not tokens, _steps(definition))


def _steps(definition: Definition) -> dict[str, Steps] | None:
    try:
        shared = compile_flows(definition.flows, definition)
        return {
            plan.id: compile_flows(plan.flows, definition) + shared for plan in definition.plans
        }
    except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError):
        return None


def _access(row, plan: DeployedPlan) -> Access:
    ends = [instant for instant in (row["expire_at"], row["end_at"]) if instant is not None]
    return Access(
        plan,
        row["application"],
        row["subscription"],
        row["start_at"] or 0,
        min(ends, default=float("inf")),
    )
