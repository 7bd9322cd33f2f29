"""Whatever is sent to the management API, it never answers with a server error."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from management_steps import COURSE, LIMIT, NEW, make_api, make_plan, request_access
from portal_usage import MINUTE, START

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
MANY = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DOCUMENT = {
    "openapi": "3.0.0",
    "info": {"title": "x", "version": "1"},
    "paths": {"/a": {"get": {}}},
}
PROXY = {
    "virtual_hosts": [{"path": "/fuzz"}],
    "groups": [
        {
            "name": "group",
            "endpoints": [
                {"name": "one", "target": "http://a.example", "headers": [], "http": {}},
            ],
        }
    ],
}
UPDATE = {
    "name": "x",
    "version": "1",
    "description": "",
    "visibility": "PUBLIC",
    "lifecycle_state": "PUBLISHED",
    "proxy": PROXY,
    "flows": [LIMIT],
    "resources": [{"name": "cache", "type": "cache", "configuration": {}}],
    "properties": [{"key": "a", "value": "b"}],
    "path_mappings": ["/a"],
    "response_templates": {"DEFAULT": {}},
    "labels": ["a"],
    "plans": [],
}
PLAN = {
    "name": "x",
    "description": "",
    "security": "JWT",
    "securityDefinition": "{}",
    "validation": "AUTO",
    "characteristics": ["a"],
    "flows": [LIMIT],
    "order": 1,
    "comment_required": True,
    "selection_rule": "true",
    "excluded_groups": [],
}
PAGE = {"name": "x", "type": "MARKDOWN", "content": "a", "order": 1, "homepage": True}


FILE = UPDATE | {
    "proxy": PROXY | {"virtual_hosts": [{"path": "/imported"}]},
    "plans": [PLAN],
    "pages": [PAGE],
    "id": "x",
}


@pytest.fixture
def gateway(client_as):
    return client_as("gateway", None)


@pytest.fixture
def ids(management, portal):
    """A running API with a plan and a waiting request, for the paths of DOORS."""
    api = make_api(management)
    management.post(api, params={"action": "START"})
    plan = make_plan(management, api)
    subscription = request_access(portal, plan)["id"]
    return {"api": api, "plan": plan, "subscription": f"{api}/subscriptions/{subscription}"}


DOORS = {
    "create": ("POST", "/apis", NEW | {"contextPath": "/made", "flows": [LIMIT]}),
    "verify": ("POST", "/apis/verify", {"context_path": "/a", "apiId": "x"}),
    "update": ("PUT", "{api}", UPDATE),
    "import": ("POST", "/apis/import", FILE),
    "update from a file": ("PUT", "{api}/import", UPDATE | {"plans": [PLAN]}),
    "import OpenAPI": (
        "POST",
        "/apis/import/swagger",
        {"payload": json.dumps(DOCUMENT), "with_policy_paths": True, "with_documentation": True},
    ),
    "create a plan": ("POST", "{api}/plans", PLAN),
    "update a plan": (
        "PUT",
        "{plan}",
        {name: PLAN[name] for name in PLAN if name != "security"},
    ),
    "process": (
        "POST",
        "{subscription}/_process",
        {"accepted": True, "reason": "x", "ending_at": 1, "customApiKey": "a" * 9},
    ),
    "dates": ("PUT", "{subscription}", {"starting_at": 1, "ending_at": "2030-01-01"}),
    "transfer": ("POST", "{subscription}/_transfer", {"plan": "x"}),
    "create a page": ("POST", "{api}/pages", PAGE),
    "a member": ("POST", "{api}/members", {"id": "x", "role": "USER"}),
    "an owner": ("POST", "{api}/members/transfer_ownership", {"id": "x", "role": "USER"}),
    "a token": ("POST", "/user/tokens", {"name": "for a program"}),
    "roles": ("PUT", "/users/x/roles", {"roles": ["USER"]}),
}


def places(value, path=()):
    """Every place in a body, the whole of it as well."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if isinstance(value, dict | list) else ():
        yield from places(inner, (*path, key)) if isinstance(inner, dict | list) else [(*path, key)]


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize(("method", "path", "body"), DOORS.values(), ids=DOORS)
@MANY
@given(data=st.data())
def test_a_body_with_anything_anywhere(management, gateway, ids, method, path, body, data):
    place = data.draw(st.sampled_from(list(places(body))))
    sent = replaced(body, place, data.draw(VALUES))
    answer = management.request(method, path.format(**ids), json=sent)
    assert answer.status_code < 500, (sent, answer.text)
    _works(management, ids["api"])
    assert gateway.get("/orgreg/v3/units", params={"limit": 1}).status_code == 200
    if path.startswith("/apis") and answer.is_success and path != "/apis/verify":
        made = f"/apis/{answer.json()['id']}"
        _works(management, made)
        assert management.delete(made, params={"closePlans": "true"}).status_code == 204


def _works(management, api):
    """What was taken can be shown, exported and deployed."""
    for read in (api, f"{api}/export", f"{api}/state", f"{api}/plans", f"{api}/pages"):
        assert management.get(read).status_code in (200, 403)
    assert management.post(f"{api}/deploy").status_code in (200, 400, 403)


@MANY
@given(payload=st.text() | VALUES.map(json.dumps))
def test_any_document(management, payload):
    answer = management.post("/apis/import/swagger", json={"payload": payload})
    assert answer.status_code in (201, 400)


@MANY
@given(data=st.data())
def test_a_document_with_anything_anywhere(management, data):
    document = DOCUMENT | {
        "servers": [{"url": "https://{h}.example/a", "variables": {"h": {"default": "a"}}}],
        "x-graviteeio-definition": {"labels": ["a"], "virtualHosts": [{"path": "/a"}]},
    }
    place = data.draw(st.sampled_from(list(places(document))))
    sent = replaced(document, place, data.draw(VALUES))
    answer = management.post("/apis/import/swagger", json={"payload": json.dumps(sent)})
    assert answer.status_code in (201, 400), (sent, answer.text)


@MANY
@given(content=st.binary(max_size=40))
def test_any_bytes(management, content):
    headers = {"Content-Type": "application/json"}
    assert management.post("/apis", content=content, headers=headers).status_code == 400


QUERIES = ("from", "to", "interval", "type", "field", "query", "aggs", "ranges", "order", "page")
WORDS = st.sampled_from(["group_by", "date_histo", "stats", "status", "avg:status", "-1", "1:2"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@MANY
@given(query=st.dictionaries(st.sampled_from(QUERIES), WORDS | TEXTS))
def test_any_question_about_use(management, ids, query):
    span = {"from": START, "to": START + MINUTE, "interval": MINUTE, "type": "count"}
    for path in ("analytics", "logs"):
        answer = management.get(f"{ids['api']}/{path}", params=span | query)
        assert answer.status_code < 500, answer.text


@MANY
@given(words=st.dictionaries(st.sampled_from(["page", "size", "status", "plan", "expand"]), TEXTS))
def test_any_question_about_lists(management, ids, words):
    for path in (f"{ids['api']}/subscriptions", "/apis/_paged", f"{ids['api']}/plans"):
        assert management.get(path, params=words).status_code < 500
    query = {"application": COURSE, "plan": words.get("plan", "")}
    assert management.post(f"{ids['api']}/subscriptions", params=query).status_code < 500


@MANY
@given(path=TEXTS)
def test_any_context_path_is_kept_clean_or_refused(management, path):
    answer = management.post("/apis/verify", json={"context_path": path})
    assert answer.status_code in (200, 400)


def test_what_the_fuzz_sends_is_good_as_it_is(management, ids):
    for name, (method, path, body) in DOORS.items():
        if name not in ("transfer", "a member", "an owner", "roles"):  # their ids are nobody's
            answer = management.request(method, path.format(**ids), json=body)
            assert answer.is_success, (name, answer.text)
