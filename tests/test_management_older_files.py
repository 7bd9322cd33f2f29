"""Files of API definitions from before V2."""

import pytest
from management_steps import error, put, target

OLDER = {
    "name": "Rooms, as of old",
    "version": "1.0",
    "description": "Rooms.",
    "visibility": "private",
    "lifecycle_state": "unpublished",
    "proxy": {
        "context_path": "/halls",
        "endpoints": [{"name": "default", "target": "http://127.0.0.1:9", "inherit": True}],
        "http": {"connectTimeout": 1000},
    },
    "plans": [
        {
            "name": "Open",
            "description": "For everybody.",
            "security": "key_less",
            "validation": "auto",
            "status": "published",
        }
    ],
    "pages": [{"name": "Guide", "type": "markdown", "content": "# Hi"}],
}


def test_a_file_may_be_older_than_v2_and_its_words_in_any_case(management):
    answer = management.post("/apis/import", json=OLDER)
    assert answer.status_code == 200, answer.text
    entity = answer.json()
    assert (entity["context_path"], target(entity)) == ("/halls", "http://127.0.0.1:9")
    assert entity["proxy"] == {
        "virtual_hosts": [{"path": "/halls"}],
        "groups": [
            {
                "name": "default-group",
                "endpoints": OLDER["proxy"]["endpoints"],
                "http": {"connectTimeout": 1000},
            }
        ],
    }
    assert (entity["visibility"], entity["plans"][0]["security"]) == ("PRIVATE", "KEY_LESS")
    moved = {**OLDER["proxy"], "context_path": "/attics"}
    changed = put(management, f"/apis/{entity['id']}", proxy=moved, lifecycle_state="published")
    assert changed.status_code == 200, changed.text
    assert (changed.json()["context_path"], changed.json()["lifecycle_state"]) == (
        "/attics",
        "PUBLISHED",
    )


@pytest.mark.parametrize("proxy", [{"context_path": 1}, {"context_path": "/x", "endpoints": [1]}])
def test_an_older_proxy_is_checked_as_a_newer_one(management, proxy):
    answer = management.post("/apis/import", json=OLDER | {"proxy": proxy})
    assert error(answer) == (400, "data.invalid")


def rule(policy: str, settings: dict, **fields) -> dict:
    return {"methods": ["GET"], policy: settings, **fields}


ONE_A_MINUTE = {"rate": {"limit": 1, "periodTime": 1, "periodTimeUnit": "MINUTES"}}
RULES = {
    "/": [rule("rate-limit", ONE_A_MINUTE, description="Slowly"), rule("x", {}, enabled=False)],
    "/attic": {"rules": [rule("resource-filtering", {"blacklist": [{"pattern": "/**"}]})]},
}


def test_rules_of_a_v1_file_become_flows(management):
    plan = OLDER["plans"][0] | {"paths": RULES}
    answer = management.post("/apis/import", json=OLDER | {"paths": RULES, "plans": [plan]})
    assert answer.status_code == 200, answer.text
    for flows in (answer.json()["flows"], answer.json()["plans"][0]["flows"]):
        first, off, attic = flows
        assert (first["name"], first["methods"], off["enabled"]) == ("Slowly", ["GET"], False)
        assert first["pre"][0]["policy"] == "rate-limit"
        assert first["pre"][0]["configuration"] == ONE_A_MINUTE
        assert attic["path-operator"] == {"path": "/attic", "operator": "STARTS_WITH"}


def test_rules_of_a_v1_file_hold_at_the_gateway(management, client_as):
    proxy = {"context_path": "/attics", "endpoints": [{"name": "x", "target": "source:orgreg"}]}
    rules = {"/": [rule("rate-limit", ONE_A_MINUTE)]}
    api = management.post("/apis/import", json=OLDER | {"paths": rules, "proxy": proxy}).json()
    management.post(f"/apis/{api['id']}/deploy", json={})
    management.post(f"/apis/{api['id']}", params={"action": "START"})
    gateway = client_as("gateway", None)
    assert [gateway.get("/attics/units").status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("paths", [[1], {"/": 1}, {"/": [1]}, {"/": {}}, {"/": [rule("x", 1)]}])
def test_rules_of_a_v1_file_are_checked_as_flows_are(management, paths):
    assert error(management.post("/apis/import", json=OLDER | {"paths": paths})) == (
        400,
        "data.invalid",
    )
