"""Task 5.1, count calls by status, hour by hour."""

import os

import httpx
import pandas as pd

from attempts import Attempt

HOUR = 3_600_000


def got(path, **params):
    """An answer of the API manager."""
    login = {"Authorization": os.environ["INTARK_PORTAL_AUTH"]}
    with httpx.Client(base_url=os.environ["INTARK_MANAGEMENT_URL"], headers=login) as manager:
        return manager.get(path, params={"interval": HOUR} | params).raise_for_status().json()


def asked(task, **question):
    span = {"from": task.start, "to": task.end}
    return got(f"/apis/{task.api}/analytics", **span | question)


def by_hour(task, **question):
    return asked(task, **{"type": "date_histo", "aggs": "field:status"} | question)


def table(answer, zone="Europe/Oslo"):
    span = answer["timestamp"]
    steps = list(range(span["from"], span["to"] + 1, span["interval"]))
    times = pd.to_datetime(steps, unit="ms", utc=True).tz_convert(zone)
    rows = [
        (time, int(bucket["name"]), calls)
        for bucket in answer["values"][0]["buckets"]
        for time, calls in zip(times, bucket["data"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["time", "status", "calls"])


def tidy(task):
    return table(by_hour(task))


def day(task):
    """Without the last step of the answer, which begins where the day ends."""
    return tidy(task)[lambda usage: usage["time"] < pd.Timestamp(task.end, unit="ms", tz="UTC")]


def in_utc(task):
    return table(by_hour(task), "UTC")


def local_without_zone(task):
    return tidy(task).assign(time=lambda usage: usage["time"].dt.tz_localize(None))


def without_zeros(task):
    return tidy(task).query("calls > 0").rename(columns={"time": "hour", "calls": "count"})


def in_milliseconds(task):
    return tidy(task).assign(time=lambda usage: usage["time"].dt.as_unit("ms").astype("int64"))


def in_seconds(task):
    return in_milliseconds(task).assign(time=lambda usage: usage["time"] / 1000)


def in_kiloseconds(task):
    usage = day(task)
    return usage.assign(time=usage["time"].dt.as_unit("ms").astype("int64") // 10**6)


def in_periods(task):
    local = local_without_zone(task)
    return local.assign(time=local["time"].dt.to_period("h"))


def records(task):
    return tidy(task).assign(status=lambda usage: usage["status"].astype(str)).to_dict("records")


def triples(task):
    return [tuple(row) for row in in_milliseconds(task).itertuples(index=False)]


def columns_of_lists(task):
    return in_milliseconds(task).to_dict("list")


def indexed(task):
    return tidy(task).set_index(["time", "status"])["calls"]


def mapping(task):
    return indexed(task).to_dict()


def melted(task):
    wide = tidy(task).pivot_table("calls", index="time", columns="status", fill_value=0)
    return wide.melt(ignore_index=False, value_name="calls").reset_index()


def by_status_alone(task):
    counts = asked(task, type="group_by", field="status")["values"]
    return [{"time": task.start, "status": name, "calls": n} for name, n in counts.items()]


def log_page(task):
    rows = got(f"/apis/{task.api}/logs", **{"from": task.start, "to": task.end, "size": 100})
    frame = pd.DataFrame(rows["logs"])
    frame["time"] = pd.to_datetime(frame["timestamp"], unit="ms", utc=True).dt.floor("h")
    return frame.groupby(["time", "status"]).size()


def seconds(task):
    return table(by_hour(task, **{"from": task.start // 1000, "to": task.end // 1000}))


def week(task):
    return table(by_hour(task, **{"from": task.start - 6 * 24 * HOUR}))


def another_api(task):
    apis = got("/apis", portal="true")
    other = next(each["id"] for each in apis if each["name"].startswith("TP"))
    question = {"type": "date_histo", "aggs": "field:status", "from": task.start, "to": task.end}
    return table(got(f"/apis/{other}/analytics", **question))


def two_hour_steps(task):
    return tidy(task).assign(time=lambda usage: usage["time"].dt.floor("2h"))


def hour_numbers(task):
    return day(task).assign(time=lambda usage: usage["time"].dt.hour).query("calls > 0")


def clock_texts(task):
    return day(task).assign(time=lambda usage: usage["time"].dt.strftime("%H h"))


def nanoseconds(task):
    usage = day(task)
    return usage.assign(time=pd.to_datetime(usage["time"].dt.as_unit("ms").astype("int64")))


def an_hour_late(task):
    return day(task).assign(time=lambda usage: usage["time"] + pd.Timedelta(hours=1))


def upside_down(task):
    usage = day(task)
    usage["calls"] = usage.groupby("status")["calls"].transform(lambda calls: calls[::-1].values)
    return usage


ATTEMPTS = [
    Attempt("5.1", tidy, 2, "right", "statuses hours"),
    Attempt("5.1", in_utc, 2, "right", "statuses hours"),
    Attempt("5.1", local_without_zone, 2, "right", "statuses hours"),
    Attempt("5.1", without_zeros, 2, "right", "statuses hours"),
    Attempt("5.1", in_milliseconds, 2, "right", "statuses hours"),
    Attempt("5.1", in_seconds, 2, "right", "statuses hours"),
    Attempt("5.1", in_periods, 2, "right", "statuses hours"),
    Attempt("5.1", records, 2, "right", "statuses hours"),
    Attempt("5.1", triples, 2, "right", "statuses hours"),
    Attempt("5.1", columns_of_lists, 2, "right", "statuses hours"),
    Attempt("5.1", indexed, 2, "right", "statuses hours"),
    Attempt("5.1", mapping, 2, "right", "statuses hours"),
    Attempt("5.1", melted, 2, "right", "statuses hours"),
    Attempt("5.1", lambda task: ..., 0, "untried", "tasks.untried.value"),
    Attempt("5.1", lambda task: None, 0, "wrong", "nothing"),
    Attempt("5.1", by_hour, 0, "wrong", "raw"),
    Attempt("5.1", lambda task: 42, 0, "wrong", "no-table"),
    Attempt("5.1", lambda task: [], 0, "wrong", "empty"),
    Attempt("5.1", seconds, 0, "wrong", "empty"),
    Attempt("5.1", lambda task: tidy(task).pivot(columns="status"), 0, "wrong", "columns"),
    Attempt(
        "5.1",
        lambda task: tidy(task).pivot_table("calls", index="time", columns="status"),
        0,
        "wrong",
        "wide",
    ),
    Attempt("5.1", lambda task: tidy(task).drop(columns="status"), 0, "wrong", "columns"),
    Attempt("5.1", lambda task: tidy(task).assign(status="2xx"), 0, "wrong", "no-status"),
    Attempt("5.1", lambda task: tidy(task).assign(calls="many"), 0, "wrong", "no-number"),
    Attempt("5.1", log_page, 0, "wrong", "page few-times"),
    Attempt("5.1", week, 0, "wrong", "window hour"),
    Attempt("5.1", another_api, 0, "wrong", "totals few-times"),
    Attempt("5.1", lambda task: tidy(task).query("status == 200"), 0, "wrong", "lacking hour"),
    Attempt("5.1", by_status_alone, 1, "wrong", "statuses one-time"),
    Attempt("5.1", two_hour_steps, 1, "wrong", "statuses few-times"),
    Attempt("5.1", hour_numbers, 1, "wrong", "statuses no-instant"),
    Attempt("5.1", clock_texts, 1, "wrong", "statuses no-instant"),
    Attempt("5.1", nanoseconds, 1, "wrong", "statuses nanoseconds"),
    Attempt("5.1", in_kiloseconds, 1, "wrong", "statuses nanoseconds"),
    Attempt("5.1", an_hour_late, 1, "wrong", "statuses shifted"),
    Attempt("5.1", upside_down, 1, "wrong", "statuses hour"),
]
