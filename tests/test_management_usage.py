"""An API's analytics and logs in the management API."""

import pytest
from management_steps import COURSE, COURSES, error, make_api
from portal_usage import MINUTE, PLAN, START, keep_calls

SPAN = {"from": START, "to": START + 10 * MINUTE, "interval": MINUTE}
ANALYTICS, LOGS = f"/apis/{COURSES}/analytics", f"/apis/{COURSES}/logs"


@pytest.fixture
def admin(management_as, institution):
    keep_calls(institution)
    return management_as("admin")


def asked(admin, **query):
    return admin.get(ANALYTICS, params=SPAN | query).json()


def test_count(admin):
    assert asked(admin, type="count") == {"hits": 7}
    assert asked(admin, type="COUNT", query="status:404") == {"hits": 1}


def test_stats(admin):
    stats = asked(admin, type="stats", field="response-time")
    assert set(stats) == {"count", "min", "max", "avg", "sum", "rps", "rpm", "rph"}
    assert (stats["count"], stats["min"], stats["max"]) == (7.0, 1.0, 101.0)


def test_groups(admin):
    groups = asked(admin, type="group_by", field="application")
    assert groups["values"] == {COURSE: 6, "another": 1}
    assert groups["metadata"][COURSE] == {"name": "Course application", "order": "0"}
    assert groups["metadata"]["another"]["deleted"] == "true"
    ranged = asked(admin, type="group_by", field="status", ranges="100:199;200:299;400:499")
    assert ranged["values"] == {"100.0-200.0": 0, "200.0-300.0": 4, "400.0-500.0": 2}
    slowest = asked(admin, type="group_by", field="status", order="-avg:response-time")
    assert list(slowest["values"].items())[:2] == [("503", 101), ("404", 30)]


def test_a_histogram(admin):
    answer = asked(admin, type="date_histo", aggs="field:status;avg:response-time")
    assert answer["timestamp"] == {
        "from": START,
        "to": START + 10 * MINUTE,
        "interval": MINUTE,
    }
    by_status, average = answer["values"]
    assert (by_status["name"], by_status["field"]) == ("by_status", "status")
    ok = next(bucket for bucket in by_status["buckets"] if bucket["name"] == "200")
    assert ok["data"] == [3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert average["buckets"][0]["name"] == "avg_response-time"


PARAMETERS = {
    "no type": ({"type": None}, "Query parameter 'type' is not valid"),
    "a type of 1.x": ({"type": "hits_by"}, "Query parameter 'type' is not valid"),
    "an interval below a second, for a count": (
        {"interval": 999},
        "Query parameter 'interval' is not valid. 'interval' must be >= 1000 and <= 1000000000",
    ),
    "an interval beyond": (
        {"interval": 1_000_000_001},
        "Query parameter 'interval' is not valid. 'interval' must be >= 1000 and <= 1000000000",
    ),
    "ends that meet": (
        {"to": START},
        "'from' query parameter value must be lesser than 'to'",
    ),
    "no number": ({"from": "yesterday"}, "Query parameter 'from' is not valid"),
    "groups without a field": (
        {"type": "group_by"},
        "'field' query parameter is required for 'group_by' request",
    ),
    "statistics without a field": (
        {"type": "stats"},
        "'field' query parameter is required for 'stats' request",
    ),
    "an aggregation that is none": (
        {"type": "date_histo", "aggs": "most:status"},
        "No aggregation [most:status]",
    ),
}


@pytest.mark.parametrize(("query", "said"), PARAMETERS.values(), ids=PARAMETERS)
def test_a_parameter_that_is_refused_is_a_plain_text(admin, query, said):
    params = {name: v for name, v in (SPAN | {"type": "count"} | query).items() if v is not None}
    answer = admin.get(ANALYTICS, params=params)
    assert (answer.status_code, answer.text) == (400, said)
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_query_that_cannot_be_read_is_an_error_in_json(admin):
    answer = admin.get(ANALYTICS, params=SPAN | {"type": "count", "query": "status:("})
    assert error(answer) == (400, None)


def test_logs_are_the_newest_first_with_names(admin):
    answer = admin.get(LOGS, params=SPAN | {"size": 2}).json()
    assert answer["total"] == 7
    assert [log["status"] for log in answer["logs"]] == [503, 200]
    assert set(answer["logs"][0]) == {
        *("id", "timestamp", "transactionId", "path", "method", "status", "responseTime"),
        *("plan", "application", "endpoint"),
    }
    assert answer["metadata"][COURSE] == {"name": "Course application"}
    assert answer["metadata"][PLAN] == {"name": "Open study data"}


def test_logs_are_paged_ordered_and_narrowed(admin):
    def statuses(**query):
        logs = admin.get(LOGS, params=SPAN | query).json()["logs"]
        return [log["status"] for log in logs]

    assert statuses(size=3, page=2) == [404, 200, 200]
    assert statuses(order="true", size=1) == [200]
    assert statuses(field="status", order="false", size=2) == [503, 405]
    assert statuses(query="status:[400 TO 499]") == [405, 404]


def test_one_call(admin):
    first = admin.get(LOGS, params=SPAN).json()["logs"][0]
    path, at = f"{LOGS}/{first['id']}", {"timestamp": first["timestamp"]}
    detail = admin.get(path, params=at).json()
    assert {name: first[name] for name in ("id", "status", "transactionId")} == {
        name: detail[name] for name in ("id", "status", "transactionId")
    }
    assert (detail["api"], detail["apiResponseTime"]) == (COURSES, 100)
    assert detail["clientRequest"]["method"] == "GET"
    assert (detail["gateway"], detail["localAddress"]) == ("lab", "127.0.0.1")
    groups = {"type": "group_by", "field": "gateway"}
    assert admin.get(ANALYTICS, params=SPAN | groups).json()["values"] == {"lab": 7}
    assert error(admin.get(path, params={"timestamp": 1})) == (404, "log.notFound")
    assert error(admin.get(f"{LOGS}/nope", params=at)) == (404, "log.notFound")


def test_the_export_is_the_page_as_csv(admin):
    answer = admin.get(f"{LOGS}/export", params=SPAN | {"size": 2})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment;filename=logs-")
    head, first, _ = answer.text.splitlines()
    assert head.endswith(";Plan;Application")
    assert first.endswith(";Open study data;Course application")


def test_logs_need_a_span(admin):
    answer = admin.get(LOGS)
    assert (answer.status_code, answer.text) == (
        400,
        "'from' query parameter value must be greater than 'to'",
    )


def test_use_is_for_the_people_of_an_api(management, management_as):
    api = make_api(management)
    for path in (f"{api}/analytics", f"{api}/logs", f"{api}/logs/export", f"{api}/logs/x"):
        assert error(management_as("developer").get(path, params=SPAN)) == (403, "forbidden")


def test_the_learner_reads_the_use_of_what_is_catalogued_and_changes_nothing(management_as):
    learner = management_as("developer")
    for path in (ANALYTICS, LOGS):
        assert learner.get(path, params=SPAN | {"type": "count"}).status_code == 200
    assert error(learner.post(f"/apis/{COURSES}/deploy")) == (403, "forbidden")
    assert error(learner.get(f"/apis/{COURSES}/subscriptions")) == (403, "forbidden")
