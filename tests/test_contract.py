"""The portal against Gravitee's own OpenAPI documents, by calls that schemathesis makes up.

The documents are third-party files and lie beside the project, not in it. What the project promises
without them is in `test_portal_*.py`.
"""

from contextlib import suppress
from pathlib import Path

import contract
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from intark_lab.institution import Institution
from intark_lab.kernel import host

CONTRACT = Path(__file__).resolve().parents[2] / "shared" / "contract"
DOCUMENTS = ("portal-3.20.yaml", "portal-4.13.yaml")

ALSO = {400, 404, 415}
"""Statuses that the documents leave out at places where the server sends them: a wrong page or
parameter, somebody else's or no such thing, a body of another kind."""

ROUNDS = 6
"""Times that links are followed before one without success is a fault."""
VALID, KNOWN, MADE_UP = "valid", "with ids that are there", "as made up"
"""What is done to a call that schemathesis made up."""


@pytest.fixture(params=DOCUMENTS)
def schema(request):
    """One document, with links."""
    document = CONTRACT / request.param
    if not document.is_file():
        pytest.skip(f"the contract {request.param} is not beside the project (../shared/contract)")
    schemathesis = pytest.importorskip("schemathesis")
    raw = yaml.safe_load(document.read_text("utf-8"))
    return schemathesis.openapi.from_dict(contract.linked(raw))


@pytest.fixture(params=["admin", "developer"])
def visitor(request):
    """Somebody who visits the portal of a served institution."""
    made = Institution.fresh(seed=1, lab_id="contract")
    host().add(made)
    yield Visitor(made, request.param)
    host().remove(made)


class Visitor:
    """A user who asks what schemathesis makes up, and holds the answers against the document."""

    def __init__(self, institution: Institution, username: str):
        self._institution, self._username = institution, username
        self._base = host().url + institution.base_path
        self.seen: set[tuple[str, int]] = set()
        """Operations with the statuses that they were answered with."""
        self.known: contract.Known | None = None

    def begin(self) -> None:
        """Back to the first state, with what the operations are about."""
        self._institution.reset()
        self.known = contract.seed(self._institution, self._base, self._username)

    @property
    def call(self) -> dict:
        """How any case is called."""
        auth = self._institution.credentials(self._username)
        return {"base_url": self._base + contract.PORTAL, "auth": auth}

    def hold(self, case, response) -> None:
        self.seen.add((case.operation.label, response.status_code))
        case.validate_response(response, checks=_checks(case.operation, response))

    def unseen(self, schema) -> set[str]:
        """The operations that were never answered with success."""
        done = {label for label, status in self.seen if 200 <= status < 300}
        return {operation.label for operation in _operations(schema)} - done


@pytest.mark.slow
def test_every_answer_is_one_of_the_contract(schema, visitor):
    for operation in _operations(schema):
        visitor.begin()
        _hold(
            visitor,
            operation.as_strategy(generation_mode=_mode("POSITIVE")),
            12,
            VALID,
            KNOWN,
            MADE_UP,
        )
    assert visitor.unseen(schema) == set()


@pytest.mark.slow
def test_what_breaks_the_contract_is_answered_within_it(schema, visitor):
    visitor.begin()
    for operation in _operations(schema):
        with suppress(Unsatisfiable):  # nothing about it can be wrong
            _hold(
                visitor, operation.as_strategy(generation_mode=_mode("NEGATIVE")), 6, KNOWN, MADE_UP
            )
    assert {status for _, status in visitor.seen} & ALSO


@pytest.mark.slow
@pytest.mark.parametrize("paths", contract.CHAINS.values(), ids=contract.CHAINS)
def test_what_answers_lead_to_is_there(schema, visitor, paths):
    schema = schema.include(path_regex=paths)
    _seed_by_hooks(schema, visitor)

    class Workflow(schema.as_state_machine()):
        def setup(self):
            visitor.begin()

        def get_call_kwargs(self, case):
            return visitor.call

        def validate_response(self, response, case, **_):
            visitor.hold(case, response)

    linked = {link.target for link in contract.LINKS}
    for _ in range(ROUNDS):  # which link is followed is left to chance
        Workflow.run(settings=_settings(12, stateful_step_count=8, derandomize=False))
        if not visitor.unseen(schema) & linked:
            return
    pytest.fail(f"no success after a link: {visitor.unseen(schema) & linked}")


def _hold(visitor: Visitor, cases, count: int, *ways: str) -> None:
    """Call an operation `count` times with what schemathesis makes up, put right in `ways`."""

    @given(cases, st.sampled_from(ways))
    @_settings(count)
    def hold(case, how):
        if how != MADE_UP:
            _put_known(case, visitor.known, valid=how == VALID)
        visitor.hold(case, case.call(**visitor.call))

    hold()


def _settings(count: int, **more) -> settings:
    usual = {
        "derandomize": True,
        "database": None,
        "deadline": None,
        "phases": [Phase.generate],
        "suppress_health_check": list(HealthCheck),
    }
    return settings(max_examples=count, **(usual | more))


def _mode(name: str):
    from schemathesis import GenerationMode

    return GenerationMode[name]


def _operations(schema) -> list:
    return [found.ok() for found in schema.get_all_operations()]


def _put_known(case, known: contract.Known, valid: bool) -> None:
    """Things that are there in place of made-up ones; with `valid`, nothing else."""
    label = case.operation.label
    for fields, values in (
        (case.path_parameters, known.path(label)),
        (case.query, known.parameters),
        (case.body, known.parameters),
    ):
        if isinstance(fields, dict):
            fields.update(_named(values, fields))
    if valid:
        case.query = known.query(label, case.operation.query)
        if label in known.bodies:  # 3.20 does not say that a subscription's PUT has one
            case.body, case.media_type = known.bodies[label], "application/json"


def _named(values: dict[str, object], names) -> dict[str, object]:
    return {name: values[name] for name in names if name in values}


def _seed_by_hooks(schema, visitor: Visitor) -> None:
    """Let schemathesis make up nothing that a link is to bring: the rest is there."""

    @schema.hook("map_path_parameters")
    def path(context, path_parameters):
        values = visitor.known.path(context.operation.label)
        return path_parameters and {**path_parameters, **_named(values, path_parameters)}

    @schema.hook("map_query")
    def query(context, query):
        return visitor.known.query(context.operation.label, context.operation.query)

    @schema.hook("map_body")
    def body(context, body):
        return visitor.known.bodies.get(context.operation.label, body)


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
