"""Whatever callers send to the self-service portal, the answer is one that its document has."""

import json
from urllib.parse import quote

import httpx
import pytest
from brom_document import DOCUMENT
from brom_steps import TP, provide, register
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

OPERATIONS = [
    (method.upper(), path, set(map(int, operation["responses"])))
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if method != "delete"
]
WORDS = ("environment", "name", "description", "format", "routing_keys", "schema", "comment")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("test"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(), inner)
    ),
    max_leaves=8,
)
BODIES = st.binary() | JSON.map(lambda value: json.dumps(value).encode())
SEGMENTS = st.sampled_from(["system-test-screens", "system-test-rooms", TP]) | st.text(
    min_size=1, max_size=20
).filter(lambda text: text not in (".", ".."))


@pytest.fixture
def brom(lab):
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.brom_url, auth=auth, trust_env=False) as made:
        register(made, "screens")
        provide(made, "rooms")
        yield made


@pytest.mark.parametrize(("method", "path", "statuses"), OPERATIONS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(segments=st.lists(SEGMENTS, min_size=2, max_size=2), body=BODIES, words=st.text())
@example(segments=["a/b", "%2e%2e"], body=b"\xff", words="\0")
def test_every_answer_is_in_the_document(brom, method, path, statuses, segments, body, words):
    own, other = (quote(segment, safe="") for segment in segments)
    path = path.format(application=own, provider=other, consumer=other)
    query = {"q": words} if path == "/providers" else None
    answer = brom.request(method, path, content=body, params=query)
    assert answer.status_code in statuses | {404, 405}
    assert answer.headers["content-type"] in ("application/json", "application/problem+json")
