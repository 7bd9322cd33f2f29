"""An application's use in numbers, over eight made-up calls."""

import pytest
from portal_steps import COURSE, change, error, make
from portal_usage import EMNER, MINUTE, PLAN, SPAN, START, TP, keep_calls


@pytest.fixture
def used(institution):
    """The institution after CALLS."""
    keep_calls(institution)
    return institution


def ask(portal, **query):
    given = {key.rstrip("_"): value for key, value in query.items()}
    return portal.get(f"/applications/{COURSE}/analytics", params=SPAN | given)


REFUSED = {
    "no type": ({}, "Query parameter 'type' must be present"),
    "unknown type": ({"type": "HITS_BY"}, "Query parameter 'type' is not valid"),
    "from after to": ({"type": "COUNT", "from": START * 2}, "'from' query parameter value must"),
    "from equal to to": ({"type": "COUNT", "from": SPAN["to"]}, "'from' query parameter value"),
    "short interval": ({"type": "DATE_HISTO", "interval": 999}, "Query parameter 'interval'"),
    "long interval": ({"type": "DATE_HISTO", "interval": 10**9 + 1}, "Query parameter 'interval'"),
    "no interval": ({"type": "DATE_HISTO"}, "Query parameter 'interval'"),
    "group by nothing": ({"type": "GROUP_BY"}, "'field' query parameter is required"),
    "stats of nothing": ({"type": "STATS"}, "'field' query parameter is required for 'stats'"),
    "stats of a text": ({"type": "STATS", "field": "api"}, "Field [api] holds no numbers"),
    "no query": ({"type": "COUNT", "query": "status:"}, "Unable to calculate analytics"),
    "too many intervals": (
        {"type": "DATE_HISTO", "interval": 1000, "from": 0},
        "Unable to calculate analytics",
    ),
    "a number that is none": ({"type": "COUNT", "from": "x"}, 'For input string: "x"'),
    "an aggregation that is none": (
        {"type": "DATE_HISTO", "interval": 1000, "aggs": "status"},
        "No aggregation [status]",
    ),
    "ranges that are none": (
        {"type": "GROUP_BY", "field": "status", "ranges": "100"},
        "not enough values",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(portal, case):
    query, message = REFUSED[case]
    answer = ask(portal, **query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith(message)


def test_whose_analytics(portal, portal_as):
    theirs = make(portal_as("admin"))
    for application, refusal in (
        (theirs, (403, "forbidden")),
        ("x", (404, "application.notFound")),
    ):
        answer = portal.get(f"/applications/{application}/analytics", params={"type": "COUNT"})
        assert error(answer) == refusal


COUNTS = {
    "all": ({}, 8),
    "small letters": ({"type": "count"}, 8),
    "by status": ({"query": "status:404"}, 2),
    "by API and status": ({"query": f"api:{EMNER} AND status:404"}, 1),
    "by range": ({"query": "status:[400 TO 499]"}, 4),
    "by path inside the API": ({"query": "path:/emner"}, 5),
    "by method's number": ({"query": "method:7"}, 1),
    "by address": ({"query": "uri:*limit*"}, 1),
    "both ends are in": ({"to": START + MINUTE}, 3),
    "before": ({"from": START - 2, "to": START - 1}, 0),
}


@pytest.mark.parametrize("case", COUNTS)
def test_count(portal, used, case):
    query, hits = COUNTS[case]
    assert ask(portal, **{"type": "COUNT"} | query).json() == {"hits": hits}


def test_stats(portal, used):
    found = ask(portal, type="STATS", field="response-time", query="status:200").json()
    assert found == {
        "count": 3.0,
        "min": 10.0,
        "max": 40.0,
        "avg": pytest.approx(70 / 3),
        "sum": 70.0,
        "rps": 3 / 600,
        "rpm": pytest.approx(0.3),
        "rph": pytest.approx(18.0),
    }


def test_stats_of_nothing(portal):
    found = ask(portal, type="STATS", field="status").json()
    assert found == dict.fromkeys(("count", "sum", "rps", "rpm", "rph"), 0.0)


GROUPS = {
    "by status, the most first": (
        {"field": "status"},
        {"200": 3, "404": 2, "401": 1, "405": 1, "503": 1},
    ),
    "by API, the unknown renamed": ({"field": "api"}, {EMNER: 6, "?": 1, TP: 1}),
    "by plan: calls without one are left out": ({"field": "plan"}, {PLAN: 6}),
    "by ranges of status": (
        {"field": "status", "ranges": "400:499;200:299;300:399"},
        {"200.0-300.0": 3, "300.0-400.0": 0, "400.0-500.0": 4},
    ),
    "by ranges of time": (
        {"field": "response-time", "ranges": "0:20;20:1000"},
        {"0.0-20.0": 4, "20.0-1000.0": 4},
    ),
    "by average, the slowest first": (
        {"field": "status", "order": "-avg:response-time", "query": "status:[200 TO 404]"},
        {"200": 23, "404": 15, "401": 1},
    ),
    "by average, the fastest first": (
        {"field": "status", "order": "avg:response-time", "query": "status:[200 TO 404]"},
        {"401": 1, "404": 15, "200": 23},
    ),
    "by backend time": (
        {"field": "method", "order": "-avg:api-response-time", "query": "status:200"},
        {"3": 21},
    ),
    "a field without values": ({"field": "tenant"}, {}),
}


@pytest.mark.parametrize("case", GROUPS)
def test_group_by(portal, used, case):
    query, values = GROUPS[case]
    found = ask(portal, type="GROUP_BY", **query).json()
    assert list(found["values"].items()) == list(values.items())
    assert {key: about["order"] for key, about in found["metadata"].items()} == {
        key: str(order) for order, key in enumerate(values)
    }


def test_groups_are_named(portal, used):
    names = ask(portal, type="GROUP_BY", field="api").json()["metadata"]
    assert names[EMNER] == {
        "name": "FS Emner: courses and teaching",
        "version": "1.4.0",
        "order": "0",
    }
    assert names["?"] == {"name": "Unknown API (not found)", "unknown": "true", "order": "1"}


def test_what_is_gone_is_named_too(portal, used):
    change(used, "UPDATE api SET lifecycle = 'ARCHIVED' WHERE id = ?", EMNER)
    change(used, "DELETE FROM api WHERE id = ?", TP)
    names = ask(portal, type="GROUP_BY", field="api").json()["metadata"]
    assert names[EMNER]["deleted"] == names[TP]["deleted"] == "true"
    assert names[TP]["name"] == "Deleted API"


def test_over_time(portal, used):
    found = ask(
        portal, type="DATE_HISTO", interval=MINUTE * 5, aggs="field:status;avg:response-time"
    ).json()
    step = 5 * MINUTE
    assert found["timestamp"] == {"from": START, "to": START + 2 * step, "interval": step}
    by_status, average = found["values"]
    assert (by_status["name"], by_status["field"]) == ("by_status", "status")
    assert by_status["buckets"][0] == {"name": "200", "data": [2, 1, 0]}
    assert average == {
        "name": "avg_response-time",
        "field": "response-time",
        "buckets": [{"name": "avg_response-time", "data": [12, 47, 0]}],
    }


def test_a_span_over_time_is_widened_to_whole_steps(portal, used):
    found = ask(portal, type="DATE_HISTO", interval=MINUTE, from_=START + 1, to=START + MINUTE + 1)
    stamp = found.json()["timestamp"]
    assert (stamp["from"], stamp["to"]) == (START, START + 2 * MINUTE)
    assert found.json()["values"] == []


def test_apis_over_time_are_named(portal, used):
    found = ask(portal, type="DATE_HISTO", interval=MINUTE, aggs="field:api").json()
    names = found["values"][0]["metadata"]
    assert names[EMNER]["name"] == "FS Emner: courses and teaching"
    lengths = {len(bucket["data"]) for bucket in found["values"][0]["buckets"]}
    assert lengths == {11}


def test_smallest_and_largest_over_time(portal, used):
    aggs = "min:response-time;max:response-time"
    found = ask(portal, type="DATE_HISTO", interval=10 * MINUTE, aggs=aggs).json()["values"]
    assert [each["buckets"][0]["data"][0] for each in found] == [0, 101]
