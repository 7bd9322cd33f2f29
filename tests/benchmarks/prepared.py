"""A lab's state with the benchmarks' own API: a key, path rules, and a limit nobody reaches."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from processes import Server, free_port, get, running

SERVE = ("-m", "intark_lab", "serve")
PATH = "/benchmark/v1"
PAGE = f"{PATH}/emner?limit=25"
"""25 courses: 8 kB."""
_KEYLESS = get("/labs/lab/gateway/orgreg/v3/units")
_FLOW = {
    "path-operator": {"path": "/", "operator": "STARTS_WITH"},
    "pre": [
        {
            "policy": "resource-filtering",
            "configuration": {
                "whitelist": [
                    {"pattern": "/emner", "methods": ["GET"]},
                    {"pattern": "/emner/**", "methods": ["GET"]},
                    {"pattern": "/undervisningsaktiviteter", "methods": ["GET"]},
                ],
                "blacklist": [],
            },
        },
        {
            "policy": "rate-limit",
            "configuration": {
                "addHeaders": True,
                "rate": {"limit": 1_000_000, "periodTime": 1, "periodTimeUnit": "SECONDS"},
            },
        },
    ],
}


class Prepared(NamedTuple):
    state: Path
    keys: list[str]
    """Of as many applications, each with a subscription."""

    def request(self, path: str = PAGE, application: int = 0) -> str:
        return get(f"/labs/lab/gateway{path}", self.keys[application])


def prepare(folder: Path, applications: int = 1) -> Prepared:
    """Make the state in `folder`, through the lab's own portal and management API."""
    folder.mkdir()
    state = folder / "lab.sqlite"
    with serving(state):
        card = card_of(state)
        plan = _publish(card)
        keys = [_access(card, plan) for _ in range(applications)]
    return Prepared(state, keys)


@contextmanager
def serving(
    state: Path, request: str = _KEYLESS, program: tuple[str, ...] = SERVE
) -> Iterator[Server]:
    """The lab of a state file as a process, or another `program` that takes the same options."""
    port = free_port()
    command = [sys.executable, *program, "--state", state, "--port", port]
    with running(command, port, request) as server:
        yield server


def card_of(state: Path) -> dict:
    return json.loads(state.with_name("lab.json").read_text("utf-8"))


def body(server: Server) -> bytes:
    """What a server answers to its request."""
    line, *headers = server.request.splitlines()
    url = f"http://127.0.0.1:{server.port}{line.split()[1]}"
    sent = dict(header.split(": ") for header in headers if header)
    return httpx.get(url, headers=sent, trust_env=False).raise_for_status().content


def _publish(card: dict) -> str:
    """A deployed API in front of the courses; its plan's id."""
    with httpx.Client(
        base_url=card["management"],
        auth=(card["admin_username"], card["admin_password"]),
        trust_env=False,
    ) as management:

        def post(path: str, body: dict | None = None, params: dict | None = None) -> dict:
            answer = management.post(path, json=body, params=params).raise_for_status()
            return answer.json() if answer.content else {}

        api = {
            "name": "Benchmark",
            "version": "1",
            "description": "Courses, as the benchmarks ask for them.",
            "contextPath": PATH,
            "endpoint": "source:fs-emner",
        }
        path = f"/apis/{post('/apis', api)['id']}"
        plan = {
            "name": "Benchmark",
            "description": "Rules, and a limit that nobody reaches.",
            "security": "API_KEY",
            "validation": "AUTO",
            "flows": [_FLOW],
        }
        plan_id = post(f"{path}/plans", plan)["id"]
        post(f"{path}/plans/{plan_id}/_publish")
        entity = management.get(path).raise_for_status().json()
        kept = ("name", "version", "description", "proxy", "flows")
        published = {"visibility": "PUBLIC", "lifecycle_state": "PUBLISHED"}
        changed = {name: entity[name] for name in kept} | published
        management.put(path, json=changed).raise_for_status()
        post(f"{path}/deploy", {})
        post(path, params={"action": "START"})
    return plan_id


def _access(card: dict, plan: str) -> str:
    """The key of a new application of the learner's."""
    with httpx.Client(
        base_url=card["portal"], auth=(card["username"], card["password"]), trust_env=False
    ) as portal:
        application = {"name": "Benchmark", "settings": {"app": {}}}
        made = portal.post("/applications", json=application).raise_for_status().json()
        wish = {"application": made["id"], "plan": plan}
        given = portal.post("/subscriptions", json=wish).raise_for_status().json()
        return given["keys"][0]["key"]
