"""From an OpenAPI document (2 or 3, in JSON or YAML) to what Gravitee makes of it as an API."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

from intark_lab import deploying
from intark_lab.manager.errors import ManagerError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

DEEPEST = 100
"""Levels of lists and objects in a YAML document."""
_PARAMETER = re.compile(r"\{(.[^/}]*)\}")


class Described(NamedTuple):
    """An API as its document describes it."""

    name: str
    version: str
    description: str
    context_path: str
    proxy: dict
    paths: dict[str, list[str]]
    """Paths, with `:name` for a parameter, and their methods in capitals."""
    labels: list[str]
    categories: list[str]
    visibility: str | None

    @property
    def flows(self) -> list[dict]:
        """A flow for each operation, where policies can be put."""
        return [
            {
                "path-operator": {"path": path, "operator": "EQUALS"},
                "methods": [method],
                "pre": [],
                "post": [],
                "enabled": True,
            }
            for path, methods in self.paths.items()
            for method in methods
        ]


def read(payload: str) -> Described:
    """Raises 400 `swagger.invalid`.

    The context path is that of the first server, else the name in small letters without spaces;
    `x-graviteeio-definition` may say it instead, with labels, categories and visibility.
    """
    try:
        document = _loaded(payload)
        if not isinstance(document, dict) or not {"openapi", "swagger"} & set(document):
            raise ValueError("no version")
        return _described(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise malformed() from error


def malformed() -> ManagerError:
    return ManagerError(400, "swagger.invalid", "Malformed descriptor")


def _loaded(payload: str) -> object:
    """What a JSON or YAML text says. Raises ValueError."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return _from_yaml(payload)


def _from_yaml(payload: str) -> object:
    """Raises ValueError, also for what is nested so deep that libyaml would crash."""
    import yaml  # loads slowly, and most documents are JSON

    loader, depth = getattr(yaml, "CSafeLoader", yaml.SafeLoader), 0
    try:
        for event in yaml.parse(payload, loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise ValueError("nested too deep")
        return yaml.load(payload, loader)
    except yaml.YAMLError as error:
        raise ValueError("neither JSON nor YAML") from error


def _described(document: dict) -> Described:
    info, own = document["info"], document.get("x-graviteeio-definition") or {}
    name, version = str(info["title"]), str(info["version"])
    servers = _servers(document)
    return Described(
        name=name,
        version=version,
        description=str(info.get("description") or f"Description of {name}"),
        context_path=_context_path(own, servers, name),
        proxy=deploying.proxy_to(*servers),
        paths={
            _PARAMETER.sub(r":\1", str(path)): [m.upper() for m in METHODS if m in operations]
            for path, operations in (document.get("paths") or {}).items()
        },
        labels=[str(label) for label in own.get("labels") or ()],
        categories=[str(category) for category in own.get("categories") or ()],
        visibility=own.get("visibility")
        if own.get("visibility") in ("PUBLIC", "PRIVATE")
        else None,
    )


def _servers(document: dict) -> list[str]:
    """Addresses of the backend; OpenAPI 2 has them in parts."""
    if "swagger" in document:
        host = document.get("host")
        scheme = (document.get("schemes") or ["https"])[0]
        return [f"{scheme}://{host}{document.get('basePath', '')}"] if host else []
    return [_filled(server) for server in document.get("servers") or ()]


def _filled(server: dict) -> str:
    """A server's address with its variables at their defaults."""
    defaults = {name: str(v["default"]) for name, v in (server.get("variables") or {}).items()}
    return re.sub(r"\{(\w+)\}", lambda match: defaults[match[1]], server["url"])


def _context_path(own: dict, servers: list[str], name: str) -> str:
    hosts = own.get("virtualHosts") or own.get("virtual_hosts") or []
    if hosts:
        return str(hosts[0]["path"])
    path = urlsplit(servers[0]).path if servers else ""
    return path if path.strip("/") else re.sub(r"\s+", "", name).lower()
