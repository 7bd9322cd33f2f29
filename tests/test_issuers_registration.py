"""Registering clients at both issuers, and the numbers of organisations that nobody has."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from issuer_steps import Machine, caller, jwks, key, still_institution

from intark_lab.issuers.clients import MOST, Client, Clients
from intark_lab.issuers.organisation import belongs_to_nobody, organisation_number


@pytest.fixture
def institution():
    made = still_institution()
    yield made
    made.close()


@pytest.fixture
def client(institution):
    with caller(institution) as made:
        made.auth = institution.credentials("developer")
        yield made


def rsa(**changes) -> dict:
    jwk = key(0).as_dict(private=False) | changes
    return {"keys": [{name: value for name, value in jwk.items() if value is not None}]}


PEM = key(0).as_pem(private=False).decode()
GOOD = {"client_name": "Timetable", "scopes": ["intark:emner.read"]}
MACHINES = {
    "no name": {"client_name": None},
    "a blank name": {"client_name": "  "},
    "a long name": {"client_name": "x" * 101},
    "no scopes": {"scopes": None},
    "scopes as a text": {"scopes": "intark:emner.read"},
    "an empty list of scopes": {"scopes": []},
    "a scope with a space": {"scopes": ["a b"]},
    "a number for a scope": {"scopes": [7]},
    "a real organisation's number": {"client_orgno": "974767880"},
    "a short number": {"client_orgno": "12345678"},
    "a number that is none": {"client_orgno": 123456789},
    "a lifetime too short": {"access_token_lifetime": 29},
    "a lifetime too long": {"access_token_lifetime": 3601},
    "a lifetime that is true": {"access_token_lifetime": True},
    "a lifetime in words": {"access_token_lifetime": "120"},
    "an id with a slash": {"client_id": "a/b"},
    "an id that is a list": {"client_id": ["a"]},
    "no keys in the set": {"jwks": {"keys": []}},
    "six keys": {"jwks": {"keys": jwks(0)["keys"] * 6}},
    "the same kid twice": {"jwks": {"keys": jwks(0)["keys"] * 2}},
    "a list for a set": {"jwks": jwks()["keys"]},
    "a key without kid": {"jwks": rsa(kid=None)},
    "a kid that is a number": {"jwks": rsa(kid=7)},
    "an empty kid": {"jwks": rsa(kid="")},
    "a long kid": {"jwks": rsa(kid="x" * 201)},
    "an elliptic key": {"jwks": rsa(kty="EC")},
    "a key for secrets": {"jwks": rsa(use="enc")},
    "another algorithm": {"jwks": rsa(alg="HS256")},
    "a modulus that is none": {"jwks": rsa(n="++")},
    "a small modulus": {"jwks": rsa(n="AQAB")},
    "an even exponent": {"jwks": rsa(e="AQAC")},
    "a private key": {"jwks": {"keys": [key(0).as_dict(private=True)]}},
    "a private PEM": {"public_key": key(0).as_pem(private=True).decode()},
    "a PEM that is none": {"public_key": PEM.replace("MII", "XXX")},
    "a PEM that is a number": {"public_key": 7},
}


@pytest.mark.parametrize("changes", MACHINES.values(), ids=MACHINES)
def test_a_machine_is_not_registered(client, institution, changes):
    document = {name: value for name, value in (GOOD | changes).items() if value is not None}
    answer = client.post("/maskinporten/clients", json=document)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert Clients(institution.store, "maskinporten").all() == []


@pytest.mark.parametrize("bits", [1024, 4104])
def test_a_key_may_be_neither_weak_nor_costly(client, bits):
    public = rsa_key(65537, bits).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    answer = client.post("/maskinporten/clients", json=GOOD | {"public_key": pem})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_a_refused_private_key_is_named_but_not_repeated(client):
    document = GOOD | {"jwks": {"keys": [key(0).as_dict(private=True)]}}
    told = client.post("/maskinporten/clients", json=document).json()["error_description"]
    assert "this is the private key" in told
    assert key(0).as_dict(private=True)["d"] not in told


def test_a_machine_is_registered_as_its_owner_sees_it(client, institution):
    made = client.post("/maskinporten/clients", json=GOOD | {"jwks": jwks()})
    assert made.status_code == 201
    body = made.json()
    assert client.get(f"/maskinporten/clients/{body['client_id']}").json() == body
    assert client.get("/maskinporten/clients").json() == [body]
    assert body["client_orgno"] == organisation_number(institution.seed)
    assert body["access_token_lifetime"] == 120
    assert [jwk["kid"] for jwk in body["jwks"]["keys"]] == ["key-0"]


def test_a_pem_is_named_by_its_thumbprint(client):
    made = client.post("/maskinporten/clients", json=GOOD | {"public_key": PEM}).json()
    assert made["jwks"]["keys"][0]["kid"] == key(0).thumbprint()


def test_keys_may_come_later_as_at_digdir(client, institution):
    machine = Machine(client, institution, jwks={"keys": jwks(1)["keys"]})
    assert machine.ask().status_code == 400
    path = f"/maskinporten/clients/{machine.id}/jwks"
    assert client.post(path, json=jwks(0, 1)).status_code == 201
    assert machine.ask().status_code == 200
    assert client.post(path, json={"keys": "none"}).status_code == 400


def test_an_id_may_be_chosen_once(client):
    document = GOOD | {"client_id": "timetable"}
    assert client.post("/maskinporten/clients", json=document).json()["client_id"] == "timetable"
    assert client.post("/maskinporten/clients", json=document).status_code == 409


def test_there_is_an_end_to_registering(client, institution):
    clients = Clients(institution.store, "feide")
    for number in range(MOST):
        clients.add(Client(f"c{number}", "x", []), 0)
    answer = client.post("/feide/clients", json={"client_name": "one more"})
    assert (answer.status_code, len(clients.all())) == (409, MOST)


REDIRECTS = {
    "a text": "https://x.example",
    "a script": ["javascript:alert(1)"],
    "another scheme": ["ftp://x.example"],
    "no host": ["https://"],
    "a relative address": ["/callback"],
    "a fragment": ["https://x.example/#a"],
    "a line break": ["https://x.example/\r\nSet-Cookie: a=b"],
    "a number": [7],
    "a broken address": ["https://[x"],
    "too many": ["https://x.example"] * 11,
}


@pytest.mark.parametrize("uris", REDIRECTS.values(), ids=REDIRECTS)
def test_a_redirect_uri_is_refused(client, uris):
    answer = client.post("/feide/clients", json={"client_name": "x", "redirect_uris": uris})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


def test_a_secret_is_shown_once(client):
    made = client.post("/feide/clients", json={"client_name": "x", "scopes": ["profile"]}).json()
    assert made.pop("client_secret")
    assert client.get(f"/feide/clients/{made['client_id']}").json() == made
    assert made["scopes"] == ["openid", "userid", "profile"]


def test_a_client_goes_when_told_to(client, institution):
    machine = Machine(client, institution)
    assert client.delete(f"/maskinporten/clients/{machine.id}").status_code == 204
    assert client.delete(f"/maskinporten/clients/{machine.id}").status_code == 404
    assert machine.ask().json()["error_uri"].endswith("MP-100")


DOORS = [
    ("GET", "clients"),
    ("POST", "clients"),
    ("GET", "clients/x"),
    ("DELETE", "clients/x"),
    ("POST", "keys"),
]


@pytest.mark.parametrize("issuer", ["maskinporten", "feide"])
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_registering_wants_the_lab_s_login(client, institution, issuer, method, path):
    username, password = institution.credentials("developer")
    for auth in (None, (username, "wrong"), ("nobody", password), (username, "")):
        client.auth = auth
        answer = client.request(method, f"/{issuer}/{path}")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_user_without_a_password_cannot_come_in(client, institution):
    with institution.store.transaction():
        institution.store.insert("user", id="x", username="somebody")
    assert client.get("/feide/clients", auth=("somebody", "")).status_code == 401


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b"\xff", b'{"client_name": NaN}'])
def test_the_body_must_be_a_json_object(client, sent):
    for issuer in ("maskinporten", "feide"):
        assert client.post(f"/{issuer}/clients", content=sent).status_code == 400


@pytest.mark.parametrize("seed", range(20))
def test_an_institution_s_number_belongs_to_nobody(seed):
    number = organisation_number(seed)
    assert belongs_to_nobody(number)
    assert not any(is_valid(f"{number[:8]}{last}") for last in range(10))


def is_valid(number: str) -> bool:
    """By the rule that the register publishes, written another way: the sum is divisible by 11."""
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    return sum(w * int(digit) for w, digit in zip(weights, number, strict=True)) % 11 == 0


def test_the_number_of_digdir_itself_is_somebody_s():
    assert is_valid("991825827")
    assert not belongs_to_nobody("991825827")
