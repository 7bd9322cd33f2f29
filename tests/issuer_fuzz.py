"""What the fuzz tests of the token issuers share: any JSON value, and what a fine answer is."""

from base64 import urlsafe_b64encode

import httpx
import orjson
from hypothesis import settings
from hypothesis import strategies as st
from issuer_steps import BASE, SCOPE

FUZZ = settings(max_examples=100, deadline=None)
WORDS = st.one_of(
    st.text(max_size=40), st.sampled_from(["", "code", "openid", "S256", SCOPE, BASE])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
).filter(lambda value: can_be_said(value))


def can_be_said(value: object) -> bool:
    """Whether JSON has it; it has no half of a surrogate pair."""
    try:
        return bool(orjson.dumps(value))
    except (TypeError, orjson.JSONEncodeError):
        return False


def fine(answer: httpx.Response) -> httpx.Response:
    """An answer that is not the server's fault, and in the form of the RFC where it is an error."""
    assert answer.status_code < 500
    if answer.status_code >= 400 and answer.headers["content-type"] == "application/json":
        assert {"error", "error_description"} <= set(answer.json())
    assert "Traceback" not in answer.text
    return answer


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
