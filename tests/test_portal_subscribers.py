"""Who uses an API, what an application uses, how much, and what the catalogue is about."""

import pytest
from portal_steps import COURSE, change, error, make
from portal_usage import EMNER, MINUTE, START, keep_calls


@pytest.fixture
def used(institution):
    """The institution after CALLS."""
    keep_calls(institution)
    return institution


def test_metrics_of_an_api(portal, used):
    used.clock.advance((START + 10 * MINUTE) / 1000 - used.clock.now())
    assert portal.get(f"/apis/{EMNER}/metrics").json() == {
        "subscribers": 1,
        "hits": 7,
        "health": pytest.approx(6 / 7),
    }
    used.clock.advance(8 * 24 * 60 * 60)
    assert portal.get(f"/apis/{EMNER}/metrics").json()["hits"] == 0


def test_subscribers(portal, portal_as, used):
    change(used, "UPDATE user SET role = 'USER'")
    make(portal_as("admin"))
    owner, learner = (
        portal_as(who).get(f"/apis/{EMNER}/subscribers") for who in ("admin", "developer")
    )
    assert [row["id"] for row in owner.json()["data"]] == [COURSE]
    assert [row["id"] for row in learner.json()["data"]] == [COURSE]
    nothing = portal.get(f"/apis/{EMNER}/subscribers?statuses=CLOSED").json()
    assert nothing["data"] == []
    used_apis = portal.get(f"/applications/{COURSE}/subscribers").json()["data"]
    assert [row["id"] for row in used_apis] == [EMNER]


def test_categories(portal):
    listed = portal.get("/categories").json()
    assert [row["id"] for row in listed["data"]] == sorted(row["id"] for row in listed["data"])
    (studies,) = (row for row in listed["data"] if row["id"] == "studies")
    assert set(studies) == {"id", "name", "order", "total_apis", "_links"}
    assert portal.get(studies["_links"]["self"]).json() == studies
    assert portal.get("/apis/categories").json()["data"] == listed["data"]
    mine = portal.get("/apis/categories?filter=MINE").json()["data"]
    assert {row["id"]: row["total_apis"] for row in mine}["studies"] == 1
    assert error(portal.get("/categories/x")) == (404, "category.notFound")
