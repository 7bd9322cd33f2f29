"""What the gateway knows: deployed APIs by context path, and keys to subscriptions."""

from hashlib import blake2b
from typing import NamedTuple

from intark_lab.deployment import Definition, DeployedPlan
from intark_lab.store import Store

_ACCESSES = """
SELECT k.key, k.expire_at, s.id AS subscription, s.api, s.plan, s.application, s.start_at, s.end_at
FROM api_key k JOIN subscription s ON s.id = k.subscription
WHERE s.status = 'ACCEPTED' AND NOT k.revoked AND NOT k.paused
"""


class Access(NamedTuple):
    """A key's right to use a plan, between two instants in lab ms."""

    plan: DeployedPlan
    application: str
    subscription: str
    since: float
    until: float


class Snapshot:
    """The state of manager and keys at one generation of the store."""

    def __init__(self, store: Store):
        self.generation = store.generation
        rows = store.all("SELECT definition FROM deployment")
        definitions = [Definition.from_json(row["definition"]) for row in rows]
        self._apis = {definition.context_path: definition for definition in definitions}
        self._keyless = {
            definition.api: plan
            for definition in definitions
            for plan in definition.plans
            if plan.security == "KEY_LESS"
        }
        plans = {plan.id: plan for definition in definitions for plan in definition.plans}
        self._keys: dict[tuple[bytes, str], Access] = {
            (_digest(row["key"]), row["api"]): _access(row, plans[row["plan"]])
            for row in store.all(_ACCESSES)
            if row["plan"] in plans
        }

    def api(self, path: str) -> Definition | None:
        """The API whose context path is the longest that `path` lies at or below."""
        end = len(path)
        while end > 0:
            if (found := self._apis.get(path[:end])) is not None:
                return found
            end = path.rfind("/", 0, end)
        return None

    def keyless(self, api: str) -> DeployedPlan | None:
        return self._keyless.get(api)

    def access(self, key: str, api: str, now: int) -> Access | None:
        """What `key` may use of `api` at `now` (lab ms), None when nothing."""
        access = self._keys.get((_digest(key), api))
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


def _digest(key: str) -> bytes:
    """Keys are looked up by digest, so that the time of a look-up tells nothing of a key."""
    return blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).digest()
