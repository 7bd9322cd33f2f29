"""What the manager hands to the gateway when an API is deployed: the API and its live plans."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class DeployedPlan:
    id: str
    security: str
    """KEY_LESS or API_KEY."""
    flows: list[dict] = field(default_factory=list)
    """Policies by path, as `{"path", "policy", "configuration"}`."""


@dataclass(frozen=True)
class Definition:
    """One deployed API, kept as JSON in the store's table `deployment`."""

    api: str
    slug: str
    context_path: str
    endpoint: str
    """`source:NAME` for a source system of the lab."""
    plans: list[DeployedPlan]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Definition":
        fields = json.loads(text)
        fields["plans"] = [DeployedPlan(**plan) for plan in fields["plans"]]
        return cls(**fields)
