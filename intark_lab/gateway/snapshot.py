"""What the gateway knows: deployed APIs by context path, and who may use which plan."""

from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from intark_lab.deployment import Definition, DeployedPlan
from intark_lab.gateway.limits import Counters
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


class Deployed(NamedTuple):
    """An API as it was deployed, with its policies made ready. Steps by plan id."""

    definition: Definition
    plans: dict[str, list[DeployedPlan]]
    """By security type, in the plans' order."""
    steps: dict[str, Steps]


class Snapshot:
    """The state of manager and keys at one generation of the store."""

    def __init__(self, store: Store, counters: Counters, before: "Snapshot | None"):
        """What was deployed `before` and is unchanged stays as it is, caches included."""
        self.generation = store.generation
        self._counters = counters
        self._texts = {_read(text).context_path: text for (text,) in store.all(_STARTED)}
        kept = before._deployed if before else {}
        self._deployed = {text: kept[text] for text in self._texts.values() if text in kept}
        plans = {plan.id: plan for text in self._texts.values() for plan in _read(text).plans}
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

    def api(self, path: str) -> Deployed | None:
        """The API whose context path is the longest that `path` lies at or below."""
        end = len(path)
        while end > 0:
            if (text := self._texts.get(path[:end])) is not None:
                return self._ready(text)
            end = path.rfind("/", 0, end)
        return None

    def by_key(self, key: str, api: str, now: int) -> Access | None:
        """What an API key may use of `api` at `now` (lab ms), None when nothing."""
        return _live(self._keys.get((digest(key), api)), now)

    def by_client(self, client_id: str, plan: str, now: int) -> Access | None:
        """The right of the application with `client_id` to a JWT or OAuth2 plan."""
        return _live(self._clients.get((client_id, plan)), now)

    def _ready(self, text: str) -> Deployed | None:
        """A definition with its policies; None for one whose settings a policy cannot use.

        Such an API is not deployed, as in Gravitee, and takes no other with it.
        """
        if text not in self._deployed:
            try:
                self._deployed[text] = _made_ready(_read(text), self._counters)
            except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError):
                self._deployed[text] = None
        return self._deployed[text]


@lru_cache(maxsize=512)
def _read(text: str) -> Definition:
    """Labs of one seed deploy the same."""
    return Definition.from_json(text)


def digest(secret: str) -> bytes:
    """Keys are looked up by digest, so that the time of a look-up tells nothing of a key."""
    return blake2b(secret.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _made_ready(definition: Definition, counters: Counters) -> Deployed:
    plans: dict[str, list[DeployedPlan]] = {}
    for plan in sorted(definition.plans, key=lambda plan: plan.order):
        plans.setdefault(plan.security, []).append(plan)
    shared = compile_flows(definition.flows, definition, counters)
    steps = {
        plan.id: compile_flows(plan.flows, definition, counters) + shared
        for plan in definition.plans
    }
    return Deployed(definition, plans, steps)


def _live(access: Access | None, now: int) -> Access | None:
    return access if access and access.since <= now < access.until else None


def _access(row, plan: DeployedPlan) -> Access:
    ends = [instant for instant in (row["expire_at"], row["end_at"]) if instant is not None]
    return Access(
        plan,
        row["application"],
        row["subscription"],
        row["start_at"] or 0,
        min(ends, default=float("inf")),
    )
