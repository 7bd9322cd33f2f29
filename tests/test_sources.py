"""Every answer of every source system is what its OpenAPI document says."""

import re
from urllib.parse import quote, urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from intark_lab.catalogue import load_catalogue
from intark_lab.sources import Sources
from intark_lab.world import World

APIS = {api.source: api for api in load_catalogue()}
COLLECTIONS = [
    (source, path[1:])
    for source, api in APIS.items()
    for path in api.openapi["paths"]
    if "{" not in path
]

FILTERS = {
    ("orgreg", "units"): {
        "parent": lambda unit: [unit["parent"]],
        "tag": lambda unit: unit["tags"],
    },
    ("fs-emner", "emner"): {
        "kode": lambda emne: [emne["kode"]],
        "ou_id": lambda emne: [emne["organisasjonsenhet"]["ou_id"]],
        "semester": lambda emne: [_semester(emne)],
        "undervisningssprak": lambda emne: [emne["undervisningssprak"]],
    },
    ("fs-emner", "undervisningsaktiviteter"): {
        "kode": lambda activity: [activity["emne"]["kode"]],
        "ou_id": lambda activity: [activity["organisasjonsenhet"]["ou_id"]],
        "semester": lambda activity: [_semester(activity)],
        "form": lambda activity: [activity["form"]["kode"]],
    },
    ("fs-emner", "emnepameldinger"): {
        "kode": lambda row: [row["emne"]["kode"]],
        "semester": lambda row: [_semester(row)],
    },
    ("fs-studenter", "personer"): {
        "studentnummer": lambda person: [person["studentnummer"]],
        "studieprogram": lambda person: [person["studieprogram"]["kode"]],
    },
    ("fs-studenter", "emnepameldinger"): {
        "kode": lambda row: [row["emne"]["kode"]],
        "personlopenummer": lambda row: [row["personlopenummer"]],
        "semester": lambda row: [_semester(row)],
    },
    ("fs-studenter", "fodselsnumre"): {},
    ("dfo-ansatte", "ansatte"): {
        "organisasjonId": lambda employee: [employee["organisasjonId"]],
        "stillingskode": lambda employee: [employee["stillingskode"]],
    },
    ("dfo-ansatte", "stillinger"): {
        "organisasjonId": lambda post: [post["organisasjonId"]],
        "stillingskode": lambda post: [post["stillingskode"]],
    },
    ("dfo-ansatte", "fodselsnumre"): {},
    ("tp-timeplan", "aktiviteter"): {
        "kode": lambda activity: [activity["emne"]["kode"]],
        "semester": lambda activity: [_semester(activity)],
        "rom": lambda activity: [activity["rom"]["id"]],
        "uke": lambda activity: activity["uker"],
        "ukedag": lambda activity: [activity["ukedag"]],
    },
    ("rombooking", "rom"): {
        "bygning": lambda room: [room["bygning"]["kode"]],
        "type": lambda room: [room["type"]],
        "min_plasser": lambda room: range(1, room["antall_plasser"] + 1),
    },
    ("rombooking", "bookinger"): {
        "rom": lambda booking: [booking["rom"]["id"]],
        "dato": lambda booking: [booking["dato"]],
        "ou_id": lambda booking: [booking["organisasjonsenhet"]["ou_id"]],
    },
}
"""By collection and parameter: the values under which a record is found."""


def _semester(record):
    return f"{record['semester']['ar']}-{record['semester']['termin']}"


@pytest.fixture(scope="module")
def sources():
    return Sources(World(1))


@pytest.fixture
def get(sources):
    """GET a path, hold the answer against the document, and return (status, headers, body)."""

    def call(source, path, query="", method="GET"):
        status, headers, body = sources.respond(source, method, path, query.encode())
        headers, body = dict(headers), orjson.loads(body)
        _documented(source, path, status, headers[b"content-type"].decode(), body)
        return status, headers, body

    return call


def _documented(source, path, status, content_type, body):
    """Fail unless the document has this status for the path, with a schema that the body meets."""
    document = APIS[source].openapi
    template = next((t for t in document["paths"] if _fits(t, path)), None)
    if template is None:
        response = document["components"]["responses"]["NotFound"]
    else:
        response = document["paths"][template]["get"]["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    _hold(document, response["content"][content_type]["schema"], body)


def _fits(template, path):
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)


def _hold(document, schema, body):
    registry = Registry().with_resource(
        "urn:api", Resource.from_contents(document, default_specification=DRAFT202012)
    )
    absolute = orjson.loads(orjson.dumps(schema).replace(b'"#/', b'"urn:api#/'))
    Draft202012Validator(absolute, registry=registry, format_checker=FormatChecker()).validate(body)


def test_the_table_knows_every_filter():
    documented = {
        (source, name): set(_query_parameters(source, name)) - {"limit", "offset"}
        for source, name in COLLECTIONS
    }
    assert documented == {key: set(filters) for key, filters in FILTERS.items()}


def _query_parameters(source, name):
    document = APIS[source].openapi
    for spec in document["paths"][f"/{name}"]["get"]["parameters"]:
        kind = spec.get("$ref", "").rpartition("/")[2]
        yield kind or spec["name"]


@pytest.mark.parametrize(("source", "name"), COLLECTIONS)
@pytest.mark.parametrize("limit", [100, 37])
def test_following_next_reaches_every_record_once(get, sources, source, name, limit):
    items, query = [], f"limit={limit}"
    while query:
        status, headers, body = get(source, f"/{name}", query)
        assert status == 200
        items += body["items"]
        query = _related(headers, "next")
    assert items == sources.records(source, name)
    assert body["total"] == len(items)


@pytest.mark.parametrize(("source", "name"), COLLECTIONS)
def test_a_list_begins_with_25(get, sources, source, name):
    _, headers, body = get(source, f"/{name}")
    assert body["items"] == sources.records(source, name)[:25]
    assert (body["limit"], body["offset"]) == (25, 0)
    assert _related(headers, "next") == "limit=25&offset=25"
    assert _related(headers, "prev") is None


@pytest.mark.parametrize(
    ("query", "next_", "prev"),
    [
        ("limit=10&offset=5", "limit=10&offset=15", "limit=10&offset=0"),
        ("limit=10&offset=30", None, "limit=10&offset=20"),
        ("limit=10&offset=500", None, "limit=10&offset=28"),
        ("limit=38", None, None),
        ("tag=section&limit=5", "tag=section&limit=5&offset=5", None),
        ("limit=5&offset=10&tag=section", None, "tag=section&limit=5&offset=5"),
    ],
)
def test_links_lead_to_the_pages_beside(get, query, next_, prev):
    """Orgreg has 38 units, 12 of them sections."""
    _, headers, _ = get("orgreg", "/units", query)
    assert (_related(headers, "next"), _related(headers, "prev")) == (next_, prev)


def _related(headers, relation):
    """The query string of the linked page, None if there is no such link."""
    link = re.search(rf'<\?([^>]*)>; rel="{relation}"', headers.get(b"link", b"").decode())
    return link and link[1]


@pytest.mark.parametrize(
    ("source", "name", "parameter"),
    [(*key, parameter) for key, filters in FILTERS.items() for parameter in filters],
)
def test_a_filter_finds_what_has_the_value_and_nothing_else(get, sources, source, name, parameter):
    records, values_of = sources.records(source, name), FILTERS[source, name][parameter]
    value = list(values_of(records[len(records) // 2]))[-1]
    expected = [record for record in records if value in values_of(record)]
    status, _, body = get(source, f"/{name}", urlencode({parameter: value, "limit": 100}))
    assert status == 200
    assert body["items"] == expected[:100]
    assert 0 < body["total"] == len(expected) < len(records)


def test_filters_are_joined_by_and(get, sources):
    _, _, body = get(
        "fs-emner", "/emner", "undervisningssprak=en&semester=2026-H%C3%98ST&limit=100"
    )
    emner = sources.records("fs-emner", "emner")
    english = [emne for emne in emner if emne["undervisningssprak"] == "en"]
    assert body["items"] == [emne for emne in english if _semester(emne) == "2026-HØST"]


@pytest.mark.parametrize(("source", "name"), COLLECTIONS)
def test_a_record_is_found_by_its_id(get, sources, source, name):
    records, field = sources.records(source, name), _id_field(source, name)
    for record in (records[0], records[len(records) // 2], records[-1]):
        assert get(source, f"/{name}/{record[field]}")[::2] == (200, record)
        assert sources.record(source, name, record[field]) == record


def _id_field(source, name):
    paths = APIS[source].openapi["paths"]
    return next(path for path in paths if path.startswith(f"/{name}/")).split("{")[1].rstrip("}")


@pytest.mark.parametrize(("source", "name"), COLLECTIONS)
def test_an_unknown_id_is_404(get, sources, source, name):
    status, _, problem = get(source, f"/{name}/999999999")
    assert status == 404
    assert "999999999" in problem["detail"]
    assert sources.record(source, name, 999999999) is None


@pytest.mark.parametrize("source", APIS)
@pytest.mark.parametrize("path", ["", "/", "/nothing", "/../units", "/emner/", "/units/1/children"])
def test_an_unknown_path_is_404(get, source, path):
    assert get(source, path)[0] == 404


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "'limit' must be at least 1"),
        ("limit=101", "'limit' must be at most 100"),
        ("limit=ten", "'limit' must be a whole number"),
        ("limit=", "'limit' must be a whole number"),
        ("limit=5.0", "'limit' must be a whole number"),
        ("limit=+5", "'limit' must be a whole number"),
        ("limit=٣", "'limit' must be a whole number"),
        (f"limit={'9' * 5000}", "'limit' must be a whole number"),
        ("offset=-1", "'offset' must be at least 0"),
        ("ou_id=-1", "'ou_id' must be at least 0"),
        ("semester=H2026", "'semester' must look like '2026-HØST'"),
        ("semester=2026-HØST\n", "'semester' must look like '2026-HØST'"),
        ("undervisningssprak=nn", "'undervisningssprak' must be one of nb, en"),
        ("kode=", "'kode' must have 1 to 20 characters"),
        (f"kode={'X' * 21}", "'kode' must have 1 to 20 characters"),
        ("Limit=5", "Unknown parameter 'Limit'"),
        ("page=2", "Unknown parameter 'page'. Known here: limit, offset, kode"),
        ("limit=5&limit=6", "'limit' is given twice"),
    ],
)
def test_a_wrong_parameter_is_400_and_named(get, query, named):
    status, _, problem = get("fs-emner", "/emner", quote(query, safe="=&"))
    assert status == 400
    assert named in problem["detail"]


@pytest.mark.parametrize("query", [b"kode=\xff", b"kode=%FF", "kode=Ø".encode()])
def test_a_query_that_is_not_encoded_is_400(sources, query):
    status, _, body = sources.respond("fs-emner", "GET", "/emner", query)
    assert status == 400
    assert "percent-encoded" in orjson.loads(body)["detail"]


@settings(deadline=None, derandomize=True, database=None)
@given(
    path=st.one_of(st.text(), st.text().map(lambda text: f"/emner/{text}"), st.just("/emner")),
    query=st.one_of(st.binary(), st.text().map(lambda text: f"limit={text}".encode())),
)
def test_no_request_is_without_an_answer(sources, path, query):
    answer = sources.respond("fs-emner", "GET", path, query)
    assert answer.status in (200, 400, 404)
    assert orjson.loads(answer.body)


def test_a_record_takes_no_parameters(get):
    status, _, problem = get("fs-emner", "/emner/INF1100-1", "limit=1")
    assert status == 400
    assert "Unknown parameter 'limit'. Known here: none." in problem["detail"]


def test_a_number_is_asked_for_as_a_number(get):
    status, _, problem = get("orgreg", "/units/INFO")
    assert status == 400
    assert "'ou_id' must be a whole number" in problem["detail"]


@pytest.mark.parametrize(("source", "name"), COLLECTIONS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_only_get_is_served(get, source, name, method):
    status, headers, problem = get(source, f"/{name}", method=method)
    assert (status, problem["status"], headers[b"allow"]) == (405, 405, b"GET")


def test_national_ids_are_nowhere_but_in_their_own_resource(sources):
    for source, name in COLLECTIONS:
        fields = set(sources.records(source, name)[0])
        private = fields & {"fodselsnummer", "fnr", "fdato", "fodselsdato"}
        assert bool(private) == (name == "fodselsnumre")


def test_systems_agree_with_each_other(sources):
    """What a learner joins has its other half."""
    units = sources.records("orgreg", "units")
    dfo_ids = {key["value"] for unit in units for key in unit["external_keys"]}
    employees = sources.records("dfo-ansatte", "ansatte")
    assert {employee["organisasjonId"] for employee in employees} <= dfo_ids
    activities = sources.records("fs-emner", "undervisningsaktiviteter")
    timetable = sources.records("tp-timeplan", "aktiviteter")
    assert [line["id"] for line in timetable] == [activity["id"] for activity in activities]
    counted = sum(row["antall"] for row in sources.records("fs-emner", "emnepameldinger"))
    assert counted == len(sources.records("fs-studenter", "emnepameldinger"))


def test_an_unknown_source_is_a_programming_error(sources):
    with pytest.raises(KeyError):
        sources.respond("nothing", "GET", "/units", b"")
