"""An application's calls line by line: listed, searched, in detail, as CSV."""

import pytest
from portal_steps import COURSE, change, error
from portal_usage import EMNER, PLAN, SPAN, START, TP, keep_calls


@pytest.fixture
def used(institution):
    """The institution after CALLS."""
    keep_calls(institution)
    return institution


LOGS = f"/applications/{COURSE}/logs"
NEWEST = SPAN | {"order": "DESC"}

LOG_REFUSALS = {
    "no order": (SPAN, "unexpected"),
    "another order": (SPAN | {"order": "desc"}, "unexpected"),
    "no span": ({"order": "ASC"}, "unexpected"),
    "page zero": (NEWEST | {"page": 0}, "pagination.invalid"),
    "size below -1": (NEWEST | {"size": -2}, "pagination.invalid"),
    "no query": (NEWEST | {"query": "("}, "unexpected"),
}


@pytest.mark.parametrize("case", LOG_REFUSALS)
def test_logs_refused(portal, case):
    query, code = LOG_REFUSALS[case]
    assert error(portal.get(LOGS, params=query)) == (400, code)
    assert error(portal.post(f"{LOGS}/_export", params=query)) == (400, code)


LOG_FIELDS = {"id", "timestamp", "transactionId", "path", "method", "status", "responseTime", "api"}


def test_logs(portal, used):
    answer = portal.get(LOGS, params=NEWEST | {"size": 3}).json()
    assert [row["id"] for row in answer["data"]] == ["request-7", "request-6", "request-5"]
    assert [set(row) - {"plan"} for row in answer["data"]] == [LOG_FIELDS] * 3
    assert answer["metadata"]["data"] == {"total": 8}
    assert answer["metadata"][EMNER]["version"] == "1.4.0"
    assert answer["metadata"][PLAN] == {"name": "Open study data"}
    assert "pagination" not in answer["metadata"]
    assert list(answer["links"]) == ["self"]


LOG_PAGES = {
    "the oldest first": ({"order": "ASC", "size": 2}, [0, 1]),
    "second page": ({"size": 3, "page": 2}, [4, 3, 2]),
    "past the end": ({"page": 5}, []),
    "everything": ({"size": -1}, [7, 6, 5, 4, 3, 2, 1, 0]),
    "metadata only": ({"size": 0}, []),
    "the slowest first": ({"field": "response-time", "size": 2}, [6, 5]),
    "by a field that is none": ({"field": "nothing", "size": 1}, [7]),
    "by query": ({"query": "status:404"}, [7, 2]),
}


@pytest.mark.parametrize("case", LOG_PAGES)
def test_pages_of_logs(portal, used, case):
    query, numbers = LOG_PAGES[case]
    answer = portal.get(LOGS, params=NEWEST | query).json()
    assert [row["id"] for row in answer["data"]] == [f"request-{n}" for n in numbers]


def test_a_log_in_detail(portal, used):
    path, at = f"{LOGS}/request-1", START
    detail = portal.get(path, params={"timestamp": at}).json()
    assert set(detail) == LOG_FIELDS | {
        *("plan", "requestContentLength", "responseContentLength", "host", "securityType"),
        *("request", "response", "metadata"),
    }
    assert detail["request"]["uri"] == detail["path"] == "/fs/emner/v1/emner?limit=5"
    assert detail["response"]["status"] == 200
    assert portal.get(path).json() == detail
    for gone in (portal.get(path, params={"timestamp": at + 1}), portal.get(f"{LOGS}/request-99")):
        assert gone.status_code == 404


def test_a_token_s_client_is_told_and_a_key_is_not(portal, used):
    path = f"{LOGS}/request-1"
    by_key = portal.get(path).json()
    assert (by_key["securityType"], "securityToken" in by_key) == ("API_KEY", False)
    change(used, "UPDATE caller SET subscription = 'some', key_from = NULL")
    change(used, "UPDATE plan SET security = 'JWT' WHERE id = ?", PLAN)
    change(used, "UPDATE application SET client_id = 'viewer' WHERE id = ?", COURSE)
    by_token = portal.get(path).json()
    assert (by_token["securityType"], by_token["securityToken"]) == ("JWT", "viewer")


def test_logs_as_csv(portal, used):
    answer = portal.post(f"{LOGS}/_export", params=NEWEST | {"size": 2})
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith(f"attachment;filename=logs-{COURSE}-")
    header, unknown, known = answer.text.splitlines()
    assert header == ("Date;Request Id;Transaction Id;Method;Path;Status;Response Time;Plan;API")
    assert unknown == (
        "2027-01-15T08:09:00.000+0000;request-7;transaction-7;GET;/nothing;404;0;;"
        "Unknown API (not found)"
    )
    assert known.endswith(";503;101;Open study data;FS Emner: courses and teaching")


def test_an_empty_log_is_an_empty_csv(portal):
    assert portal.post(f"{LOGS}/_export", params=NEWEST).text == ""


SEARCHES = {
    "all": ({}, 8),
    "by status": ({"statuses": [404, 503]}, 3),
    "by API": ({"apiIds": [TP]}, 1),
    "by plan": ({"planIds": [PLAN]}, 6),
    "by method": ({"methods": ["POST"]}, 1),
    "by request": ({"requestIds": ["request-0", "x"]}, 1),
    "by transaction": ({"transactionIds": ["transaction-3"]}, 1),
    "by path": ({"path": "/fs/emner"}, 6),
    "by time": ({"responseTimeRanges": [{"from": 30, "to": 40}, {"from": 100}]}, 3),
    "by several": ({"statuses": [200], "responseTimeRanges": [{"to": 10}]}, 1),
    "nulls narrow nothing": ({"statuses": [None], "responseTimeRanges": [None], "path": None}, 8),
    "empty lists narrow nothing": ({"statuses": [], "responseTimeRanges": []}, 8),
    "bodies are not kept": ({"bodyText": "emne"}, 0),
}


@pytest.mark.parametrize("case", SEARCHES)
def test_searching_logs(portal, used, case):
    filters, total = SEARCHES[case]
    answer = portal.post(f"{LOGS}/_search", json=SPAN | filters)
    assert answer.status_code == 200
    assert answer.json()["metadata"]["data"]["total"] == total


SEARCH_REFUSALS = {
    "no body": None,
    "no span": {},
    "from after to": {"from": 2, "to": 1},
    "negative": {"from": -5, "to": 1},
    "low status": SPAN | {"statuses": [99]},
    "high status": SPAN | {"statuses": [600]},
    "more than can be asked at once": SPAN | {"responseTimeRanges": [{"from": 1}] * 501},
    "unknown filter": SPAN | {"hosts": []},
    "unknown method": SPAN | {"methods": ["get"]},
}


@pytest.mark.parametrize("case", SEARCH_REFUSALS)
def test_searches_refused(portal, case):
    assert portal.post(f"{LOGS}/_search", json=SEARCH_REFUSALS[case]).status_code == 400
