"""Flows and policies as a provider writes them, held against what each policy can use.

Gravitee holds a policy's configuration against its JSON schema when an API or plan is saved; the
checks here stand for the schemas of the policies that the gateway of the lab has.
"""

from collections.abc import Callable

from intark_lab.manager.errors import invalid_data

UNITS = {
    "rate": ("SECONDS", "MINUTES"),
    "quota": ("HOURS", "DAYS", "WEEKS", "MONTHS"),
    "spike": ("SECONDS", "MINUTES"),
}
METHODS = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "OTHER", "PATCH", "POST", "PUT", "TRACE"]
OPERATORS = ("STARTS_WITH", "EQUALS")


def check_flows(flows: object) -> list[dict]:
    """V2 flows that the gateway can use. Raises 400 `data.invalid`."""
    if not isinstance(flows, list) or not all(isinstance(flow, dict) for flow in flows):
        raise invalid_data("Flows must be a list of flows")
    for flow in flows:
        _check_flow(flow)
    return flows


def _check_flow(flow: dict) -> None:
    operator = flow.get("path-operator") or {}
    _need(isinstance(operator, dict), "Flow path-operator must be an object")
    path = operator.get("path") or "/"
    _need(isinstance(path, str) and path.startswith("/"), "Flow path must begin with a slash")
    _need((operator.get("operator") or OPERATORS[0]) in OPERATORS, "Flow operator is invalid")
    _check_methods(flow.get("methods") or [])
    for phase in ("pre", "post"):
        steps = flow.get(phase) or []
        _need(isinstance(steps, list), f"Flow {phase} must be a list of steps")
        for step in steps:
            _check_step(step)


def _check_step(step: object) -> None:
    _need(isinstance(step, dict) and isinstance(step.get("policy"), str), "Step without policy")
    configuration = step.get("configuration") or {}
    policy = step["policy"]
    _need(isinstance(configuration, dict), f"Invalid configuration of policy {policy}")
    if step.get("enabled", True) and policy in _CHECKS:
        _CHECKS[policy](policy, configuration)


def _check_limit(kind: str) -> Callable[[str, dict], None]:
    def check(policy: str, configuration: dict) -> None:
        limit = configuration.get(kind)
        _need(isinstance(limit, dict), f"Policy {policy}: [{kind}] is required")
        if "limit" in limit or "dynamicLimit" not in limit:
            _check_count(policy, limit.get("limit"), "limit", 0)
        _check_count(policy, limit.get("periodTime"), "periodTime", 1)
        for name in ("key", "dynamicLimit"):
            given = limit.get(name)
            _need(given is None or isinstance(given, str), f"Policy {policy}: [{name}] is invalid")
        unit = limit.get("periodTimeUnit")
        _need(unit in UNITS[kind], f"Policy {policy}: [periodTimeUnit] must be of {UNITS[kind]}")

    return check


def _check_count(policy: str, value: object, name: str, least: int) -> None:
    _need(type(value) is int and value >= least, f"Policy {policy}: [{name}] is invalid")


def _check_rules(policy: str, configuration: dict) -> None:
    for name in ("whitelist", "blacklist"):
        rules = configuration.get(name) or []
        _need(isinstance(rules, list), f"Policy {policy}: [{name}] must be a list")
        for rule in rules:
            pattern = rule.get("pattern") if isinstance(rule, dict) else None
            _need(isinstance(pattern, str), f"Policy {policy}: a rule needs a [pattern]")
            _check_methods(rule.get("methods") or [])


def _check_text(name: str) -> Callable[[str, dict], None]:
    def check(policy: str, configuration: dict) -> None:
        value = configuration.get(name)
        _need(isinstance(value, str) and value != "", f"Policy {policy}: [{name}] is required")

    return check


def _check_methods(methods: object) -> None:
    good = isinstance(methods, list) and all(method in METHODS for method in methods)
    _need(good, f"Methods must be of {METHODS}")


def _need(fulfilled: bool, message: str) -> None:
    if not fulfilled:
        raise invalid_data(message)


_CHECKS: dict[str, Callable[[str, dict], None]] = {
    "rate-limit": _check_limit("rate"),
    "quota": _check_limit("quota"),
    "spike-arrest": _check_limit("spike"),
    "resource-filtering": _check_rules,
    "cache": _check_text("cacheName"),
    "json-to-json": _check_text("specification"),
}
