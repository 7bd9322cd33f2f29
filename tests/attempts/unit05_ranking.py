"""Task 5.2, find the top and the slow applications."""

import pandas as pd

from attempts import Attempt
from attempts.unit05_counts import HOUR, asked, got


def grouped(task, **question):
    return asked(task, type="group_by", field="application", **question)


def named(answer):
    return {answer["metadata"][key]["name"]: n for key, n in answer["values"].items()}


def calls(task, **question):
    return named(grouped(task, **question))


def means(task, order="-avg:response-time"):
    return named(grouped(task, order=order))


def lists(task):
    return {"top": list(calls(task))[:3], "slow": list(means(task))[:3]}


def ids(task):
    slow = grouped(task, order="-avg:response-time")["values"]
    return {"top": list(grouped(task)["values"])[:3], "slow": tuple(slow)[:3]}


def mappings(task):
    return {"top": pd.Series(calls(task)).head(3), "slow": dict(list(means(task).items())[:3])}


def tables(task):
    frame = pd.DataFrame(list(calls(task).items()), columns=["application", "calls"]).head(3)
    return {"top": frame, "slow": list(means(task).items())[:3]}


def frames(task):
    top, slow = (pd.Series(found).to_frame("n").head(3) for found in (calls(task), means(task)))
    return {"top": top, "slow": slow.rename_axis("application")}


def series_with_named_index(task):
    return {
        "top": pd.Series(calls(task)).rename_axis("application").head(3),
        "slow": pd.Series(means(task), name="ms").head(3),
    }


def slow_as_top(task):
    right = lists(task)
    return right | {"top": right["slow"]}


def fastest(task):
    return lists(task) | {"slow": list(means(task, "avg:response-time"))[:3]}


def first_two_exchanged(task):
    first, second, third = lists(task)["top"]
    return lists(task) | {"top": [second, first, third]}


def others(task):
    apis = got("/apis", portal="true")
    other = next(each["id"] for each in apis if each["name"].startswith("Rombooking"))
    span = {"from": task.start, "to": task.end, "type": "group_by", "field": "application"}
    return lists(task) | {"top": list(named(got(f"/apis/{other}/analytics", **span)))}


def log_page(task):
    span = {"from": task.start, "to": task.start + 12 * HOUR, "size": 100}
    answer = got(f"/apis/{task.api}/logs", **span)
    counts = pd.DataFrame(answer["logs"])["application"].value_counts()
    found = {answer["metadata"][key]["name"]: int(n) for key, n in counts.items()}
    return lists(task) | {"top": found}


def seconds(task):
    empty = asked(
        task,
        type="group_by",
        field="application",
        **{"from": task.start // 1000, "to": task.end // 1000},
    )
    return {"top": list(empty["values"]), "slow": list(empty["values"])}


ATTEMPTS = [
    Attempt("5.2", lists, 2, "right", "top-right slow-right"),
    Attempt("5.2", ids, 2, "right", "top-right slow-right"),
    Attempt("5.2", mappings, 2, "right", "top-right slow-right"),
    Attempt("5.2", tables, 2, "right", "top-right slow-right"),
    Attempt("5.2", frames, 2, "right", "top-right slow-right"),
    Attempt("5.2", series_with_named_index, 2, "right", "top-right slow-right"),
    Attempt("5.2", lambda task: ..., 0, "untried", "tasks.untried.value"),
    Attempt("5.2", lambda task: lists(task)["top"], 0, "wrong", "no-lists"),
    Attempt("5.2", seconds, 0, "wrong", "empty"),
    Attempt("5.2", slow_as_top, 1, "wrong", "swapped slow-right"),
    Attempt("5.2", fastest, 1, "wrong", "top-right ascending"),
    Attempt("5.2", first_two_exchanged, 1, "wrong", "place slow-right"),
    Attempt("5.2", log_page, 1, "wrong", "page slow-right"),
    Attempt("5.2", others, 1, "wrong", "stranger slow-right"),
    Attempt(
        "5.2",
        lambda task: lists(task) | {"top": list(calls(task))},
        1,
        "wrong",
        "number slow-right",
    ),
]
