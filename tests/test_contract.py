"""The portal against Gravitee's own OpenAPI documents, by calls that schemathesis makes up.

The documents are third-party files and lie beside the project, not in it. What the project promises
without them is in `test_portal_*.py`.
"""

from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intark_lab.birth import identity
from intark_lab.institution import Institution
from intark_lab.kernel import host

CONTRACT = Path(__file__).resolve().parents[2] / "shared" / "contract"
DOCUMENTS = ("portal-3.20.yaml", "portal-4.13.yaml")
PORTAL = "/portal/environments/DEFAULT"

ALSO = {400, 404, 415}
"""Statuses that the documents leave out at places where the server sends them: a wrong page or
parameter, somebody else's or no such thing, a body of another kind."""

BY_HAND = {
    "POST /applications",
    "PUT /applications/{applicationId}",
    "GET /applications/{applicationId}/analytics",
    "GET /applications/{applicationId}/logs/{logId}",
    "POST /applications/{applicationId}/keys/_renew",
    "POST /applications/{applicationId}/keys/{apiKey}/_revoke",
    "POST /subscriptions",
    "PUT /subscriptions/{subscriptionId}",
    "POST /subscriptions/{subscriptionId}/_changeConsumerStatus",
    "PUT /user",
}
"""Operations whose success wants what nobody makes up by chance: `test_portal_*.py` call them so.
Every other one must have been seen with success."""


@pytest.fixture(params=DOCUMENTS)
def operations(request):
    """The operations of one document."""
    document = CONTRACT / request.param
    if not document.is_file():
        pytest.skip(f"the contract {request.param} is not beside the project (../shared/contract)")
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_path(document)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.fixture
def lab():
    """A served institution with one call in its log: (institution, its address, known ids)."""
    made = Institution.fresh(seed=1, lab_id="contract")
    host().add(made)
    base = host().url + made.base_path
    key = {"X-Gravitee-Api-Key": made.course_key()}
    call = httpx.get(f"{base}/gateway/fs/emner/v1/emner", headers=key, trust_env=False)
    yield made, base, known_ids(made, call.headers["X-Gravitee-Request-Id"])
    host().remove(made)


def known_ids(institution: Institution, log: str) -> dict[str, object]:
    """Things that are there, by the names of parameters and body fields."""
    course = identity(1, "application", "course")
    return {
        "apiId": identity(1, "api", "fs-emner"),
        "pageId": identity(1, "page", "fs-emner/Guide"),
        "applicationId": course,
        "application": course,
        "id": course,
        "plan": identity(1, "plan", "tp-timeplan/timetable"),
        "subscriptionId": identity(1, "subscription", "course"),
        "apiKey": institution.course_key(),
        "categoryId": "studies",
        "logId": log,
        "page": 1,
        "size": 10,
        "from": 0,
        "to": 4_102_444_800_000,
        "interval": 1_000_000_000,
        "order": "DESC",
    }


@pytest.mark.slow
@pytest.mark.parametrize("username", ["admin", "developer"])
def test_every_answer_is_one_of_the_contract(operations, lab, username):
    institution, base, known = lab
    auth = institution.credentials(username)
    unseen = []
    for operation in operations:
        if not any(200 <= status < 300 for status in _hold(operation, base + PORTAL, auth, known)):
            unseen.append(operation.label)
        institution.reset()
    assert set(unseen) <= BY_HAND, "never seen with success: " + "; ".join(unseen)


def _hold(operation, base: str, auth: tuple[str, str], known: dict[str, object]) -> set[int]:
    """Call an operation with what schemathesis makes up; the statuses that were seen."""
    seen = set()

    @given(operation.as_strategy(), st.booleans())
    @settings(
        max_examples=15,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def hold(case, with_known):
        if with_known:
            _put_known(case, known)
        response = case.call(base_url=base, auth=auth)
        seen.add(response.status_code)
        case.validate_response(response, checks=_checks(operation, response))

    hold()
    return seen


def _checks(operation, response) -> list:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    documented = {str(status) for status in operation.definition.raw["responses"]}
    if response.status_code in ALSO and str(response.status_code) not in documented:
        return [_is_an_error_of_gravitee]
    return [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]


def _is_an_error_of_gravitee(context, response, case) -> None:
    """One error, wrapped in `errors`, or bare where the body could not be read."""
    body = response.json()
    (error,) = body.get("errors", [body])
    assert {"message"} <= set(error) <= {"status", "message", "code", "parameters"}


def _put_known(case, known: dict[str, object]) -> None:
    for fields in (case.path_parameters, case.query, case.body):
        if isinstance(fields, dict):
            fields.update({name: known[name] for name in fields if name in known})
