"""Deploying: from the manager's rows of an API to the one text that the gateway reads."""

import json
from sqlite3 import Row

from intark_lab.deployment import Backend, Definition, DeployedPlan
from intark_lab.store import Store

LIVE_PLANS = ("PUBLISHED", "DEPRECATED")
"""The states of a plan that the gateway takes calls for."""


def proxy_to(*targets: str) -> dict:
    """The `proxy` of a V2 API definition for new endpoints: `source:NAME` or http(s) URLs."""
    names = ["default"] if len(targets) == 1 else [f"server{n + 1}" for n in range(len(targets))]
    return {
        "strip_context_path": False,
        "preserve_host": False,
        "groups": [
            {
                "name": "default-group",
                "endpoints": [
                    _endpoint(name, target) for name, target in zip(names, targets, strict=True)
                ],
                "load_balancing": {"type": "ROUND_ROBIN"},
                "http": HTTP,
            }
        ],
    }


HTTP = {
    "connectTimeout": 5_000,
    "idleTimeout": 60_000,
    "keepAlive": True,
    "readTimeout": 10_000,
    "pipelining": False,
    "maxConcurrentConnections": 100,
    "useCompression": True,
    "followRedirects": False,
}
"""Gravitee's settings of a backend connection where a provider changes nothing; times in ms."""


def endpoints(proxy: dict) -> list[tuple[dict, dict]]:
    """The endpoints of a V2 `proxy` with their groups, in order, backups last."""
    pairs = [
        (endpoint, group)
        for group in proxy.get("groups") or ()
        for endpoint in group.get("endpoints") or ()
    ]
    return sorted(pairs, key=lambda pair: bool(pair[0].get("backup")))


def backend_of(proxy: dict) -> Backend:
    """The first endpoint of a V2 `proxy`. Raises IndexError where it has none."""
    endpoint, group = endpoints(proxy)[0]
    http = HTTP | (group.get("http") or {})
    headers = _headers(group)
    if not endpoint.get("inherit", False):
        http |= endpoint.get("http") or {}
        headers |= _headers(endpoint)
    return Backend(
        target=endpoint["target"],
        connect_timeout_ms=http["connectTimeout"],
        read_timeout_ms=http["readTimeout"],
        headers=headers,
    )


def definition_of(store: Store, api: str) -> Definition:
    """What the gateway would read if the API were deployed now."""
    row = store.one("SELECT * FROM api WHERE id = ?", api)
    written = json.loads(row["definition"])
    plans = store.all(
        f"SELECT * FROM plan WHERE api = ? AND status IN {LIVE_PLANS} ORDER BY position, id", api
    )
    return Definition(
        api=api,
        slug=row["slug"],
        context_path=row["context_path"],
        backend=backend_of(written["proxy"]),
        plans=[_plan(plan) for plan in plans],
        flows=written.get("flows", []),
        resources=written.get("resources", []),
        properties={item["key"]: item["value"] for item in written.get("properties", [])},
        path_mappings=written.get("path_mappings", []),
        response_templates=written.get("response_templates", {}),
    )


def deploy(store: Store, api: str, at: int) -> None:
    """Hand the API as it is now to the gateway. Inside a transaction; `at` is lab time in ms."""
    store.write(
        "INSERT OR REPLACE INTO deployment(api, definition, deployed_at) VALUES (?, ?, ?)",
        *(api, definition_of(store, api).to_json(), at),
    )


def deployed_at(store: Store, api: str) -> int | None:
    """When the API was last deployed, None for one that never was."""
    row = store.one("SELECT deployed_at FROM deployment WHERE api = ?", api)
    return row and row["deployed_at"]


def is_synchronized(store: Store, api: str) -> bool:
    """Whether the gateway has the API as it is now."""
    row = store.one("SELECT definition FROM deployment WHERE api = ?", api)
    return row is not None and Definition.from_json(row["definition"]) == definition_of(store, api)


def _endpoint(name: str, target: str) -> dict:
    return {"name": name, "target": target, "type": "http", "weight": 1, "backup": False}


def _headers(holder: dict) -> dict[str, str]:
    """Headers of an endpoint or group: a list of name and value, in older definitions a map."""
    headers = holder.get("headers") or {}
    if isinstance(headers, dict):
        return dict(headers)
    return {header["name"]: header["value"] for header in headers}


def _plan(row: Row) -> DeployedPlan:
    return DeployedPlan(
        id=row["id"],
        security=row["security"],
        flows=json.loads(row["flows"]),
        security_definition=json.loads(row["security_definition"]),
        selection_rule=row["selection_rule"],
        order=row["position"],
    )
