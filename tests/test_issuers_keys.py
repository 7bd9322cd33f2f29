"""What lasts at Maskinporten and what does not: assertions, clients' keys, its own keys."""

import json

import pytest
from issuer_steps import START, Machine, caller, decoded, key, still_institution

from intark_lab.issuers.keys import ROTATION


@pytest.fixture
def institution():
    made = still_institution()
    yield made
    made.close()


@pytest.fixture
def client(institution):
    with caller(institution) as made:
        yield made


@pytest.fixture
def machine(client, institution):
    return Machine(client, institution)


def kid_of(token: str) -> str:
    return json.loads(decoded(token.split(".")[0]))["kid"]


def published(client) -> list[str]:
    return [jwk["kid"] for jwk in client.get("/maskinporten/jwk").json()["keys"]]


@pytest.mark.parametrize("jti", ["once", None])
def test_an_assertion_is_taken_once(machine, jti):
    assertion = machine.assertion(jti=jti)
    assert machine.ask(assertion).status_code == 200
    again = machine.ask(assertion)
    assert again.json()["error"] == "invalid_grant"
    assert again.json()["error_uri"].endswith("MP-012")


def test_assertions_without_a_jti_are_told_apart(machine):
    assert machine.ask(jti=None).status_code == 200
    assert machine.ask(jti=None, exp=int(START) + 119).status_code == 200


def test_a_jti_is_taken_once_per_client(client, institution, machine):
    other = Machine(client, institution)
    assert machine.ask(jti="x").status_code == other.ask(jti="x").status_code == 200
    assert machine.ask(jti="x").json()["error"] == "invalid_grant"


def test_used_assertions_are_forgotten_once_they_are_over(institution, machine):
    machine.ask(jti="x")
    institution.advance(121)
    assert machine.ask(jti="x").status_code == 200
    assert len(institution.store.all("SELECT * FROM used_assertion")) == 1


def test_a_registered_key_lasts_a_year(institution, machine):
    institution.advance(365 * 24 * 3600)
    assert machine.ask().json()["error_uri"].endswith("MP-121")
    auth = institution.credentials("developer")
    again = {"keys": [key(0).as_dict(private=False)]}
    machine.client.post(f"/maskinporten/clients/{machine.id}/jwks", json=again, auth=auth)
    assert machine.ask().status_code == 200


def test_keys_rotate_on_request_and_the_old_one_stays_for_a_while(client, institution, machine):
    old, first = machine.token(), published(client)
    assert len(first) == 2
    auth = institution.credentials("developer")
    signing = client.post("/maskinporten/keys", auth=auth).json()["kid"]
    assert signing == first[1] != kid_of(old) == first[0]
    assert published(client)[:2] == first
    assert len(published(client)) == 3
    assert kid_of(machine.token()) == signing
    client.post("/maskinporten/keys", auth=auth)
    assert first[0] not in published(client)


def test_keys_rotate_by_lab_time(client, institution, machine):
    first = published(client)
    institution.advance(ROTATION / 1000 - 1)
    assert kid_of(machine.token()) == first[0]
    institution.advance(1)
    assert kid_of(machine.token()) == first[1]
    assert published(client)[:2] == first


def test_keys_outlast_a_reset_and_clients_do_not(client, institution, machine):
    before = published(client)
    institution.reset()
    assert published(client) == before
    assert machine.ask().json()["error_uri"].endswith("MP-100")


def test_each_lab_has_its_own_keys_and_clients(client, machine):
    other = still_institution()
    with caller(other) as theirs:
        assert not set(published(client)) & set(published(theirs))
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
        answer = theirs.post("/maskinporten/token", data=form | {"assertion": machine.assertion()})
    other.close()
    assert answer.json()["error_uri"].endswith("MP-100")
