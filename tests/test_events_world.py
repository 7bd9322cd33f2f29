"""After much has happened the institution still makes sense."""

from collections import Counter
from datetime import date

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from intark_lab.catalogue import load_catalogue
from intark_lab.events import KINDS, Scene
from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.lab import connect
from intark_lab.world.dice import Dice

APIS = {api.source: api for api in load_catalogue()}
COLLECTIONS = [
    (source, path[1:])
    for source, api in APIS.items()
    for path in api.openapi["paths"]
    if "{" not in path
]


@pytest.fixture(scope="module")
def eventful():
    """An institution after five days and every awkward happening."""
    institution = Institution.fresh(seed=3, lab_id="eventful")
    host().add(institution)
    lab = connect(host().url + institution.base_path, institution.token)
    for _ in range(3):
        for kind, ways in lab.kinds.items():
            for how in [None, *ways]:
                lab.happens(kind, how)
    lab.advance(hours=40)
    yield institution
    host().remove(institution)


@pytest.mark.parametrize(("source", "name"), COLLECTIONS)
def test_records_stay_as_their_document_says(eventful, source, name):
    records = eventful.sources.records(source, name)
    schema = APIS[source].openapi["paths"][f"/{name}"]["get"]["responses"]["200"]["content"]
    page = {"items": records[-50:] + records[:10], "total": 60, "limit": 60, "offset": 0}
    _hold(APIS[source].openapi, schema["application/json"]["schema"], page)
    ids = eventful.sources.ids(source, name)
    assert len(set(ids)) == len(records)


def _hold(document, schema, body):
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:api", resource)
    absolute = orjson.loads(orjson.dumps(schema).replace(b'"#/', b'"urn:api#/'))
    validator = Draft202012Validator(absolute, registry=registry, format_checker=FormatChecker())
    validator.validate(body)


def test_systems_still_agree_with_each_other(eventful):
    records = eventful.sources.records
    timetable, teaching = (
        {one["id"] for one in records(*each)}
        for each in (("tp-timeplan", "aktiviteter"), ("fs-emner", "undervisningsaktiviteter"))
    )
    assert timetable == teaching
    rows = Counter(row["emne"]["id"] for row in records("fs-studenter", "emnepameldinger"))
    counts = {one["emne"]["id"]: one["antall"] for one in records("fs-emner", "emnepameldinger")}
    assert {course: count for course, count in counts.items() if count} == dict(rows)
    people = {one["personlopenummer"] for one in records("fs-studenter", "personer")}
    enrolled = {row["personlopenummer"] for row in records("fs-studenter", "emnepameldinger")}
    assert enrolled <= people
    holders = {
        one["innehaver"][0]["innehaverAnsattnr"]: one
        for one in records("dfo-ansatte", "stillinger")
    }
    for employee in records("dfo-ansatte", "ansatte"):
        post = holders[employee["ansattnummer"]]
        assert post["organisasjonId"] == employee["organisasjonId"]
        assert post["innehaver"][0]["innehaverSluttdato"] == employee["sluttdato"]


def test_no_room_holds_two_and_nobody_shares_a_number(eventful):
    records = eventful.sources.records
    places = Counter(
        (one["rom"]["id"], one["ukedag"], one["fra"], one["semester"]["termin"])
        for one in records("tp-timeplan", "aktiviteter")
    )
    assert max(places.values()) == 1
    for source, name, field in (
        ("fs-studenter", "fodselsnumre", "fodselsnummer"),
        ("fs-studenter", "personer", "studentnummer"),
        ("fs-studenter", "personer", "epost"),
        ("dfo-ansatte", "ansatte", "epost"),
    ):
        values = [record[field] for record in records(source, name)]
        assert len(set(values)) == len(values)


def test_a_namesake_shares_no_number_and_no_address(institution):
    """The same chances twice: the second comes when the first is there already."""

    def admitted() -> tuple[dict, dict]:
        scene = Scene(institution.sources, Dice(1, "twins"), date(2026, 9, 1))
        happening = KINDS["a student is admitted"].happen(scene, None)
        institution.sources.show(happening.changes)
        return tuple(change.record for change in happening.changes)

    (one, one_identity), (other, other_identity) = admitted(), admitted()
    assert (one["fornavn"], one["etternavn"]) == (other["fornavn"], other["etternavn"])
    for field in ("personlopenummer", "studentnummer", "epost"):
        assert one[field] != other[field]
    assert one_identity["fodselsnummer"] != other_identity["fodselsnummer"]
