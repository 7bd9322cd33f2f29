"""Tokens as a gateway judges them."""

import hmac
import subprocess
import sys
from base64 import urlsafe_b64encode

import orjson
import pytest
from issuer_steps import START, Machine, caller, key, still_institution
from joserfc import jws
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from intark_lab.issuers import InvalidToken, TokenVerifier, client_of, issuer_at, verification

PEM = key(0).as_pem(private=False).decode()


def token(claims: dict, header: dict | None = None, signer=None) -> str:
    head = {"alg": "RS256", "kid": "key-0"} | (header or {})
    head = {name: value for name, value in head.items() if value is not None}
    registry = JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
    registry.header_registry["tenant"] = HeaderParameter("Whose it is", "str")
    return jws.serialize_compact(head, orjson.dumps(claims), signer or key(0), registry=registry)


def part(value: object) -> str:
    return letters(orjson.dumps(value))


def letters(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def by_secret(secret: str, algorithm: str = "HS256") -> str:
    """A token signed by HMAC, without claims."""
    signed = f"{part({'alg': algorithm, 'kid': 'key-0'})}.{part({})}"
    sha = f"sha{algorithm.removeprefix('HS')}"
    return f"{signed}.{letters(hmac.digest(secret.encode(), signed.encode(), sha))}"


@pytest.fixture
def verifier():
    keys = {f"key-{number}": key(number) for number in (0, 1)}
    return TokenVerifier(lambda: keys)


GOOD = {
    "plain": ({"exp": START + 1}, {}),
    "no time claims": ({}, {}),
    "nbf is now": ({"nbf": START}, {}),
    "no kid": ({}, {"kid": None}),
    "a type": ({}, {"typ": "at+jwt"}),
    "a header of its own": ({}, {"tenant": "x"}),
}


@pytest.mark.parametrize(("claims", "header"), GOOD.values(), ids=GOOD)
def test_a_token_holds(verifier, claims, header):
    sent = token(claims, header)
    for _ in range(2):
        assert verifier.verify(sent, START) == claims


def test_without_a_kid_any_key_may_fit(verifier):
    assert verifier.verify(token({"a": 1}, {"kid": None}, key(1)), START) == {"a": 1}


BAD = {
    "expired": token({"exp": START}),
    "not yet": token({"nbf": START + 1}),
    "exp is a text": token({"exp": "tomorrow"}),
    "exp is true": token({"exp": True}),
    "nbf is true": token({"nbf": True}),
    "exp is null": token({"exp": None}),
    "nbf is a list": token({"nbf": []}),
    "an unknown kid": token({}, {"kid": "key-2"}),
    "another key of that kid": token({}, {}, key(2)),
    "another hash": token({}, {"alg": "RS512"}),
    "no algorithm": f"{part({'alg': 'none', 'kid': 'key-0'})}.{part({})}.",
    "the public key as a secret": by_secret(PEM),
    "claims are a list": token([]),
    "claims are not JSON": jws.serialize_compact({"alg": "RS256"}, b"x", key(0)),
    "a critical header": token({}, {"crit": ["tenant"], "tenant": "x"}),
    "header is a list": f"{part(['alg'])}.{part({})}.x",
    "header is a text": f"{part('alg')}.{part({})}.x",
    "kid is a number": f"{part({'alg': 'RS256', 'kid': 0})}.{part({})}.x",
    "two parts": "a.b",
    "five parts": "a.b.c.d.e",
    "nothing": "",
    "a deep header": f"{letters(b'[' * 9000)}.e30.x",
    "a long text": "x" * 200_000,
    "letters": "å.æ.ø",
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_a_token_does_not_hold(verifier, sent):
    for _ in range(2):
        with pytest.raises(InvalidToken):
            verifier.verify(sent, START)


def test_any_change_breaks_a_token(verifier):
    head, _, signature = token({"client_id": "me"}).split(".")
    other = f"{head}.{part({'client_id': 'you'})}.{signature}"
    with pytest.raises(InvalidToken):
        verifier.verify(other, START)


def test_a_token_that_held_ends_on_time(verifier):
    sent = token({"nbf": START, "exp": START + 120})
    verifier.verify(sent, START)
    verifier.verify(sent, START + 119.9)
    with pytest.raises(InvalidToken):
        verifier.verify(sent, START + 120)


def test_claims_cannot_be_changed_by_who_reads_them(verifier):
    sent = token({"client_id": "me"})
    with pytest.raises(TypeError):
        verifier.verify(sent, START)["client_id"] = "you"


class Counted(dict):
    """Keys that count how often somebody looks through them."""

    looks = 0

    def items(self):
        self.looks += 1
        return super().items()


def test_a_token_is_verified_once():
    keys = Counted({"key-0": key(0)})
    verifier = TokenVerifier(lambda: keys)
    sent = token({})
    for _ in range(5):
        verifier.verify(sent, START)
    assert keys.looks == 1


def test_a_token_holds_no_longer_than_its_key():
    keys = {"key-0": key(0)}
    verifier, sent = TokenVerifier(lambda: dict(keys)), token({})
    verifier.verify(sent, START)
    keys["key-1"] = key(1)
    verifier.verify(sent, START)
    del keys["key-0"]
    with pytest.raises(InvalidToken, match="no key"):
        verifier.verify(sent, START)


def test_a_verifier_remembers_a_bounded_number(monkeypatch):
    monkeypatch.setattr(verification, "KEPT", 3)
    keys = Counted({"key-0": key(0)})
    verifier = TokenVerifier(lambda: keys)
    sent = [token({"jti": number}) for number in range(4)]
    for each in sent:
        verifier.verify(each, START)
    verifier.verify(sent[3], START)
    assert keys.looks == 4
    verifier.verify(sent[0], START)
    assert keys.looks == 5


@pytest.mark.parametrize("kid", ["anything", None])
def test_a_given_key_needs_no_kid(kid):
    verifier = TokenVerifier.of_key(PEM)
    assert verifier.verify(token({"a": 1}, {"kid": kid}), START) == {"a": 1}


def test_a_given_key_must_be_one():
    with pytest.raises(ValueError, match="RSA"):
        TokenVerifier.of_key("not a key")


SECRET = "a secret that two programs have agreed on, and nobody else has seen yet"
"""As long as HS512 wants it."""


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_shared_secret_opens_what_was_signed_with_it(algorithm):
    verifier = TokenVerifier.of_secret(SECRET, algorithm)
    assert verifier.verify(by_secret(SECRET, algorithm), START) == {}
    with pytest.raises(InvalidToken):
        verifier.verify(by_secret(SECRET + ".", algorithm), START)


@pytest.mark.parametrize(
    ("secret", "algorithm"),
    [("x" * 31, "HS256"), ("x" * 63, "HS512"), (PEM, "HS256"), (SECRET, "none")],
)
def test_what_is_no_shared_secret(secret, algorithm):
    with pytest.raises(ValueError, match="secret"):
        TokenVerifier.of_secret(secret, algorithm)


def test_nothing_is_no_signature():
    with pytest.raises(InvalidToken):
        TokenVerifier.of_key(PEM, "none").verify(f"{part({'alg': 'none'})}.{part({})}.", START)


def test_the_gateway_knows_the_keys_of_both_issuers():
    institution = still_institution()
    verifier = TokenVerifier.of_gateway(institution.store)
    with caller(institution) as client:
        machine = Machine(client, institution)
        assert verifier.verify(machine.token(), START)["client_id"] == machine.id
    with pytest.raises(InvalidToken):
        verifier.verify(token({"a": 1}), START)
    institution.close()


def test_an_issuer_s_tokens_hold_by_its_published_keys():
    institution = still_institution()
    verifier = TokenVerifier.of_issuer(institution.store, "maskinporten")
    feide = TokenVerifier.of_issuer(institution.store, "feide")
    with caller(institution) as client:
        machine = Machine(client, institution)
        with pytest.raises(InvalidToken):
            verifier.verify(machine.assertion(), START)
        sent = [machine.token()]
        assert verifier.verify(sent[0], START)["client_id"] == machine.id
        client.post("/maskinporten/keys", auth=institution.credentials("developer"))
        sent.append(machine.token())
    for each in sent:
        assert verifier.verify(each, START + 119)["scope"]
        with pytest.raises(InvalidToken):
            verifier.verify(each, START + 120)
        with pytest.raises(InvalidToken):
            feide.verify(each, START)
    institution.close()


CLIENTS = {
    "azp first": ({"azp": "a", "aud": "b", "client_id": "c"}, "a"),
    "then aud": ({"aud": "b", "client_id": "c"}, "b"),
    "the first aud": ({"aud": ["b", "x"], "client_id": "c"}, "b"),
    "then client_id": ({"client_id": "c"}, "c"),
    "an empty azp": ({"azp": "", "aud": "b"}, "b"),
    "an empty list": ({"aud": [], "client_id": "c"}, "c"),
    "nothing": ({}, None),
    "a number": ({"client_id": 7}, None),
    "a number in aud": ({"aud": [7], "client_id": "c"}, None),
}


@pytest.mark.parametrize(("claims", "client"), CLIENTS.values(), ids=CLIENTS)
def test_whom_a_token_speaks_for(claims, client):
    assert client_of(claims) == client


ADDRESSES = {
    "http://127.0.0.1:8000/labs/lab/issuers/maskinporten/jwk": "maskinporten",
    "https://lab.example/x/labs/a/issuers/feide/openid/jwks?v=1": "feide",
    "https://maskinporten.no/jwk": None,
    "https://test.maskinporten.no/issuers/maskinporten/jwks": None,
    "": None,
}


@pytest.mark.parametrize(("address", "issuer"), ADDRESSES.items())
def test_which_keys_stand_at_an_address(address, issuer):
    assert issuer_at(address) == issuer


def test_a_fresh_lab_makes_no_keys_and_imports_no_library():
    program = """
import sys
from intark_lab import issuers
from intark_lab.institution import Institution
from intark_lab.server import Labs
institution = Institution.fresh(seed=1)
Labs().add(institution)
issuers.TokenVerifier.of_issuer(institution.store, "maskinporten")
assert not institution.store.all("SELECT * FROM issuer_key")
print([name for name in ("joserfc", "cryptography") if name in sys.modules])
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
