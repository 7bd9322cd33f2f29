"""Who uses an API, what an application uses, how much, and what the catalogue is about."""

import pytest
from portal_steps import AUTO, COURSE, OTHER_AUTO, error, make, subscribe
from portal_usage import EMNER, MINUTE, START, TP, keep_calls


@pytest.fixture
def used(institution):
    """The institution after CALLS."""
    keep_calls(institution)
    return institution


def test_metrics_of_an_api(portal, used):
    used.clock.advance((START + 10 * MINUTE) / 1000 - used.clock.now())
    (subscribers,) = used.store.one(
        "SELECT count(DISTINCT application) FROM subscription "
        "WHERE api = ? AND status IN ('ACCEPTED', 'PAUSED')",
        EMNER,
    )
    assert portal.get(f"/apis/{EMNER}/metrics").json() == {
        "subscribers": subscribers,
        "hits": 7,
        "health": pytest.approx(6 / 7),
    }
    used.clock.advance(8 * 24 * 60 * 60)
    assert portal.get(f"/apis/{EMNER}/metrics").json()["hits"] == 0


def test_subscribers(portal, portal_as, used):
    used.clock.advance((START + 10 * MINUTE) / 1000 - used.clock.now())
    theirs = make(portal_as("admin"))
    subscribe(portal_as("admin"), theirs, AUTO)
    owner, learner = (
        [
            row["id"]
            for row in portal_as(who).get(f"/apis/{EMNER}/subscribers?size=-1").json()["data"]
        ]
        for who in ("admin", "developer")
    )
    assert owner[0] == COURSE, "the one with the most calls of a week comes first"
    assert theirs in owner
    assert learner == [COURSE]


def test_subscribers_by_status(portal, used):
    assert portal.get(f"/apis/{EMNER}/subscribers?statuses=CLOSED").json()["data"] == []
    assert error(portal.get(f"/apis/{EMNER}/subscribers?statuses=X")) == (400, "queryParam")


def test_what_an_application_uses(portal, used):
    subscribe(portal, COURSE, OTHER_AUTO)
    used.clock.advance((START + 10 * MINUTE) / 1000 - used.clock.now())
    path = f"/applications/{COURSE}/subscribers"
    assert [row["id"] for row in portal.get(path).json()["data"]] == [EMNER, TP]


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
