"""What the contract's operations need to succeed: things that are there, and links between them."""

from typing import NamedTuple

import httpx
from portal_steps import COURSE, COURSE_SUBSCRIPTION, OTHER_AUTO, make, subscribe

from intark_lab.birth import identity
from intark_lab.institution import Institution

PORTAL = "/portal/environments/DEFAULT"
LONG_AGO, FAR_OFF = 0, 4_102_444_800_000
"""Epoch ms."""


class Link(NamedTuple):
    """What an answer is followed by. Values are OpenAPI's runtime expressions."""

    source: str
    status: str
    target: str
    parameters: dict[str, str]
    body: dict[str, object] | None = None


def _links(source: str, status: str, parameters: dict[str, str], *targets: str) -> list[Link]:
    return [Link(source, status, target, parameters) for target in targets]


FIRST = "$response.body#/data/0/id"
ASK = {"application": "$response.body#/id", "plan": OTHER_AUTO}
RENAME = {"id": "$response.body#/id", "name": "Renamed", "settings": {"app": {}}}
AN_APPLICATION = "/applications/{applicationId}"
A_SUBSCRIPTION = "/subscriptions/{subscriptionId}"
AN_API = "/apis/{apiId}"
APPLICATION = {"applicationId": "$response.body#/id"}

LINKS = [
    Link("POST /applications", "201", f"PUT {AN_APPLICATION}", APPLICATION, RENAME),
    Link("POST /applications", "201", "POST /subscriptions", {}, ASK),
    *_links(
        "POST /applications",
        "201",
        APPLICATION,
        f"GET {AN_APPLICATION}",
        f"DELETE {AN_APPLICATION}",
        f"GET {AN_APPLICATION}/analytics",
        f"GET {AN_APPLICATION}/logs",
        f"POST {AN_APPLICATION}/logs/_export",
        f"GET {AN_APPLICATION}/subscribers",
    ),
    *_links(
        "POST /subscriptions",
        "200",
        {"subscriptionId": "$response.body#/id"},
        f"GET {A_SUBSCRIPTION}",
        f"PUT {A_SUBSCRIPTION}",
        f"POST {A_SUBSCRIPTION}/_close",
        f"POST {A_SUBSCRIPTION}/_changeConsumerStatus",
        f"POST {A_SUBSCRIPTION}/keys/_renew",
    ),
    *_links(
        "POST /subscriptions",
        "200",
        {"subscriptionId": "$response.body#/id", "apiKey": "$response.body#/keys/0/key"},
        f"POST {A_SUBSCRIPTION}/keys/{{apiKey}}/_revoke",
    ),
    *_links(
        f"POST {A_SUBSCRIPTION}/keys/_renew",
        "201",
        {"subscriptionId": "$request.path.subscriptionId", "apiKey": "$response.body#/key"},
        f"POST {A_SUBSCRIPTION}/keys/{{apiKey}}/_revoke",
    ),
    *_links(
        f"POST {AN_APPLICATION}/keys/_renew",
        "201",
        {"applicationId": "$request.path.applicationId", "apiKey": "$response.body#/key"},
        f"POST {AN_APPLICATION}/keys/{{apiKey}}/_revoke",
    ),
    *_links(
        f"GET {AN_APPLICATION}/logs",
        "200",
        {"applicationId": "$request.path.applicationId", "logId": FIRST},
        f"GET {AN_APPLICATION}/logs/{{logId}}",
    ),
    *_links(
        "GET /apis",
        "200",
        {"apiId": FIRST},
        f"GET {AN_API}",
        f"GET {AN_API}/metrics",
        f"GET {AN_API}/pages",
        f"GET {AN_API}/plans",
        f"GET {AN_API}/subscribers",
    ),
    *_links(
        f"GET {AN_API}/pages",
        "200",
        {"apiId": "$request.path.apiId", "pageId": FIRST},
        f"GET {AN_API}/pages/{{pageId}}",
        f"GET {AN_API}/pages/{{pageId}}/content",
    ),
    *_links("GET /categories", "200", {"categoryId": FIRST}, "GET /categories/{categoryId}"),
    Link("GET /user", "200", "PUT /user", {}, {"id": "$response.body#/id", "first_name": "Ada"}),
]

CHAINS = {
    "catalogue": "^/(apis|categories)",
    "applications": "^/applications(/[^/]+(/(analytics|logs|logs/_export|subscribers))?)?$",
    "a log": "/logs(/[^_]+)?$",
    "a shared key": "^/applications/.*/keys/",
    "access": "^/(applications$|subscriptions)",
    "oneself": "^/user",
}
"""Paths whose links are followed in one go."""


def linked(document: dict) -> dict:
    """The document with LINKS in the answers that they begin at."""
    for link in LINKS:
        links = _operation(document, link.source)["responses"][link.status].setdefault("links", {})
        target = {"operationId": _operation(document, link.target)["operationId"]}
        target |= {"parameters": link.parameters} if link.parameters else {}
        target |= {"requestBody": link.body} if link.body else {}
        links[link.target] = target
    return document


def _operation(document: dict, label: str) -> dict:
    method, path = label.split()
    return document["paths"][path][method.lower()]


class Known(NamedTuple):
    """Valid values for parameters, queries and bodies; those of an operation before the others."""

    parameters: dict[str, object]
    queries: dict[str, dict[str, object]]
    bodies: dict[str, object]
    paths: dict[str, dict[str, object]]

    def path(self, label: str) -> dict[str, object]:
        return self.parameters | self.paths.get(label, {})

    def query(self, label: str, parameters) -> dict[str, object]:
        """What the operation must be asked with, of its query parameters."""
        must = {each.name for each in parameters if each.is_required}
        return {name: self.parameters[name] for name in must} | self.queries.get(label, {})


def seed(institution: Institution, base: str, username: str) -> Known:
    """Make what the operations are about, as this user: a call in the log, an application whose
    key is shared, one to delete.
    """
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    auth = institution.credentials(username)
    without_tls = {"trust_env": False, "verify": False}
    with httpx.Client(base_url=base + PORTAL, auth=auth, **without_tls) as portal:
        call = portal.get(f"{base}/gateway/fs/emner/v1/emner", headers=key, auth=None)
        shared = make(portal, name="Shared", api_key_mode="SHARED")
        value = subscribe(portal, shared, OTHER_AUTO)["keys"][0]["key"]
        user = portal.get("/user").json()["id"]
        spare = make(portal, name="Spare")
    return _known(institution, call.headers["X-Gravitee-Request-Id"], shared, value, user, spare)


def _known(institution, log: str, shared: str, value: str, user: str, spare: str) -> Known:
    whole = {"from": LONG_AGO, "to": FAR_OFF}
    return Known(
        parameters={
            "apiId": identity(1, "api", "fs-emner"),
            "pageId": identity(1, "page", "fs-emner/Guide"),
            "applicationId": COURSE,
            "subscriptionId": COURSE_SUBSCRIPTION,
            "apiKey": institution.course_key(),
            "categoryId": "studies",
            "logId": log,
            "page": 1,
            "size": 10,
            "order": "DESC",
            "status": "STOPPED",
            "q": "studies",
            **whole,
        },
        queries={
            "GET /applications/{applicationId}/analytics": {
                "type": "DATE_HISTO",
                "interval": 1_000_000_000,
                "aggs": "field:status;avg:response-time",
                **whole,
            },
            "GET /applications/{applicationId}/logs": {"order": "DESC", **whole},
            "POST /applications/{applicationId}/logs/_export": {"order": "DESC", **whole},
        },
        bodies={
            "POST /applications": {"name": "Made", "settings": {"app": {}}},
            "PUT /applications/{applicationId}": {
                "id": COURSE,
                "name": "Renamed",
                "settings": {"app": {}},
            },
            "POST /applications/{applicationId}/logs/_search": whole,
            "POST /subscriptions": {"application": spare, "plan": OTHER_AUTO},
            "PUT /subscriptions/{subscriptionId}": {"configuration": {}},
            "PUT /user": {"id": user, "first_name": "Ada", "last_name": "Berg"},
        },
        paths={
            f"POST {AN_APPLICATION}/keys/_renew": {"applicationId": shared},
            f"POST {AN_APPLICATION}/keys/{{apiKey}}/_revoke": {
                "applicationId": shared,
                "apiKey": value,
            },
        },
    )
