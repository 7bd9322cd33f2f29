"""API definitions as a provider writes them, held against what can be deployed."""

from intark_lab import deploying
from intark_lab.manager import policies
from intark_lab.manager.errors import invalid_data

_TIMES = ("connectTimeout", "readTimeout")
_SCHEMES = ("source:", "http://", "https://")
_BESIDE_POLICY = ("methods", "description", "enabled")
_OF_GROUP = ("endpoints", "load_balancing", "http", "headers", "services")


def proxy_of(written: object) -> object:
    """A proxy as V2 has it. An older one says `context_path` instead of virtual hosts, and has
    endpoints instead of groups of them.
    """
    if not isinstance(written, dict):
        return written
    proxy = dict(written)
    path = proxy.pop("context_path", None)
    if path is not None and not isinstance(proxy.get("virtual_hosts"), list):
        proxy["virtual_hosts"] = [{"path": path}]
    if isinstance(proxy.get("endpoints"), list):
        group = {name: proxy.pop(name) for name in _OF_GROUP if name in proxy}
        proxy["groups"] = [{"name": "default-group", **group}]
    return proxy


def flows_of(written: dict) -> dict:
    """An API or plan with V2's flows for V1's `paths`, which are lists of rules: a flow a rule.

    Raises 400 `data.invalid`.
    """
    paths = written.get("paths")
    if not paths or written.get("flows"):
        return written
    _need(isinstance(paths, dict), "[paths] must be an object")
    flows = []
    for path, rules in paths.items():
        rules = rules.get("rules") if isinstance(rules, dict) else rules
        _check_objects("paths", rules)
        flows += [_flow(path, rule) for rule in rules]
    return written | {"flows": flows}


def _flow(path: str, rule: dict) -> dict:
    """A rule is a policy's settings below its name, and when they hold."""
    steps = [
        {"name": name, "policy": name, "configuration": settings}
        for name, settings in rule.items()
        if name not in _BESIDE_POLICY
    ]
    return {
        "name": rule.get("description") or "",
        "path-operator": {"path": path, "operator": "STARTS_WITH"},
        "methods": rule.get("methods") or [],
        "enabled": rule.get("enabled", True),
        "pre": steps,
    }


def check(definition: dict) -> None:
    """Raises 400 `data.invalid` for a V2 definition that the gateway could not use."""
    policies.check_flows(definition.get("flows") or [])
    _check_proxy(definition["proxy"])
    for name in ("properties", "resources"):
        _check_objects(name, definition.get(name) or [])
    for item in definition.get("properties") or []:
        good = isinstance(item.get("key"), str) and isinstance(item.get("value"), str)
        _need(good, "A property needs a [key] and a [value]")
    mappings = definition.get("path_mappings") or []
    good = isinstance(mappings, list) and all(isinstance(path, str) for path in mappings)
    _need(good, "[path_mappings] must be a list of paths")
    templates = definition.get("response_templates") or {}
    _need(isinstance(templates, dict), "[response_templates] must be an object")


def _check_proxy(proxy: dict) -> None:
    groups = proxy.get("groups") or []
    _check_objects("groups", groups)
    for group in groups:
        _check_holder(group)
        _check_objects("endpoints", group.get("endpoints") or [])
    names: set[str] = set()
    for endpoint, _ in deploying.endpoints(proxy):
        _check_holder(endpoint)
        target, name = endpoint.get("target"), endpoint.get("name")
        reachable = isinstance(target, str) and target.startswith(_SCHEMES)
        _need(reachable, f"Endpoint target [{target}] is not a valid URL")
        _need(isinstance(name, str) and ":" not in name, f"Endpoint name [{name}] is invalid")
        _need(name not in names, f"Endpoint name [{name}] already exists")
        names.add(name)


def _check_holder(holder: dict) -> None:
    """What a group and an endpoint have in common: time-outs and headers."""
    http = holder.get("http") or {}
    _need(isinstance(http, dict), "[http] must be an object")
    for name in _TIMES:
        value = http.get(name, 1)
        _need(type(value) is int and value >= 0, f"[{name}] must be a time in milliseconds")
    headers = holder.get("headers") or []
    if isinstance(headers, list):
        _check_objects("headers", headers)
        headers = {header.get("name"): header.get("value") for header in headers}
    good = isinstance(headers, dict) and all(_is_header(*header) for header in headers.items())
    _need(good, "[headers] need a name and a value each")


def _is_header(name: object, value: object) -> bool:
    texts = isinstance(name, str) and isinstance(value, str) and name != ""
    return texts and (name + value).isascii() and (name + value).isprintable()


def _check_objects(name: str, value: object) -> None:
    good = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    _need(good, f"[{name}] must be a list of objects")


def _need(fulfilled: bool, message: str) -> None:
    if not fulfilled:
        raise invalid_data(message)
