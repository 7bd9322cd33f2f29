"""What the manager hands to the gateway when an API is deployed: the API and its live plans.

Flows, security definitions and resources are kept as Gravitee's V2 API definition spells them
(https://documentation.gravitee.io/apim, the exported API JSON).
"""

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Backend:
    """Where an API's calls end, and how the gateway gets there. Times in ms."""

    target: str
    """`source:NAME` for a source system of the lab, or an http(s) URL."""
    connect_timeout_ms: int = 5_000
    read_timeout_ms: int = 10_000
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with each call, over what the client sent. The backend's password goes here too."""

    @cached_property
    def source(self) -> str | None:
        """The source system of the lab that it is; None for a URL."""
        scheme, _, name = self.target.partition(":")
        return name if scheme == "source" else None


@dataclass(frozen=True)
class DeployedPlan:
    id: str
    security: str
    """KEY_LESS, API_KEY, JWT or OAUTH2."""
    flows: list[dict] = field(default_factory=list)
    security_definition: dict = field(default_factory=dict)
    selection_rule: str | None = None
    order: int = 0


@dataclass(frozen=True)
class Definition:
    """One deployed API, kept as JSON in the store's table `deployment`."""

    api: str
    slug: str | None
    context_path: str
    backend: Backend
    plans: list[DeployedPlan]
    flows: list[dict] = field(default_factory=list)
    resources: list[dict] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    path_mappings: list[str] = field(default_factory=list)
    response_templates: dict[str, dict] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Definition":
        fields = json.loads(text)
        fields["plans"] = [DeployedPlan(**plan) for plan in fields["plans"]]
        fields["backend"] = Backend(**fields["backend"])
        return cls(**fields)
