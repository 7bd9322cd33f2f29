"""What the gateway knows: where calls go, and who may use which plan."""

from hashlib import blake2b
from typing import NamedTuple

from intark_lab.deployment import DeployedPlan
from intark_lab.gateway.routing import first_routing
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


class Snapshot:
    """The state of manager and keys at one generation of the store."""

    def __init__(self, store: Store, before: "Snapshot | None"):
        """What was deployed `before` and is unchanged stays as it is."""
        self.generation = store.generation
        texts = [text for (text,) in store.all(_STARTED)]
        self.routing = before.routing.changed(texts) if before else first_routing(tuple(texts))
        plans = {plan.id: plan for api in self.routing.apis for plan in api.definition.plans}
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


def _access(row, plan: DeployedPlan) -> Access:
    ends = [instant for instant in (row["expire_at"], row["end_at"]) if instant is not None]
    return Access(
        plan,
        row["application"],
        row["subscription"],
        row["start_at"] or 0,
        min(ends, default=float("inf")),
    )
