"""APIs from OpenAPI documents and export files."""

import json

import httpx
import pytest
from backends import backend, say
from management_steps import LIMIT, error, make_api, make_plan, put, target

THREE = {
    "openapi": "3.1.0",
    "info": {"title": "Room Service", "version": "2.3"},
    "servers": [
        {"url": "https://{host}/rooms/v2", "variables": {"host": {"default": "a.example"}}}
    ],
    "paths": {
        "/rom": {"get": {}, "post": {}},
        "/rom/{id}": {"get": {}, "parameters": []},
    },
}
TWO = {
    "swagger": "2.0",
    "info": {"title": "Room Service", "version": "1", "description": "Old."},
    "host": "b.example",
    "basePath": "/api/v1",
    "schemes": ["http"],
    "paths": {},
}


def imported(management, document, **fields):
    body = {"payload": json.dumps(document)} | fields
    return management.post("/apis/import/swagger", json=body)


DOCUMENTS = {
    "OpenAPI 3": (THREE, "/rooms/v2", "https://a.example/rooms/v2", "Description of Room Service"),
    "OpenAPI 2": (TWO, "/api/v1", "http://b.example/api/v1", "Old."),
    "a server without a path": (
        THREE | {"servers": [{"url": "https://a.example/"}]},
        "/roomservice",
        "https://a.example/",
        "Description of Room Service",
    ),
    "a path of its own": (
        THREE | {"x-graviteeio-definition": {"virtualHosts": [{"path": "/halls"}]}},
        "/halls",
        "https://a.example/rooms/v2",
        "Description of Room Service",
    ),
}


@pytest.mark.parametrize(("document", "path", "url", "words"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_what_a_document_makes(management, document, path, url, words):
    answer = imported(management, document)
    entity = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(entity["id"])
    assert (entity["name"], entity["context_path"]) == ("Room Service", path)
    assert (target(entity), entity["description"]) == (url, words)
    assert (entity["state"], entity["visibility"], entity["flows"]) == ("STOPPED", "PRIVATE", [])
    assert entity["path_mappings"] == ["/"]


def test_paths_become_flows_and_mappings_when_asked(management):
    entity = imported(management, THREE, with_policy_paths=True, with_path_mapping=True).json()
    flows = [(flow["path-operator"], flow["methods"]) for flow in entity["flows"]]
    assert flows == [
        ({"path": "/rom", "operator": "EQUALS"}, ["GET"]),
        ({"path": "/rom", "operator": "EQUALS"}, ["POST"]),
        ({"path": "/rom/:id", "operator": "EQUALS"}, ["GET"]),
    ]
    assert entity["path_mappings"] == ["/rom", "/rom/:id"]


def test_the_document_becomes_a_page_when_asked(management, portal_as):
    api = f"/apis/{imported(management, THREE, with_documentation=True).json()['id']}"
    (page,) = management.get(f"{api}/pages").json()
    assert (page["name"], page["type"], page["published"]) == ("Swagger", "SWAGGER", False)
    assert json.loads(page["content"]) == THREE
    put(management, api, lifecycle_state="PUBLISHED", visibility="PUBLIC")
    assert portal_as(None).get(f"{api}/pages").json()["data"] == []
    management.put(f"{api}/pages/{page['id']}", json={"name": "OpenAPI", "published": True})
    assert [page["name"] for page in portal_as(None).get(f"{api}/pages").json()["data"]] == [
        "OpenAPI"
    ]


REFUSED = {
    "no JSON and no YAML": ({"payload": "{ openapi: [3.1.0"}, 400, "swagger.invalid"),
    "YAML without a title": ({"payload": "openapi: 3.1.0"}, 400, "swagger.invalid"),
    "YAML that would make objects": (
        {"payload": "!!python/object/apply:os.getcwd []"},
        400,
        "swagger.invalid",
    ),
    "YAML nested too deep": ({"payload": "[" * 100_000}, 400, "swagger.invalid"),
    "no document": ({"payload": "[]"}, 400, "swagger.invalid"),
    "no title": ({"payload": '{"openapi": "3.0.0", "info": {}}'}, 400, "swagger.invalid"),
    "a URL beyond this machine": (
        {"payload": "http://a.example", "type": "URL"},
        400,
        "url.invalid",
    ),
    "no URL": ({"payload": "http://[", "type": "URL"}, 400, "swagger.invalid"),
    "WSDL": ({"payload": "<xml/>", "format": "WSDL"}, 400, "swagger.invalid"),
}


@pytest.mark.parametrize(("body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_a_document_that_cannot_be_used(management, body, status, code):
    assert error(management.post("/apis/import/swagger", json=body)) == (status, code)


YAML = """
openapi: 3.0.3
info: {title: Room Service, version: 2.10}
servers:
  - url: https://a.example/rooms/v2
paths:
  /rom/{id}:
    get: {}
"""


def test_a_document_may_be_yaml(management):
    body = {"payload": YAML, "with_path_mapping": True, "with_documentation": True}
    answer = management.post("/apis/import/swagger", json=body)
    entity = answer.json()
    assert (answer.status_code, entity["name"]) == (201, "Room Service")
    assert (entity["context_path"], entity["path_mappings"]) == ("/rooms/v2", ["/rom/:id"])
    (page,) = management.get(f"/apis/{entity['id']}/pages").json()
    assert page["content"] == YAML


@pytest.fixture
def by_url(listening):
    """Imports what is at a URL, over a socket, as the administrator."""
    institution, base = listening
    path = f"{base}/management/organizations/DEFAULT/environments/DEFAULT/apis/import/swagger"

    def post(url: str) -> httpx.Response:
        body = {"payload": url, "type": "URL"}
        auth = institution.credentials("admin")
        return httpx.post(path, json=body, auth=auth, trust_env=False)

    return post


def test_a_document_may_be_fetched(by_url):
    with backend(say(YAML.encode())) as (url, seen):
        answer = by_url(f"{url}/openapi.yaml")
    assert (answer.status_code, answer.json()["name"]) == (201, "Room Service")
    assert seen[0].startswith(b"GET /openapi.yaml ")


def test_a_large_document_may_be_fetched(by_url):
    large = YAML + "".join(f"  /rom/{{id}}/{n}: {{get: {{}}}}\n" for n in range(3000))
    with backend(say(large.encode())) as (url, _):
        assert by_url(url).status_code == 201


def test_a_document_that_is_not_there(by_url):
    with backend(say(b"gone", status=b"404 Not Found")) as (url, _):
        assert error(by_url(url)) == (400, "swagger.invalid")
    assert error(by_url(url)) == (400, "swagger.invalid")


def test_a_document_without_a_server_needs_an_endpoint_later(management):
    document = {name: THREE[name] for name in THREE if name != "servers"}
    api = f"/apis/{imported(management, document).json()['id']}"
    assert error(management.post(f"{api}/deploy")) == (400, "endpoint.missing")
    assert error(management.post(api, params={"action": "START"})) == (400, "endpoint.missing")


def test_a_newer_document_changes_an_api_and_not_its_backend(management):
    api = make_api(management)
    body = {"payload": json.dumps(THREE), "with_path_mapping": True, "with_documentation": True}
    entity = management.put(f"{api}/import/swagger", json=body).json()
    assert (entity["name"], entity["version"]) == ("Room Service", "2.3")
    assert (entity["context_path"], target(entity)) == ("/rooms/v1", "source:rombooking")
    management.put(f"{api}/import/swagger", json=body)
    assert len(management.get(f"{api}/pages").json()) == 1


def test_an_export_file_makes_the_api_elsewhere(management):
    api = make_api(management)
    make_plan(management, api, flows=[LIMIT])
    management.post(f"{api}/pages", json={"name": "Guide", "type": "MARKDOWN", "content": "# Hi"})
    put(management, api, visibility="PUBLIC", labels=["rom"])
    answer = management.get(f"{api}/export")
    assert answer.headers["content-disposition"] == "attachment;filename=rooms-again-1.0.0.json"
    assert error(management.post("/apis/import", content=answer.content, headers=JSON)) == (
        400,
        "api.contextPath.exists",
    )
    file = answer.json()
    file["proxy"]["virtual_hosts"] = [{"path": "/halls"}]
    copy = management.post("/apis/import", json=file)
    entity = copy.json()
    assert copy.status_code == 200
    assert entity["id"] != file["id"]
    assert (entity["state"], entity["lifecycle_state"]) == ("STOPPED", "CREATED")
    assert (entity["visibility"], entity["labels"]) == ("PUBLIC", ["rom"])
    (plan,) = entity["plans"]
    assert (plan["status"], plan["flows"][0]["pre"][0]["policy"]) == ("PUBLISHED", "rate-limit")
    pages = management.get(f"/apis/{entity['id']}/pages").json()
    assert [(page["name"], page["content"]) for page in pages] == [("Guide", "# Hi")]


JSON = {"Content-Type": "application/json"}


def test_a_file_keeps_its_id_where_it_is_free(management):
    api = make_api(management)
    file = management.get(f"{api}/export", params={"exclude": "pages,plans"}).json()
    assert not {"pages", "plans"} & set(file)
    management.delete(api)
    assert management.post("/apis/import", json=file).json()["id"] == file["id"]


def test_a_file_changes_an_api_and_its_plans(management):
    api = make_api(management)
    make_plan(management, api)
    file = management.get(f"{api}/export").json()
    file["description"] = "Other words."
    file["plans"][0]["description"] = "Most of them."
    file["plans"].append({"name": "New", "description": "", "status": "STAGING"})
    entity = management.put(f"{api}/import", json=file).json()
    assert entity["description"] == "Other words."
    plans = sorted((plan["name"], plan["description"]) for plan in entity["plans"])
    assert plans == [("New", ""), ("Rooms", "Most of them.")]


@pytest.mark.parametrize("field", ["name", "version", "description", "proxy"])
def test_a_file_that_lacks_something(management, field):
    file = management.get(f"{make_api(management)}/export").json()
    del file[field]
    answer = management.post("/apis/import", json=file)
    assert answer.json()["details"][0]["location"] == field


def test_older_scripts_change_an_api_by_post(management):
    body = {"payload": json.dumps(THREE), "type": "inline"}
    answer = management.post(f"{make_api(management)}/import/swagger", json=body)
    assert (answer.status_code, answer.json()["name"]) == (200, "Room Service")
