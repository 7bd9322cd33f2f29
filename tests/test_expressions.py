"""The expression language of selection rules, conditions and cache keys."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intark_lab.gateway.expressions import ExpressionError, evaluate, fill, holds

CALL = SimpleNamespace(
    request=SimpleNamespace(
        method="GET",
        path="/fs/v1/emner",
        query=b"status=sold&empty=",
        headers={b"x-tenant": b"nordvik"},
    ),
    path="/emner",
    claims={"scope": "nordvik:emner.read nordvik:x", "consumer": {"ID": "0192:1"}, "aud": ["a"]},
    api=SimpleNamespace(properties={"site": "7"}),
)

VALUES = {
    "#request.method": "GET",
    "#request.path": "/fs/v1/emner",
    "#request.pathInfo": "/emner",
    "#request.params['status']": "sold",
    "#request.params['missing']": None,
    "#request.headers['X-Tenant']": "nordvik",
    "#request.headers['X-Tenant'][0]": "nordvik",
    "#request.headers['X-Tenant'][1]": None,
    "#properties['site']": "7",
    "#context.attributes['jwt.claims']['consumer']['ID']": "0192:1",
    "#context.attributes['jwt.claims']['aud'][0]": "a",
    "#context.attributes['jwt.claims']['scope'].contains('emner.read')": True,
    "#context.attributes['jwt.claims']['scope'].matches('.*emner.*')": True,
    "#context.attributes['jwt.claims']['nothing'].contains('x')": False,
    "#request.method == 'GET' && !(#request.path == '/x')": True,
    "#request.method != 'GET' || #request.params['status'] == 'sold'": True,
    "#request.path.startsWith('/fs') && #request.path.endsWith('emner')": True,
    "1 == 1 && true": True,
    "null == #request.params['x']": True,
}


@pytest.mark.parametrize(("expression", "value"), VALUES.items(), ids=VALUES)
def test_value(expression, value):
    assert evaluate(expression, CALL) == value


def test_places_are_filled():
    template = "{#request.params['status']}-{#request.params['tags']}/{#properties['site']}"
    assert fill(template, CALL) == "sold-/7"


@pytest.mark.parametrize("rule", ["{#request.method == 'GET'}", "#request.method == 'GET'"])
def test_a_rule_holds_with_or_without_braces(rule):
    assert holds(rule, CALL)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "#",
        "#request.",
        "#request.params[",
        "T(java.lang.Runtime)",
        "#request.x('y'",
        "a b",
        "'",
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_true(expression):
    with pytest.raises(ExpressionError):
        evaluate(expression, CALL)
    assert not holds(expression, CALL)


@given(st.text(alphabet="#.[]()'\"!&|=, abc01requestparams", max_size=40))
def test_anything_is_read_or_refused(expression):
    try:
        evaluate(expression, CALL)
    except ExpressionError:
        return
