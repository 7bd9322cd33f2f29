"""Answers of every make become plain data."""

import datetime
import decimal
import itertools
import json

import httpx
import numpy as np
import pandas as pd
import pytest

from intark_lab.tasks.plain import NotPlain, plain

DAY = datetime.date(2026, 8, 17)
TABLE = pd.DataFrame([{"id": 1, "navn": {"nb": "en"}}, {"id": 2, "navn": None}])
GAPS = pd.DataFrame({"places": [1.5, None], "seats": pd.array([3, None], "Int64")})
RESPONSE = httpx.Response(200, json={"id": 7})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        ("kode", "kode"),
        (b"[1]", "[1]"),
        (decimal.Decimal("7.5"), 7.5),
        (float("nan"), None),
        ({1: (2, 3)}, {"1": [2, 3]}),
        ({4}, [4]),
        ((n for n in (1, 2)), [1, 2]),
        (map(str, [1]), ["1"]),
        (DAY, "2026-08-17"),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (TABLE, [{"id": 1, "navn": {"nb": "en"}}, {"id": 2, "navn": None}]),
        (GAPS, [{"places": 1.5, "seats": 3}, {"places": None, "seats": None}]),
        (pd.Series({"id": 1, "kode": "INF"}), {"id": 1, "kode": "INF"}),
        (pd.Index(["a", "b"]), ["a", "b"]),
        (RESPONSE, {"id": 7}),
        (httpx.Response(404, text="No context-path"), "No context-path"),
        ([RESPONSE], [{"id": 7}]),
    ],
)
def test_what_it_becomes(value, expected):
    made = plain(value)
    assert made == expected
    assert json.loads(json.dumps(made, allow_nan=False)) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("inf"), "tasks.infinite"),
        (itertools.count(), "tasks.endless"),
        (print, "tasks.not-data"),
        (dict, "tasks.not-data"),
        (object(), "tasks.not-data"),
        (httpx.Client, "tasks.not-data"),
    ],
)
def test_what_is_no_data(value, message):
    with pytest.raises(NotPlain, match=message):
        plain(value)


def test_a_list_that_holds_itself():
    endless = []
    endless.append(endless)
    with pytest.raises(NotPlain, match="too-deep"):
        plain(endless)
