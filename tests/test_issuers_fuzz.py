"""Whatever is sent for an assertion, the answer is never the server's fault (5xx)."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from issuer_fuzz import FUZZ, VALUES, encoded, fine
from issuer_steps import START, Machine, caller, key, still_institution
from joserfc import jws

from intark_lab.issuers import InvalidToken, TokenVerifier

CLAIMS = ("aud", "iss", "iat", "exp", "jti", "scope", "resource", "sub", "nbf")


@pytest.fixture(scope="module")
def lab():
    """One lab for all examples: (client, machine)."""
    institution = still_institution()
    with caller(institution) as client:
        yield client, Machine(client, institution)
    institution.close()


@FUZZ
@given(changes=st.dictionaries(st.sampled_from(CLAIMS), VALUES, max_size=4))
def test_claims_of_an_assertion(lab, changes):
    _, machine = lab
    fine(machine.ask(**changes))


NUMBERS = ["1e999", "-1e999", "NaN", "Infinity", "9" * 400, "1.5", "-0", "true", "1e18", "null"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("claim", ["iat", "exp"])
def test_numbers_at_the_edge(lab, claim, number):
    _, machine = lab
    payload = orjson.dumps(machine.claims(**{claim: 7777})).replace(b"7777", number.encode())
    assertion = jws.serialize_compact({"alg": "RS256", "kid": "key-0"}, payload, key(0))
    answer = fine(machine.ask(assertion))
    assert answer.status_code == 400


@FUZZ
@given(head=VALUES, claims=VALUES, rest=st.text(max_size=20))
def test_three_parts_of_an_assertion(lab, head, claims, rest):
    _, machine = lab
    parts = [encoded(orjson.dumps(value)) for value in (head, claims)]
    fine(machine.ask(".".join([*parts, rest])))


@FUZZ
@given(sent=st.text(min_size=1, max_size=200))
def test_any_text_for_an_assertion_or_a_token(lab, sent):
    _, machine = lab
    assert machine.ask(sent).status_code == 400
    with pytest.raises(InvalidToken):
        TokenVerifier(lambda: {"key-0": key(0)}).verify(sent, START)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth(lab, opening):
    client, machine = lab
    deep = opening.encode() * (20_000 // len(opening))
    assert machine.ask(f"{encoded(deep)}.e30.x").status_code == 400
    head = encoded(b'{"alg":"RS256"}')
    assert machine.ask(f"{head}.{encoded(deep)}.x").status_code == 400
    auth = machine.auth
    assert client.post("/maskinporten/clients", content=deep, auth=auth).status_code == 400
