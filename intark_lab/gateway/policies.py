"""Flows made ready: which policies meet a call on its way in and its answer on the way out."""

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from intark_lab.deployment import Definition
from intark_lab.gateway.cache import ResponseCache
from intark_lab.gateway.call import Call
from intark_lab.gateway.exchange import Answer
from intark_lab.gateway.expressions import holds
from intark_lab.gateway.limits import limiting
from intark_lab.gateway.paths import pattern
from intark_lab.gateway.rules import PathRules
from intark_lab.gateway.transform import JsonToJson


class OnRequest(Protocol):
    def request(self, call: Call) -> Answer | None:
        """Let the call go on (None), answer it here, or raise Refused."""


class OnResponse(Protocol):
    def response(self, call: Call, answer: Answer) -> Answer:
        """The answer that goes back in place of the endpoint's. Its body is bytes."""


class Step(NamedTuple):
    """A policy, and the calls that meet it."""

    path: re.Pattern
    methods: frozenset[str]
    """Empty means all."""
    condition: str | None
    policy: OnRequest | OnResponse

    def is_on(self, method: str, path: str) -> bool:
        """Whether such calls can meet it."""
        return (not self.methods or method in self.methods) and bool(self.path.fullmatch(path))

    def meets(self, call: Call) -> bool:
        """Whether this call does, where such calls can."""
        return not self.condition or holds(self.condition, call)


class Steps(NamedTuple):
    before: list[Step]
    after: list[Step]

    def on(self, method: str, path: str) -> "Steps":
        """Those that calls with this method, to this path below the context path, can meet."""
        return Steps(*([step for step in half if step.is_on(method, path)] for half in self))

    def request(self, call: Call) -> Answer | None:
        """What a policy answers in the endpoint's place, None where the call goes on to it."""
        for step in self.before:
            if step.meets(call) and (answer := step.policy.request(call)) is not None:
                return answer
        return None

    def response(self, call: Call, answer: Answer) -> Answer:
        """What becomes of the endpoint's answer. Its body is bytes."""
        for step in self.after:
            if step.meets(call):
                answer = step.policy.response(call, answer)
        return answer

    def __add__(self, other: "Steps") -> "Steps":
        return Steps(self.before + other.before, self.after + other.after)


def compile_flows(flows: list[dict], api: Definition) -> Steps:
    """The steps of Gravitee V2 flows, in their order. Policies that the lab lacks are left out.

    Raises KeyError or ValueError for a configuration that its policy cannot use.
    """
    steps = Steps([], [])
    for flow in flows:
        if not flow.get("enabled", True):
            continue
        operator = flow.get("path-operator") or {}
        path = operator.get("path") or "/"
        exact = operator.get("operator") == "EQUALS"
        methods = frozenset(flow.get("methods") or ())
        for setting in (*(flow.get("pre") or ()), *(flow.get("post") or ())):
            make = POLICIES.get(setting["policy"])
            if make is None or not setting.get("enabled", True):
                continue
            policy = make(setting.get("configuration") or {}, path, api)
            step = Step(pattern(path, exact), methods, flow.get("condition"), policy)
            if hasattr(policy, "request"):
                steps.before.append(step)
            if hasattr(policy, "response"):
                steps.after.append(step)
    return steps


def _limit(kind: str) -> Callable:
    return lambda configuration, path, _: limiting(kind, configuration, path)


POLICIES: dict[str, Callable] = {
    "resource-filtering": lambda configuration, *_: PathRules(configuration),
    "rate-limit": _limit("rate-limit"),
    "quota": _limit("quota"),
    "spike-arrest": _limit("spike-arrest"),
    "cache": lambda configuration, path, api: ResponseCache(configuration, api),
    "json-to-json": lambda configuration, *_: JsonToJson(configuration),
}
"""Gravitee's policy id → how its configuration becomes a policy on a path of an API."""
