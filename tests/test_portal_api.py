"""One API in the portal: its entrypoint, pages, plans and pictures."""

import json

import pytest

from intark_lab.birth import identity
from intark_lab.catalogue import load_catalogue

EMNER = identity(1, "api", "fs-emner")
GUIDE = identity(1, "page", "fs-emner/Guide")


def test_include_is_repeated_not_joined(portal):
    joined = portal.get(f"/apis/{EMNER}", params={"include": "pages,plans"}).json()
    assert not {"pages", "plans"} & set(joined)


def test_content_is_the_document_as_text(portal):
    pages = portal.get(f"/apis/{EMNER}/pages").json()["data"]
    kinds = {page["type"]: page["_links"]["content"] for page in pages}
    guide, document = (portal.get(kinds[kind]) for kind in ("MARKDOWN", "SWAGGER"))
    assert guide.headers["content-type"].startswith("text/plain")
    assert guide.text == next(a.guide for a in load_catalogue() if a.slug == "fs-emner")
    assert document.text.lstrip().startswith('{\n  "openapi": "3.1')


def test_entrypoint_is_the_gateway_of_the_same_lab(portal):
    entrypoint = "http://lab.example/labs/lab/gateway/fs/emner/v1"
    assert portal.get(f"/apis/{EMNER}").json()["entrypoints"] == [entrypoint]


def test_homepage_and_parent_narrow_the_pages(portal, institution):
    child = identity(1, "page", "fs-emner/OpenAPI")
    with institution.store.transaction():
        institution.store.write("UPDATE page SET parent = ? WHERE id = ?", GUIDE, child)
    path = f"/apis/{EMNER}/pages"
    assert [p["id"] for p in portal.get(path + "?homepage=true").json()["data"]] == [GUIDE]
    assert [p["id"] for p in portal.get(f"{path}?parent={GUIDE}").json()["data"]] == [child]


def test_a_private_page_is_for_users(portal, portal_as, institution):
    with institution.store.transaction():
        institution.store.write("UPDATE page SET visibility = 'PRIVATE' WHERE id = ?", GUIDE)
    path = f"/apis/{EMNER}/pages/{GUIDE}"
    assert portal.get(path).status_code == 200
    refused = portal_as(None).get(path)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
        401,
        "errors.unauthorized",
    )
    assert len(portal_as(None).get(f"/apis/{EMNER}/pages").json()["data"]) == 1


def test_a_plan_that_excludes_the_users_group_is_hidden(portal, portal_as, institution):
    plan = identity(1, "plan", "fs-emner/open-study-data")
    with institution.store.transaction():
        institution.store.write("UPDATE plan SET excluded_groups = '[\"g\"]' WHERE id = ?", plan)
        institution.store.write("UPDATE user SET groups = '[\"g\"]'")
    path = f"/apis/{EMNER}/plans"
    assert plan not in {p["id"] for p in portal.get(path).json()["data"]}
    assert plan in {p["id"] for p in portal_as("admin").get(path).json()["data"]}


def test_the_tightest_limit_of_a_plan_is_told(portal):
    plans = portal.get(f"/apis/{EMNER}/plans").json()["data"]
    limits = [plan["usage_configuration"]["rate_limit"]["limit"] for plan in plans]
    assert limits == [5, 50]


def test_a_quota_is_told_and_a_limit_without_a_number_is_not(portal, institution):
    hour = {"limit": 0, "dynamicLimit": "{#x}", "periodTime": 1, "periodTimeUnit": "HOURS"}
    steps = [
        {"policy": "quota", "configuration": {"quota": hour | {"limit": limit}}}
        for limit in (100, 10)
    ]
    steps.append({"policy": "rate-limit", "configuration": {"rate": hour}})
    off = {"policy": "quota", "enabled": False, "configuration": {"quota": hour | {"limit": 1}}}
    flows = json.dumps([{"pre": [*steps, off]}])
    with institution.store.transaction():
        institution.store.write("UPDATE plan SET flows = ? WHERE api = ?", flows, EMNER)
    plan = portal.get(f"/apis/{EMNER}/plans").json()["data"][0]
    assert plan["usage_configuration"] == {
        "quota": {"limit": 10, "period_time": 1, "period_time_unit": "HOURS"}
    }


@pytest.mark.parametrize("link", ["picture", "background"])
def test_pictures_are_where_their_links_say(portal, institution, link):
    address = portal.get(f"/apis/{EMNER}").json()["_links"][link]
    assert (portal.get(address).status_code, portal.get(address).content) == (200, b"")
    with institution.store.transaction():
        picture = "data:image/png;base64,aGVp"
        institution.store.write(f"UPDATE api SET {link} = ? WHERE id = ?", picture, EMNER)
    answer = portal.get(address)
    assert (answer.headers["content-type"], answer.content) == ("image/png", b"hei")


def test_applications_and_users_have_no_picture(portal):
    links = portal.get("/applications").json()["data"][0]["_links"]
    for address in (
        links["picture"],
        links["background"],
        portal.get("/user").json()["_links"]["avatar"],
    ):
        assert (portal.get(address).status_code, portal.get(address).content) == (200, b"")
