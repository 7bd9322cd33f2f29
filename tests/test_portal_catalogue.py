"""The portal's catalogue: what is listed, how it is searched, what one API tells."""

import pytest

from intark_lab.birth import identity
from intark_lab.catalogue import load_catalogue

EMNER = identity(1, "api", "fs-emner")
GUIDE = identity(1, "page", "fs-emner/Guide")

FIELDS = {
    "an API": (
        f"/apis/{EMNER}",
        "id definitionVersion name version description draft public running entrypoints labels "
        "categories owner created_at updated_at rating_summary _links",
    ),
    "an API's owner": (f"/apis/{EMNER} owner", "id display_name email"),
    "an API's links": (
        f"/apis/{EMNER} _links",
        "self links metrics pages picture background plans ratings",
    ),
    "an API with more": (
        f"/apis/{EMNER}?include=pages&include=plans",
        "id definitionVersion name version description draft public running entrypoints labels "
        "categories owner created_at updated_at rating_summary _links pages plans",
    ),
    "a page": (
        f"/apis/{EMNER}/pages/{GUIDE}",
        "id name type order updated_at contentRevisionId _links",
    ),
    "a page with its content": (
        f"/apis/{EMNER}/pages/{GUIDE}?include=content",
        "id name type order updated_at contentRevisionId _links content",
    ),
    "a page's links": (f"/apis/{EMNER}/pages/{GUIDE} _links", "self content"),
    "a plan": (
        f"/apis/{EMNER}/plans data 0",
        "id name security description characteristics validation order comment_required mode "
        "usage_configuration",
    ),
    "a plan's limit": (
        f"/apis/{EMNER}/plans data 0 usage_configuration rate_limit",
        "limit period_time period_time_unit",
    ),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields(portal_as, case):
    place, fields = FIELDS[case]
    path, *steps = place.split()
    answer = portal_as(None).get(path)
    assert answer.status_code == 200
    found = answer.json()
    for step in steps:
        found = found[int(step) if step.isdigit() else step]
    assert set(found) == set(fields.split())


REFUSALS = {
    "unknown API": ("/apis/x", 404, "api.notFound", "Api [x] cannot be found."),
    "pages of an unknown API": ("/apis/x/pages", 404, "api.notFound", "Api [x] cannot be found."),
    "unknown page": (f"/apis/{EMNER}/pages/x", 404, "page.notFound", "Page [x] cannot be found."),
    "content of an unknown page": (
        f"/apis/{EMNER}/pages/x/content",
        404,
        "page.notFound",
        "Page [x] cannot be found.",
    ),
    "page past the end": ("/apis?page=2", 400, "pagination.invalid", "Pagination is not valid"),
    "page zero": ("/apis?page=0", 400, "pagination.invalid", "Pagination is not valid"),
    "size below -1": ("/apis?size=-2", 400, "unexpected", "Pagination size is not valid"),
    "page that is no number": ("/apis?page=x", 400, "queryParam", 'For input string: "x"'),
    "page too big": (f"/apis?page={2**31}", 400, "queryParam", f'For input string: "{2**31}"'),
    "unknown filter": ("/apis?filter=BEST", 400, "queryParam", "No enum constant filter.BEST"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(portal_as, case):
    path, status, code, message = REFUSALS[case]
    answer = portal_as(None).get(path)
    error = answer.json()["errors"][0]
    assert answer.status_code == status
    assert (error["status"], error["code"]) == (str(status), f"errors.{code}")
    assert error["message"] == message


def test_a_refusal_names_what_it_speaks_of(portal):
    error = portal.get("/apis/x").json()["errors"][0]
    assert set(error) == {"status", "message", "code", "parameters"}
    assert error["parameters"] == {"api": "x"}


NARROWED = {
    "all": ("", 6),
    "by name": ("?name=FS Emner: courses and teaching", 1),
    "half a name": ("?name=FS Emner", 0),
    "by version": ("?version=1.4.0", 1),
    "by context path": ("?context-path=/fs/emner/v1", 1),
    "by label": ("?label=emne", 1),
    "filter goes before category": ("?category=studies&filter=ALL", 6),
    "featured: nobody features": ("?filter=FEATURED", 0),
    "starred: nobody rates": ("?filter=STARRED", 0),
    "all but the starred": ("?-filter=STARRED", 6),
    "mine": ("?filter=MINE", 1),
    "not mine": ("?-filter=MINE", 5),
    "the promoted one": ("?promoted=true", 1),
    "all but the promoted one": ("?promoted=false", 5),
    "q is not read here": ("?q=timetable", 6),
}


@pytest.mark.parametrize("case", NARROWED)
def test_listing_narrowed(portal, case):
    query, count = NARROWED[case]
    assert len(portal.get(f"/apis{query}").json()["data"]) == count


def test_the_most_subscribed_first(portal, institution):
    listed = [api["id"] for api in portal.get("/apis?filter=TRENDINGS").json()["data"]]
    rows = institution.store.all(
        "SELECT api, count(DISTINCT application) AS count FROM subscription "
        "WHERE status IN ('ACCEPTED', 'PAUSED') GROUP BY api"
    )
    counts = {row["api"]: row["count"] for row in rows}
    assert set(listed) == set(counts)
    assert [counts[api] for api in listed] == sorted(counts.values(), reverse=True)


def test_listing_by_category(portal):
    found = {api["name"] for api in portal.get("/apis?category=studies").json()["data"]}
    assert found == {api.name for api in load_catalogue() if "studies" in api.categories}


def test_the_list_is_by_name(portal):
    names = [api["name"] for api in portal.get("/apis").json()["data"]]
    assert names == sorted((api.name for api in load_catalogue()), key=str.casefold)


SEARCHES = {
    "a word of the name comes first": ("timetable", "tp-timeplan"),
    "letters count alike": ("TIMETABLE", "tp-timeplan"),
    "a word of a label": ("undervisning", "fs-emner"),
    "a part of the path": ("rombooking", "rombooking"),
}


@pytest.mark.parametrize("case", SEARCHES)
def test_search(portal, case):
    words, slug = SEARCHES[case]
    found = portal.post("/apis/_search", params={"q": words}).json()["data"]
    assert found[0]["id"] == identity(1, "api", slug)


def test_search_finds_nothing_where_no_word_is(portal):
    answer = portal.post("/apis/_search", params={"q": "zebra"}).json()
    assert answer == {"data": [], "metadata": {"data": {"total": 0}}}


def test_search_without_words_lists_all(portal):
    assert portal.post("/apis/_search").json()["metadata"]["pagination"]["total"] == 6


VISIBILITY = {
    "public, published": ("PUBLIC", "PUBLISHED", {None, "developer", "admin"}),
    "private: its subscribers": ("PRIVATE", "PUBLISHED", {"developer", "admin"}),
    "not published: its members": ("PUBLIC", "UNPUBLISHED", {"developer", "admin"}),
    "archived": ("PUBLIC", "ARCHIVED", set()),
}


@pytest.mark.parametrize("case", VISIBILITY)
def test_who_sees_an_api(portal_as, institution, case):
    visibility, lifecycle, readers = VISIBILITY[case]
    with institution.store.transaction():
        change = "UPDATE api SET visibility = ?, lifecycle = ? WHERE id = ?"
        institution.store.write(change, visibility, lifecycle, EMNER)
    everybody = (None, "developer", "admin")
    seen = {who for who in everybody if portal_as(who).get(f"/apis/{EMNER}").status_code == 200}
    assert seen == readers
