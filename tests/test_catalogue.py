"""The catalogue as data: complete, coherent, and pointing nowhere real."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from intark_lab import catalogue, paths
from intark_lab.catalogue import load_catalogue
from intark_lab.world.vocabulary import words

APIS = {api.slug: api for api in load_catalogue()}
PLANS = {(api.slug, plan.slug): plan for api in APIS.values() for plan in api.plans}
each_api = pytest.mark.parametrize("api", APIS.values(), ids=APIS)
each_plan = pytest.mark.parametrize(("api", "plan"), PLANS)


def test_what_the_catalogue_offers():
    offered = {key: (plan.security, plan.validation) for key, plan in PLANS.items()}
    assert offered == {
        ("dfo-ansatte", "directory"): ("API_KEY", "MANUAL"),
        ("dfo-ansatte", "personnel"): ("API_KEY", "MANUAL"),
        ("fs-emner", "open-study-data"): ("API_KEY", "AUTO"),
        ("fs-emner", "internal-study-data"): ("API_KEY", "MANUAL"),
        ("fs-studenter", "basic"): ("API_KEY", "MANUAL"),
        ("fs-studenter", "full"): ("API_KEY", "MANUAL"),
        ("orgreg", "open"): ("KEY_LESS", "AUTO"),
        ("rombooking", "rooms-and-bookings"): ("API_KEY", "AUTO"),
        ("tp-timeplan", "timetable"): ("API_KEY", "AUTO"),
    }


def test_no_context_path_is_inside_another():
    prefixes = sorted(api.context_path + "/" for api in APIS.values())
    nested = [(a, b) for a in prefixes for b in prefixes if a != b and b.startswith(a)]
    assert nested == []


@each_api
def test_the_document_is_openapi_3_1(api):
    assert api.openapi["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(api.openapi).iter_errors()) == []


@each_api
def test_the_document_is_about_this_api(api):
    assert api.openapi["info"]["version"] == api.version
    assert [server["url"] for server in api.openapi["servers"]] == [api.context_path]
    keyless = [plan.slug for plan in api.plans if plan.security == "KEY_LESS"]
    assert bool(api.openapi["security"]) != bool(keyless)


@each_api
def test_objects_name_all_their_fields(api):
    schemas = _nodes(api.openapi["components"]["schemas"])
    for schema in (node for node in schemas if node.get("type") == "object"):
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
        assert all("description" in p or "$ref" in p for p in schema["properties"].values())


def _nodes(node):
    """Every JSON object in `node`, itself first."""
    if isinstance(node, dict):
        yield node
    for below in node.values() if isinstance(node, dict) else node:
        if isinstance(below, dict | list):
            yield from _nodes(below)


@each_api
def test_examples_are_what_their_schema_asks_for(api):
    checked = 0
    for node in _nodes(api.openapi):
        pairs = [(node, example) for example in node.get("examples", [])]
        if "in" in node and "example" in node:
            pairs.append((node["schema"], node["example"]))
        for schema, example in pairs:
            Draft202012Validator(schema).validate(example)
        checked += len(pairs)
    assert checked > 10


@each_api
def test_every_operation_says_what_can_come_back(api):
    for path, item in api.openapi["paths"].items():
        assert list(item) == ["get"]
        expected = {"200", "400", "401", "403", "405", "429"} | ({"404"} if "{" in path else set())
        assert set(item["get"]["responses"]) == expected


def _policies(plan, name):
    """(path, configuration) of every policy `name` in the flows of a plan."""
    return [
        (flow["path-operator"]["path"], step["configuration"])
        for flow in plan.flows
        for step in flow["pre"]
        if step["policy"] == name
    ]


def _whitelist(plan):
    return _policies(plan, "resource-filtering")[0][1]["whitelist"]


@each_plan
def test_path_rules_are_about_paths_that_exist(api, plan):
    documented = {f"/{path.split('/')[1]}" for path in APIS[api].openapi["paths"]}
    patterns = {rule["pattern"].removesuffix("/**") for rule in _whitelist(PLANS[api, plan])}
    assert patterns <= documented | {""}
    limited = {path for path, _ in _policies(PLANS[api, plan], "rate-limit")}
    assert limited <= documented | {"/"}


@each_plan
def test_a_plan_is_read_only(api, plan):
    assert [path for path, _ in _policies(PLANS[api, plan], "resource-filtering")] == ["/"]
    assert all(rule["methods"] == ["GET"] for rule in _whitelist(PLANS[api, plan]))


@each_plan
def test_whoever_must_be_asked_asks_something(api, plan):
    manual = PLANS[api, plan].validation == "MANUAL"
    assert PLANS[api, plan].comment_required == manual
    assert bool(PLANS[api, plan].comment_question) == manual


@pytest.mark.parametrize(
    ("api", "plan", "shut"),
    [
        ("fs-emner", "open-study-data", "/emnepameldinger"),
        ("fs-studenter", "basic", "/fodselsnumre"),
        ("dfo-ansatte", "directory", "/fodselsnumre"),
    ],
)
def test_the_narrow_plan_leaves_something_out(api, plan, shut):
    assert shut in APIS[api].openapi["paths"]
    allowed = [rule["pattern"] for rule in _whitelist(PLANS[api, plan])]
    assert "/**" not in allowed
    assert not [pattern for pattern in allowed if pattern.startswith(shut)]


def test_teaching_activities_are_limited_to_five_a_second():
    rate = {"limit": 5, "periodTime": 1, "periodTimeUnit": "SECONDS"}
    assert _policies(PLANS["fs-emner", "open-study-data"], "rate-limit") == [
        ("/undervisningsaktiviteter", {"addHeaders": True, "rate": rate})
    ]


@each_api
def test_the_guide_says_whom_to_ask_what_for_and_how_to_call(api):
    assert api.guide.startswith("# ")
    assert api.owner in api.guide
    assert f"https://gw-nordvik.intark.example{api.context_path}/" in api.guide
    assert f"`{api.openapi['info']['contact']['email']}`" in api.guide
    assert all(f"**{plan.name}**" in api.guide for plan in api.plans)


@each_plan
def test_the_guide_says_what_a_request_must_say(api, plan):
    rules = APIS[api].guide.partition("## What your request must say")[2]
    if PLANS[api, plan].validation == "MANUAL":
        expected = ["purpose", "contact", "narrower plan"]
        if "personal data" in APIS[api].labels:
            expected += ["legal basis", "case number"]
        assert [word for word in expected if f"**{word}**" not in rules] == []


@each_api
def test_nothing_points_at_a_real_host(api):
    texts = [api.guide, str(api.openapi), str(api.plans)]
    hosts = re.findall(r"https?://([\w.-]+)|[\w.]@([\w.-]+\w)", " ".join(texts))
    assert hosts
    assert all((url or mail).endswith(".example") for url, mail in hosts)


def test_institutions_are_told_apart_by_their_addresses():
    slugs = [institution["slug"] for institution in words("institutions")]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z]+", slug) for slug in slugs)


def test_the_documentation_knows_every_vocabulary():
    readme = (paths.data() / "README.md").read_text("utf-8")
    files = [file.name for file in (paths.data() / "vocabulary").iterdir()]
    assert [name for name in files if f"`{name}`" not in readme] == []


def test_a_field_too_many_is_an_error(tmp_path):
    folder = tmp_path / "orgreg"
    folder.mkdir()
    for file in (paths.data() / "apis" / "orgreg").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with (folder / "api.toml").open("a", encoding="utf-8") as file:
        file.write("colour = 'blue'\n")
    with pytest.raises(TypeError, match="colour"):
        catalogue._api(folder)
