"""A provider's whole way, and the gateway's answer at each step, over real sockets."""

import socket

import httpx
import pytest
from management_steps import LIMIT, NEW, PLAN, put

MANAGEMENT = "/management/organizations/DEFAULT/environments/DEFAULT"
ROOMS = "/gateway/rooms/v1/rom"


@pytest.fixture
def publisher_client(listening):
    """The management API over a socket, as the administrator."""
    institution, base = listening
    auth = institution.credentials("admin")
    with httpx.Client(base_url=base + MANAGEMENT, auth=auth, trust_env=False) as made:
        yield made


@pytest.fixture
def consumer(listening):
    """The portal over a socket, as the learner."""
    institution, base = listening
    auth = institution.credentials("developer")
    url = base + "/portal/environments/DEFAULT"
    with httpx.Client(base_url=url, auth=auth, trust_env=False) as made:
        yield made


def subscribe(consumer, plan: str) -> str:
    application = consumer.post(
        "/applications", json={"name": "Room signs", "settings": {"app": {}}}
    ).json()["id"]
    body = {"application": application, "plan": plan, "request": "To show rooms on signs."}
    return consumer.post("/subscriptions", json=body).json()["id"]


def test_from_nothing_to_a_closed_subscription(client, publisher_client, consumer):
    provider = publisher_client

    def status(**headers) -> int:
        return client.get(ROOMS, headers=headers).status_code

    api = f"/apis/{provider.post('/apis', json=NEW).json()['id']}"
    put(provider, api, lifecycle_state="PUBLISHED", visibility="PUBLIC")
    plan = provider.post(f"{api}/plans", json=PLAN).json()["id"]
    assert status() == 404  # never deployed

    assert provider.post(api, params={"action": "START"}).status_code == 204
    provider.post(f"{api}/plans/{plan}/_publish")
    assert provider.get(f"{api}/state").json()["is_synchronized"] is False
    subscription = subscribe(consumer, plan)
    of_api = f"{api}/subscriptions/{subscription}"
    accepted = provider.post(f"{of_api}/_process", json={"accepted": True}).json()
    assert accepted["status"] == "ACCEPTED"
    held = consumer.get(f"/subscriptions/{subscription}", params={"include": "keys"}).json()
    key = {"X-Gravitee-Api-Key": held["keys"][0]["key"]}
    assert status(**key) == 401  # the plan is published and not deployed

    assert provider.post(f"{api}/deploy").status_code == 200
    assert provider.get(f"{api}/state").json()["is_synchronized"] is True
    assert status() == 401
    assert status(**key) == 200

    for state, then in (("PAUSED", 401), ("RESUMED", 200), ("CLOSED", 401)):
        assert provider.post(f"{of_api}/status", params={"status": state}).status_code == 200
        assert status(**key) == then
    provider.post(api, params={"action": "STOP"})
    assert status(**key) == 404


def test_what_is_changed_reaches_the_gateway_with_the_next_deploy(client, publisher_client):
    provider = publisher_client
    api = f"/apis/{provider.post('/apis', json=NEW).json()['id']}"
    keyless = PLAN | {"security": "KEY_LESS"}
    plan = f"{api}/plans/{provider.post(f'{api}/plans', json=keyless).json()['id']}"
    provider.post(f"{plan}/_publish")
    provider.post(api, params={"action": "START"})
    assert [client.get(ROOMS).status_code for _ in range(3)] == [200] * 3

    body = {"name": "Rooms", "description": "", "validation": "AUTO", "flows": [LIMIT], "order": 1}
    provider.put(plan, json=body)
    assert provider.get(f"{api}/state").json()["is_synchronized"] is False
    assert "x-rate-limit-limit" not in client.get(ROOMS).headers
    provider.post(f"{api}/deploy")
    assert [client.get(ROOMS).status_code for _ in range(3)] == [200, 200, 429]

    provider.post(f"{plan}/_deprecate")
    assert provider.get(f"{api}/state").json()["is_synchronized"] is True
    provider.post(f"{plan}/_close")
    assert provider.get(f"{api}/state").json()["is_synchronized"] is False
    provider.post(f"{api}/deploy")
    assert client.get(ROOMS).status_code == 401


def test_a_second_start_brings_back_what_was_deployed(client, publisher_client):
    provider = publisher_client
    api = f"/apis/{provider.post('/apis', json=NEW).json()['id']}"
    provider.post(api, params={"action": "START"})
    provider.post(f"{api}/plans", json=PLAN | {"security": "KEY_LESS", "status": "PUBLISHED"})
    for action in ("STOP", "START"):
        provider.post(api, params={"action": action})
    assert client.get(ROOMS).status_code == 401  # the plan was never deployed
    assert provider.get(f"{api}/state").json()["is_synchronized"] is False


def test_a_moved_context_path_moves_with_the_next_deploy(client, publisher_client):
    provider = publisher_client
    api = f"/apis/{provider.post('/apis', json=NEW).json()['id']}"
    provider.post(api, params={"action": "START"})
    proxy = provider.get(api).json()["proxy"] | {"virtual_hosts": [{"path": "/halls"}]}
    put(provider, api, proxy=proxy)
    assert [client.get(path).status_code for path in (ROOMS, "/gateway/halls/rom")] == [401, 404]
    provider.post(f"{api}/deploy")
    assert [client.get(path).status_code for path in (ROOMS, "/gateway/halls/rom")] == [404, 401]


def test_an_endpoint_is_reached_with_its_headers_and_times(client, listening, publisher_client):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = f"http://127.0.0.1:{silent.getsockname()[1]}"
        provider = publisher_client
        made = provider.post("/apis", json=NEW | {"endpoint": target}).json()
        api, proxy = f"/apis/{made['id']}", made["proxy"]
        endpoint = proxy["groups"][0]["endpoints"][0]
        endpoint["headers"] = [{"name": "Authorization", "value": "Basic cm9vbXM6c2VjcmV0"}]
        endpoint["http"] = {"connectTimeout": 900, "readTimeout": 20}
        assert put(provider, api, proxy=proxy).status_code == 200
        keyless = PLAN | {"security": "KEY_LESS", "status": "PUBLISHED"}
        provider.post(f"{api}/plans", json=keyless)
        provider.post(api, params={"action": "START"})
        answer = client.get(ROOMS)
        assert (answer.status_code, answer.content) == (504, b"")
        silent.settimeout(5)
        with silent.accept()[0] as connection:
            sent = connection.recv(65536).decode().lower()
        assert "authorization: basic cm9vbxm6c2vjcmv0" in sent


def test_a_deleted_api_is_gone_from_the_gateway(client, publisher_client):
    provider = publisher_client
    api = f"/apis/{provider.post('/apis', json=NEW).json()['id']}"
    provider.post(api, params={"action": "START"})
    assert client.get(ROOMS).status_code == 401
    provider.post(api, params={"action": "STOP"})
    provider.delete(api)
    assert client.get(ROOMS).status_code == 404


def test_a_lab_knows_its_management_api(lab, listening):
    institution, base = listening
    assert lab.management_url == base + MANAGEMENT
    assert institution.card("http://a.example")["management"].endswith(MANAGEMENT)
