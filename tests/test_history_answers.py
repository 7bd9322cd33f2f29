"""The month of history in the answers of portal and management: every question agrees."""

import pytest

from intark_lab.birth import identity

DAY = 86_400_000
ROOMS = identity(1, "api", "rombooking")


@pytest.fixture
def ask(management_as, institution):
    """Ask the administrator's analytics of the room booking API over a month of whole days."""
    client = management_as("admin")
    end = month_end(institution)

    def analytics(**params):
        span = {"from": end - 31 * DAY, "to": end, "interval": DAY}
        answer = client.get(f"/apis/{ROOMS}/analytics", params=span | params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return analytics


def month_end(institution) -> int:
    """The end of today: a histogram widens its span to whole steps."""
    return (institution.clock.ms() // DAY + 1) * DAY


def test_every_aggregate_counts_the_same_calls(ask, management_as, institution):
    hits = ask(type="count")["hits"]
    by_status = ask(type="group_by", field="status")["values"]
    by_application = ask(type="group_by", field="application")["values"]
    over_time = ask(type="date_histo", aggs="field:status")["values"][0]["buckets"]
    assert hits > 50_000
    assert sum(by_status.values()) == sum(by_application.values()) == hits
    assert {bucket["name"]: sum(bucket["data"]) for bucket in over_time} == by_status
    assert ask(type="stats", field="response-time")["count"] == hits
    end = month_end(institution)
    logs = management_as("admin").get(
        f"/apis/{ROOMS}/logs", params={"from": end - 31 * DAY, "to": end, "size": 1, "page": 1}
    )
    assert logs.json()["total"] == hits


def test_the_log_rows_are_those_that_were_counted(ask, management_as, institution):
    end = institution.clock.ms()
    span = {"from": end - 5 * DAY, "to": end, "query": "status:400"}
    client = management_as("admin")
    params = span | {"size": 100, "page": 1}
    rows, page = [], 0
    while True:
        page += 1
        answer = client.get(f"/apis/{ROOMS}/logs", params=params | {"page": page}).json()
        rows += answer["logs"]
        if not answer["logs"]:
            break
    counted = client.get(
        f"/apis/{ROOMS}/analytics", params=span | {"type": "count", "interval": DAY}
    )
    assert len({row["id"] for row in rows}) == len(rows) == counted.json()["hits"] > 100
    assert {row["status"] for row in rows} == {400}


def test_one_row_is_found_again_by_its_id(management_as, institution):
    end = institution.clock.ms()
    client = management_as("admin")
    span = {"from": end - DAY, "to": end, "size": 1, "page": 1}
    row = client.get(f"/apis/{ROOMS}/logs", params=span).json()["logs"][0]
    found = client.get(f"/apis/{ROOMS}/logs/{row['id']}", params={"timestamp": row["timestamp"]})
    assert (found.json()["id"], found.json()["path"]) == (row["id"], row["path"])


def test_live_calls_join_the_same_answers(listening, client):
    institution, _ = listening
    courses = identity(1, "api", "fs-emner")
    key = {"X-Gravitee-Api-Key": institution.course_key()}
    for _ in range(3):
        client.get("/gateway/fs/emner/v1/emner", params={"limit": 1}, headers=key)
    end = institution.clock.ms() + 1000
    answer = client.get(
        f"/management/organizations/DEFAULT/environments/DEFAULT/apis/{courses}/analytics",
        params={
            "type": "group_by",
            "field": "application",
            "from": end - DAY,
            "to": end,
            "interval": DAY,
        },
        auth=institution.credentials("admin"),
    )
    values = answer.json()["values"]
    assert values[identity(1, "application", "course")] == 3
    assert values[identity(1, "application", "grade-report")] > 100
