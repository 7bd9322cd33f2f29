"""Documentation pages as their provider writes them."""

import pytest
from management_steps import COURSES, error, make_api, put

PAGE = {"name": "Guide", "type": "MARKDOWN", "content": "# Rooms"}


@pytest.fixture
def api(management):
    return make_api(management)


def test_a_new_page_is_not_published(management, api):
    answer = management.post(f"{api}/pages", json=PAGE)
    page = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"{api}/pages/{page['id']}")
    assert (page["published"], page["homepage"], page["order"]) == (False, False, 0)
    assert isinstance(page["lastModificationDate"], int)
    content = management.get(f"{api}/pages/{page['id']}/content")
    assert (content.text, content.headers["content-type"][:10]) == ("# Rooms", "text/plain")


def test_a_changed_content_is_a_new_revision(management, api):
    path = f"{api}/pages/{management.post(f'{api}/pages', json=PAGE).json()['id']}"
    renamed = management.put(path, json={"name": "The guide"}).json()
    assert (renamed["name"], renamed["content"]) == ("The guide", "# Rooms")
    assert renamed["contentRevisionId"]["revision"] == 1
    rewritten = management.put(path, json={"name": "The guide", "content": "# Halls"}).json()
    assert rewritten["contentRevisionId"]["revision"] == 2


def test_a_page_changes_in_parts(management, api):
    path = f"{api}/pages/{management.post(f'{api}/pages', json=PAGE).json()['id']}"
    published = management.patch(path, json={"published": True}).json()
    assert (published["name"], published["published"]) == ("Guide", True)
    json = {"Content-Type": "application/json"}
    answer = management.put(f"{path}/content", content="# Åser", headers=json)
    assert (answer.status_code, answer.text) == (200, "# Åser")
    changed = management.get(path).json()
    assert (changed["published"], changed["content"]) == (True, "# Åser")
    assert changed["contentRevisionId"]["revision"] == 2
    text = {"Content-Type": "text/plain"}
    assert management.put(f"{path}/content", content="x", headers=text).status_code == 415


def test_one_homepage_at_most(management, api):
    first, second = (
        management.post(f"{api}/pages", json=PAGE | {"homepage": True}).json() for _ in "ab"
    )
    home = management.get(f"{api}/pages", params={"homepage": "true"}).json()
    assert [page["id"] for page in home] == [second["id"]]
    assert management.get(f"{api}/pages/{first['id']}").json()["homepage"] is False


def test_a_page_goes(management, api):
    path = f"{api}/pages/{management.post(f'{api}/pages', json=PAGE).json()['id']}"
    assert management.delete(path).status_code == 204
    assert error(management.get(path)) == (404, "page.notFound")


def test_others_read_published_pages_of_public_apis(management, management_as, api):
    page = management.post(f"{api}/pages", json=PAGE).json()
    learner, path = management_as("developer"), f"{api}/pages/{page['id']}"
    assert error(learner.get(f"{api}/pages")) == (403, "forbidden")
    put(management, api, visibility="PUBLIC", lifecycle_state="PUBLISHED")
    assert learner.get(f"{api}/pages").json() == []
    assert error(learner.get(path)) == (403, "forbidden")
    management.put(path, json={"name": "Guide", "published": True})
    assert learner.get(path).json()["content"] == "# Rooms"


def test_pages_of_the_catalogue(management_as):
    pages = management_as("admin").get(f"/apis/{COURSES}/pages").json()
    assert [page["type"] for page in pages] == ["MARKDOWN", "SWAGGER"]
    swagger = management_as("admin").get(f"/apis/{COURSES}/pages", params={"type": "SWAGGER"})
    assert len(swagger.json()) == 1


def test_general_conditions_must_be_published(management, api):
    page = management.post(f"{api}/pages", json=PAGE).json()
    body = {"name": "x", "description": "", "general_conditions": page["id"]}
    plan = f"{api}/plans/{management.post(f'{api}/plans', json=body).json()['id']}"
    assert error(management.post(f"{plan}/_publish")) == (400, "plan.general_conditions_status")
    management.put(f"{api}/pages/{page['id']}", json={"name": "Guide", "published": True})
    assert management.post(f"{plan}/_publish").status_code == 200
