"""Where calls go: from a method and a path to a deployed API, and to what its policies do there.

All of it is made from what was deployed. Labs of one seed begin with the same, and share it.
"""

from functools import lru_cache
from typing import NamedTuple

from intark_lab.deployment import Definition, DeployedPlan
from intark_lab.gateway.paths import mapped
from intark_lab.gateway.policies import Steps, compile_flows

ROUTES_KEPT = 256
"""Of those taken last: people and programs ask again and again."""


class Deployed(NamedTuple):
    """An API as it was deployed, with its policies made ready."""

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


class Routing:
    """The APIs that take calls, by context path."""

    def __init__(self, apis: list[Deployed]):
        self.apis = apis
        self._by_path = {api.definition.context_path: api for api in apis}
        self.route = lru_cache(ROUTES_KEPT)(self._route)
        """Where a method and a path lead, None where no API takes the call."""

    def changed(self, texts: list[str]) -> "Routing":
        """The routing once these are deployed. APIs that were before stay as they are."""
        kept = {api.text: api for api in self.apis}
        if list(kept) == texts:
            return self
        return Routing([kept.get(text) or _made_ready(text) for text in texts])

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
            if (found := self._by_path.get(path[:end])) is not None:
                return found if found.steps is not None else None
            end = path.rfind("/", 0, end)
        return None


@lru_cache(maxsize=64)
def first_routing(texts: tuple[str, ...]) -> Routing:
    """The routing of a lab in which these are deployed, and nothing was before."""
    return Routing([_made_ready(text) for text in texts])


@lru_cache(maxsize=512)
def _made_ready(text: str) -> Deployed:
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
