"""APIs in the management API: made, changed, started, published, deleted."""

import pytest
from management_steps import NEW, PLAN, PUBLISHER, error, make_api, make_plan, put

ENTITY_FIELDS = (
    "id name version description groups context_path gravitee execution_mode definition_context "
    "created_at updated_at visibility state owner categories labels lifecycle_state "
    "disable_membership_notifications entrypoints proxy flow_mode flows resources properties "
    "services tags path_mappings response_templates plans"
)


def test_a_new_api_is_stopped_created_and_private(management, institution):
    answer = management.post("/apis", json=NEW)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == str(management.base_url) + f"apis/{made['id']}"
    assert set(made) == set(ENTITY_FIELDS.split())
    state = (made["state"], made["lifecycle_state"], made["visibility"])
    assert state == ("STOPPED", "CREATED", "PRIVATE")
    assert made["context_path"] == "/rooms/v1"
    assert made["proxy"]["virtual_hosts"] == [{"path": "/rooms/v1"}]
    assert made["owner"] == {
        "id": PUBLISHER,
        "email": "publisher@intark.example",
        "displayName": "Course publisher",
        "type": "USER",
    }
    assert abs(made["created_at"] - institution.clock.ms()) < 60_000


def test_an_endpoint_per_line_makes_several(management):
    api = make_api(management, endpoint="http://one.example\nhttp://two.example")
    (group,) = management.get(api).json()["proxy"]["groups"]
    names = [(endpoint["name"], endpoint["target"]) for endpoint in group["endpoints"]]
    assert names == [("server1", "http://one.example"), ("server2", "http://two.example")]


BODIES = {
    "nothing": (None, {"path": "createApi.arg0", "message": "must not be null"}),
    "no context path": (
        {name: NEW[name] for name in NEW if name != "contextPath"},
        {"path": "createApi.arg0.contextPath", "message": "must not be null"},
    ),
    "empty name": (
        NEW | {"name": ""},
        {"path": "createApi.arg0.name", "message": "Api's name must not be empty"},
    ),
    "unknown field": (
        NEW | {"context_path": "/x"},
        {
            "message": "Property [context_path] is not recognized as a valid property",
            "http_status": 400,
        },
    ),
    "a group that is none": (
        NEW | {"groups": ["team"]},
        {"message": "These groups [team] do not exist", "technicalCode": "data.invalid"},
    ),
    "no URL": (
        NEW | {"endpoint": "rombooking"},
        {"technicalCode": "data.invalid", "http_status": 400},
    ),
    "bad policy": (
        NEW | {"flows": [{"pre": [{"policy": "rate-limit", "configuration": {"rate": {}}}]}]},
        {"message": "Policy rate-limit: [limit] is invalid", "technicalCode": "data.invalid"},
    ),
}


@pytest.mark.parametrize(("body", "said"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_used(management, body, said):
    answer = management.post("/apis", json=body) if body else management.post("/apis")
    assert answer.status_code == 400
    assert answer.json() | said == answer.json()


def test_bean_validation_names_every_violation(management):
    details = management.post("/apis", json={"name": "x", "version": "1"}).json()["details"]
    assert [found["location"] for found in details] == ["description", "contextPath", "endpoint"]


def test_malformed_json_and_another_content_type(management):
    assert error(management.post("/apis", content=b"{", headers=JSON)) == (400, None)
    assert error(management.post("/apis", content=b"name=x")) == (415, None)


JSON = {"Content-Type": "application/json"}


def test_start_and_stop_answer_204_and_only_once(management):
    api = make_api(management)
    start, stop = {"action": "START"}, {"action": "STOP"}
    refused = management.post(api, params=stop)
    assert (refused.status_code, refused.json()["message"]) == (400, "API is already stopped")
    assert management.post(api, params=start).status_code == 204
    assert management.get(api).json()["state"] == "STARTED"
    refused = management.post(api, params=start)
    assert (refused.status_code, refused.json()["message"]) == (400, "API is already started")
    assert management.post(api, params=stop).status_code == 204
    assert management.post(api, params={"action": "DANCE"}).status_code == 400


def test_if_match_takes_the_tag_of_the_last_answer_only(management, institution):
    api = make_api(management)
    old = management.get(api).headers["etag"]
    institution.clock.advance(1)
    put(management, api, description="Other words.")
    new = management.get(api).headers["etag"]
    assert old != new
    for tag, status in ((old, 412), (new, 204)):
        sent = management.post(api, params={"action": "START"}, headers={"If-Match": tag})
        assert sent.status_code == status
    assert management.put(api, json={}, headers={"If-Match": old}).status_code == 400


def test_a_put_publishes_and_makes_public(management, portal_as):
    api = make_api(management)
    assert portal_as(None).get(api).status_code == 404
    changed = put(management, api, lifecycle_state="PUBLISHED", visibility="PUBLIC").json()
    assert (changed["lifecycle_state"], changed["visibility"]) == ("PUBLISHED", "PUBLIC")
    assert portal_as(None).get(api).json()["name"] == NEW["name"]


LIFECYCLES = {
    "CREATED": {"PUBLISHED": 200, "UNPUBLISHED": 200, "DEPRECATED": 200, "ARCHIVED": 200},
    "PUBLISHED": {"UNPUBLISHED": 200, "DEPRECATED": 200},
    "UNPUBLISHED": {"PUBLISHED": 200, "CREATED": 400},
    "DEPRECATED": {"PUBLISHED": 400, "DEPRECATED": 400},
    "ARCHIVED": {"PUBLISHED": 400, "ARCHIVED": 200},
}


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [(b, a, status) for b, afters in LIFECYCLES.items() for a, status in afters.items()],
)
def test_lifecycle(management, before, after, status):
    api = make_api(management)
    put(management, api, lifecycle_state=before)
    answer = put(management, api, lifecycle_state=after)
    assert answer.status_code == status
    if status == 400:
        assert error(answer) == (400, "api.lifecycleState.invalid")


def test_deprecating_an_api_deprecates_its_plans(management):
    api = make_api(management)
    plans = [make_plan(management, api), make_plan(management, api, published=False)]
    put(management, api, lifecycle_state="DEPRECATED")
    assert {management.get(plan).json()["status"] for plan in plans} == {"DEPRECATED"}
    assert error(management.post(f"{api}/plans", json={"name": "x", "description": ""})) == (
        400,
        "api.deprecated",
    )


def test_a_put_needs_what_gravitee_needs_and_takes_no_more(management):
    api = make_api(management)
    entity = management.get(api).json()
    assert management.put(api, json=entity).json()["message"] == (
        "Property [id] is not recognized as a valid property"
    )
    missing = management.put(api, json={"name": "x"}).json()["details"]
    assert [found["location"] for found in missing] == [
        "version",
        "description",
        "proxy",
        "visibility",
    ]


def test_an_api_needs_an_endpoint_to_be_changed(management):
    api = make_api(management)
    proxy = management.get(api).json()["proxy"]
    empty = proxy | {"groups": []}
    assert error(put(management, api, proxy=empty)) == (400, "endpoint.missing")
    hostless = {"groups": proxy["groups"]}
    assert error(put(management, api, proxy=hostless)) == (400, "data.invalid")


def test_what_a_put_leaves_out_stays(management):
    api = make_api(management)
    put(management, api, labels=["rom"], categories=["rooms"], path_mappings=["/rom/:id"])
    put(management, api, description="Other words.")
    entity = management.get(api).json()
    assert (entity["labels"], entity["categories"]) == (["rom"], ["rooms"])
    assert entity["path_mappings"] == ["/rom/:id"]


def test_a_running_api_and_one_with_published_plans_stay(management):
    api = make_api(management)
    plan = make_plan(management, api)
    management.post(api, params={"action": "START"})
    assert error(management.delete(api)) == (400, "api.running")
    management.post(api, params={"action": "STOP"})
    refused = management.delete(api)
    assert error(refused) == (400, "api.notDeletable")
    assert refused.json()["parameters"] == {"plans": "Rooms"}
    management.post(f"{plan}/_close")
    assert management.delete(api).status_code == 204
    assert error(management.get(api)) == (404, "api.notFound")
    assert management.post("/apis", json=NEW).status_code == 201  # the path is free again


def test_plans_can_be_closed_with_their_api(management):
    api = make_api(management)
    make_plan(management, api)
    assert management.delete(api, params={"closePlans": "true"}).status_code == 204


def test_lists_name_what_the_user_manages(management, management_as):
    make_api(management)
    (item,) = management.get("/apis").json()
    assert (item["name"], item["state"], item["role"]) == (NEW["name"], "STOPPED", "PRIMARY_OWNER")
    assert len(management_as("admin").get("/apis").json()) == 7
    assert management_as("developer").get("/apis").json() == []
    assert len(management_as("developer").get("/apis", params={"portal": "true"}).json()) == 6


def test_lists_are_narrowed_and_paged(management_as):
    admin = management_as("admin")
    named = admin.get("/apis", params={"context-path": "/orgreg/v3"}).json()
    assert [item["context_path"] for item in named] == ["/orgreg/v3"]
    page = admin.get("/apis/_paged", params={"size": 4, "page": 2}).json()
    assert page["page"] == {
        "current": 2,
        "per_page": 4,
        "size": 2,
        "total_pages": 2,
        "total_elements": 6,
    }
    assert len(page["data"]) == 2
    found = admin.post("/apis/_search", params={"q": "timeplan"}).json()
    assert [item["context_path"] for item in found] == ["/tp/timeplan/v1"]
    refused = admin.get("/apis/_paged", params={"size": 201})
    assert refused.json()["message"] == "Page size should not be more than 200"


def test_what_is_not_there(management):
    assert error(management.get("/apis/nope")) == (404, "api.notFound")
    assert management.get("/apis/nope").json()["message"] == "Api [nope] cannot be found."
    assert error(management.get("/nothing")) == (404, None)
    assert error(management.patch("/apis")) == (405, None)


def test_a_slash_behind_a_path_changes_nothing(management):
    api = make_api(management)
    assert management.get(f"{api}/").json() == management.get(api).json()
    made = management.post(f"{api}/plans/", json=PLAN)
    assert made.headers["location"].endswith(f"{api}/plans/{made.json()['id']}")
