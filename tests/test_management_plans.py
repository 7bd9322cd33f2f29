"""Plans from staging to closed, and why a step is refused."""

import json

import pytest
from management_steps import COURSES, LIMIT, error, make_api, make_plan, request_access

ENTITY_FIELDS = (
    "id name description validation security type status api order created_at updated_at paths "
    "flows characteristics excluded_groups comment_required tags"
)


@pytest.fixture
def api(management):
    return make_api(management)


def test_a_new_plan_is_a_manual_key_plan_in_staging(management, api):
    answer = management.post(f"{api}/plans", json={"name": "Rooms", "description": "All."})
    plan = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"{api}/plans/{plan['id']}")
    assert set(plan) == set(ENTITY_FIELDS.split())
    assert (plan["security"], plan["validation"]) == ("API_KEY", "MANUAL")
    assert (plan["status"], plan["type"]) == ("STAGING", "API")


def test_all_that_can_be_said_of_a_plan_comes_back(management, api):
    said = {
        "name": "Rooms",
        "description": "All.",
        "security": "JWT",
        "securityDefinition": json.dumps({"signature": "RSA_RS256"}),
        "validation": "AUTO",
        "characteristics": ["Read only"],
        "comment_required": True,
        "comment_message": "What for?",
        "selection_rule": "#context.attributes['jwt.claims']['scope'] == 'rooms'",
        "flows": [LIMIT],
    }
    plan = management.post(f"{api}/plans", json=said).json()
    (flow,) = plan["flows"]
    assert flow["pre"][0]["configuration"] == LIMIT["pre"][0]["configuration"]
    assert (flow["enabled"], flow["methods"], flow["post"]) == (True, [], [])
    assert {name: plan[name] for name in said if name != "flows"} == {
        name: said[name] for name in said if name != "flows"
    }


def test_a_keyless_plan_is_always_automatic(management, api):
    plan = management.get(make_plan(management, api, security="KEY_LESS", validation="MANUAL"))
    assert plan.json()["validation"] == "AUTO"


STEPS = {
    "published twice": (["publish"], "publish", "plan.published"),
    "published when deprecated": (["publish", "deprecate"], "publish", "plan.deprecated"),
    "published when closed": (["close"], "publish", "plan.closed"),
    "deprecated in staging": ([], "deprecate", "plan.notPublished"),
    "deprecated twice": (["publish", "deprecate"], "deprecate", "plan.deprecated"),
    "deprecated when closed": (["close"], "deprecate", "plan.closed"),
    "closed twice": (["publish", "close"], "close", "plan.closed"),
}


@pytest.mark.parametrize(("before", "step", "code"), STEPS.values(), ids=STEPS)
def test_a_step_that_is_refused(management, api, before, step, code):
    plan = make_plan(management, api, published=False)
    for done in before:
        assert management.post(f"{plan}/_{done}").status_code == 200
    assert error(management.post(f"{plan}/_{step}")) == (400, code)


def test_the_whole_way(management, api):
    plan = make_plan(management, api, published=False)
    statuses = [
        management.post(f"{plan}/_{step}").json()["status"]
        for step in ("publish", "deprecate", "close")
    ]
    assert statuses == ["PUBLISHED", "DEPRECATED", "CLOSED"]
    assert {"published_at", "closed_at"} <= set(management.get(plan).json())


def test_one_keyless_plan_is_enough(management, api):
    make_plan(management, api, security="KEY_LESS")
    second = make_plan(management, api, published=False, security="KEY_LESS")
    assert error(management.post(f"{second}/_publish")) == (400, "plan.keyless.exists")


def test_lists_show_published_plans_unless_asked(management, api):
    staged = make_plan(management, api, published=False, name="Staged")
    make_plan(management, api, name="Published")
    management.post(f"{make_plan(management, api, name='Closed')}/_close")

    def names(**query):
        return [plan["name"] for plan in management.get(f"{api}/plans", params=query).json()]

    assert names() == ["Published"]
    assert names(status="staging,closed") == ["Staged", "Closed"]
    assert names(status="STAGING", security="JWT") == []
    assert management.get(staged).json()["status"] == "STAGING"


def test_published_plans_are_ordered_and_reordered(management, api):
    first, second, third = (make_plan(management, api, name=name) for name in "abc")

    def order():
        return [plan["name"] for plan in management.get(f"{api}/plans").json()]

    assert order() == ["a", "b", "c"]
    body = {"name": "c", "description": "", "validation": "AUTO", "flows": [], "order": 1}
    assert management.put(third, json=body).json()["order"] == 1
    assert order() == ["c", "a", "b"]
    management.post(f"{first}/_close")
    assert [plan["order"] for plan in management.get(f"{api}/plans").json()] == [1, 2]
    assert management.get(second).json()["order"] == 2


def test_a_change_needs_flows_and_the_right_id(management, api):
    plan = make_plan(management, api)
    body = {"name": "x", "description": "", "validation": "AUTO", "order": 1}
    assert error(management.put(plan, json=body)) == (400, "plan.missing_flows")
    other = management.put(plan, json=body | {"id": "another", "flows": []})
    assert (other.status_code, other.text) == (
        400,
        "'plan' parameter does not correspond to the plan to update",
    )
    changed = management.put(plan, json=body | {"flows": [LIMIT]}).json()
    assert (changed["name"], changed["security"]) == ("x", "API_KEY")
    assert len(changed["flows"]) == 1


def test_the_plan_of_another_api_is_not_this_ones(management, management_as, api):
    theirs = management_as("admin").get(f"/apis/{COURSES}/plans").json()[0]["id"]
    answer = management.post(f"{api}/plans/{theirs}/_close")
    assert (answer.status_code, answer.text) == (
        400,
        "'plan' parameter does not correspond to the current API",
    )
    assert error(management.get(f"{api}/plans/nope")) == (404, "plan.notFound")


def test_a_plan_that_somebody_uses_is_closed_not_deleted(management, portal, api):
    plan = make_plan(management, api, validation="AUTO")
    made = request_access(portal, plan)
    assert error(management.delete(plan)) == (400, "plan.notDeletable")
    management.post(f"{plan}/_close")
    held = portal.get(f"/subscriptions/{made['id']}", params={"include": "keys"}).json()
    assert (held["status"], held["keys"][0]["revoked"]) == ("CLOSED", True)
    assert management.delete(plan).status_code == 204


CONFIGURATIONS = {
    "no limit": ("rate-limit", {}),
    "a unit of another policy": (
        "rate-limit",
        {"rate": {"limit": 1, "periodTime": 1, "periodTimeUnit": "DAYS"}},
    ),
    "no number": ("quota", {"quota": {"limit": "1", "periodTime": 1, "periodTimeUnit": "DAYS"}}),
    "an expression that is none": (
        "quota",
        {"quota": {"dynamicLimit": 3, "periodTime": 1, "periodTimeUnit": "DAYS"}},
    ),
    "a rule without a pattern": ("resource-filtering", {"whitelist": [{"methods": ["GET"]}]}),
    "an unknown method": (
        "resource-filtering",
        {"whitelist": [{"pattern": "/**", "methods": ["FETCH"]}]},
    ),
}


@pytest.mark.parametrize(("policy", "configuration"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_policy_that_could_not_work_is_refused(management, api, policy, configuration):
    flow = {"pre": [{"policy": policy, "configuration": configuration}]}
    body = {"name": "x", "description": "", "flows": [flow]}
    assert error(management.post(f"{api}/plans", json=body)) == (400, "data.invalid")


def test_a_limit_may_be_an_expression(management, api):
    quota = {"dynamicLimit": "{#properties['most']}", "periodTime": 1, "periodTimeUnit": "DAYS"}
    flow = {"pre": [{"policy": "quota", "configuration": {"quota": quota}}]}
    body = {"name": "x", "description": "", "flows": [flow]}
    assert management.post(f"{api}/plans", json=body).status_code == 201


def test_a_policy_that_the_lab_lacks_is_kept(management, api):
    flow = {"pre": [{"policy": "transform-headers", "configuration": {"scope": "REQUEST"}}]}
    body = {"name": "x", "description": "", "flows": [flow]}
    assert management.post(f"{api}/plans", json=body).status_code == 201
