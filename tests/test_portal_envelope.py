"""The portal's list envelope, case by case, over a list of seven applications."""

import pytest

BASE = "http://lab.example/labs/lab/portal/environments/DEFAULT/applications"


@pytest.fixture
def seven(portal):
    for number in range(6):
        body = {"name": f"Another application {number}", "settings": {"app": {}}}
        assert portal.post("/applications", json=body).status_code == 201
    return portal


PAGES = {
    "one page for all": ("", 7, (1, 10, 1, 7, 7, 1)),
    "first of three": ("?size=3", 3, (1, 3, 1, 3, 7, 3)),
    "second of three": ("?size=3&page=2", 3, (2, 3, 4, 6, 7, 3)),
    "last of three": ("?size=3&page=3", 1, (3, 3, 7, 7, 7, 3)),
}
PAGINATION = ("current_page", "size", "first", "last", "total", "total_pages")


@pytest.mark.parametrize("case", PAGES)
def test_pagination(seven, case):
    query, shown, numbers = PAGES[case]
    answer = seven.get(f"/applications{query}").json()
    assert len(answer["data"]) == shown
    assert answer["metadata"] == {
        "data": {"total": shown},
        "pagination": dict(zip(PAGINATION, numbers, strict=True)),
    }


LINKS = {
    "one page": ("", {"self": BASE}),
    "first": (
        "?size=3",
        {
            "self": f"{BASE}?size=3",
            "first": f"{BASE}?size=3&page=1",
            "last": f"{BASE}?size=3&page=3",
            "next": f"{BASE}?size=3&page=2",
        },
    ),
    "middle": (
        "?page=2&size=3",
        {
            "self": f"{BASE}?page=2&size=3",
            "first": f"{BASE}?size=3&page=1",
            "last": f"{BASE}?size=3&page=3",
            "prev": f"{BASE}?size=3&page=1",
            "next": f"{BASE}?size=3&page=3",
        },
    ),
    "last": (
        "?size=3&page=3",
        {
            "self": f"{BASE}?size=3&page=3",
            "first": f"{BASE}?size=3&page=1",
            "last": f"{BASE}?size=3&page=3",
            "prev": f"{BASE}?size=3&page=2",
        },
    ),
}


@pytest.mark.parametrize("case", LINKS)
def test_links(seven, case):
    query, links = LINKS[case]
    assert seven.get(f"/applications{query}").json()["links"] == links


def test_size_0_is_metadata_only(seven):
    answer = seven.get("/applications?size=0").json()
    assert answer == {"data": [], "metadata": {"data": {"total": 7}}}


def test_size_minus_1_is_everything(seven):
    answer = seven.get("/applications?size=-1").json()
    assert len(answer["data"]) == 7
    assert answer["metadata"] == {"data": {"total": 7}}
    assert "links" not in answer


def test_an_empty_list_has_neither_pagination_nor_links(portal_as):
    answer = portal_as(None).get("/apis?filter=STARRED&page=4").json()
    assert answer == {"data": [], "metadata": {"data": {"total": 0}}}


def test_following_next_meets_everything_once(seven):
    answer = seven.get("/applications?size=2").json()
    met = [row["id"] for row in answer["data"]]
    while (following := answer["links"].get("next")) is not None:
        answer = seven.get(following).json()
        met += [row["id"] for row in answer["data"]]
    assert len(met) == len(set(met)) == 7


ORDERS = {
    "by name": ("", "Another application 0"),
    "by name, the last first": ("?order=-name", "Course application"),
    "the fewest subscriptions first": ("?order=nbSubscriptions", "Another application 0"),
    "the most subscriptions first": ("?order=-nbSubscriptions", "Course application"),
}


@pytest.mark.parametrize("case", ORDERS)
def test_order_of_applications(seven, case):
    query, first = ORDERS[case]
    assert seven.get(f"/applications{query}").json()["data"][0]["name"] == first


def test_a_slash_behind_a_path_changes_nothing(seven):
    answer = seven.get("/applications/", params={"size": 3})
    assert (answer.status_code, len(answer.json()["data"])) == (200, 3)
    assert seven.get("/applications//").status_code == 404
