"""Gravitee's query language against rows: which of five a query finds."""

import sqlite3

import pytest

from intark_lab.manager.lucene import MOST_TOKENS, Field, SyntaxFault, condition

ROWS = [
    (1, 200, "a", "/emner"),
    (2, 404, "a", "/emner/INF1100-1"),
    (3, 404, "b", "/rom"),
    (4, 500, "b", "/rom/a*b"),
    (5, 429, None, "localhost:8080"),
]
FIELDS = {
    "status": Field("status", is_number=True),
    "api": Field("api"),
    "path": Field("path"),
}

QUERIES = {
    "status:404": [2, 3],
    "api:a": [1, 2],
    'api:"a"': [1, 2],
    "api:a AND status:404": [2],
    "api:a && status:404": [2],
    "api:a OR status:500": [1, 2, 4],
    "api:a || status:500": [1, 2, 4],
    "api:a status:500": [1, 2, 4],
    "status:404 AND api:a OR api:b": [2, 3, 4],
    "status:404 AND (api:a OR api:b)": [2, 3],
    "status:(200 OR 500)": [1, 4],
    "status:(200 500)": [1, 4],
    'api:("a" OR "b") AND NOT status:404': [1, 4],
    "NOT api:a": [3, 4, 5],
    "!api:a": [3, 4, 5],
    "-api:a": [3, 4, 5],
    "NOT NOT api:a": [1, 2],
    "+api:a AND -status:404": [1],
    "status:[404 TO 499]": [2, 3, 5],
    "status:{404 TO 500}": [5],
    "status:[500 TO *]": [4],
    "status:{* TO 404]": [1, 2, 3],
    "status:[* TO *]": [1, 2, 3, 4, 5],
    "status:>=429": [4, 5],
    "status:>429": [4],
    "status:<404": [1],
    "status:<=404": [1, 2, 3],
    "path:/emner": [1],
    "path:/emner*": [1, 2],
    "path:*INF*": [2],
    "path:/ro?": [3],
    "path:*": [1, 2, 3, 4, 5],
    "api:*": [1, 2, 3, 4],
    r"path:\/emner\/INF1100\-1": [2],
    r"path:*a\*b": [4],
    "path:localhost:8080": [5],
    "status:many": [],
    "nothing:1": [],
    "NOT nothing:1": [1, 2, 3, 4, 5],
    "404": [],
}


@pytest.fixture(scope="module")
def rows():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE rows(id, status, api, path)")
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", ROWS)
    yield connection
    connection.close()


@pytest.mark.parametrize("query", QUERIES)
def test_what_a_query_finds(rows, query):
    sql, values = condition(query, FIELDS)
    found = rows.execute(f"SELECT id FROM rows WHERE {sql} ORDER BY id", values)
    assert [row[0] for row in found] == QUERIES[query]


FAULTS = [
    "status:",
    "status:404 AND",
    "(status:404",
    "status:404)",
    "AND status:404",
    "status:[1 TO",
    "status:[1 2]",
    'path:"open',
    ":404",
    "status:>=",
    "(" * 50 + "api:a" + ")" * 50,
    "api:a " * MOST_TOKENS,
]


@pytest.mark.parametrize("query", FAULTS)
def test_what_is_no_query(query):
    with pytest.raises(SyntaxFault):
        condition(query, FIELDS)


def test_the_longest_query_can_be_asked(rows):
    sql, values = condition("api:(" + "a " * (MOST_TOKENS - 4) + ")", FIELDS)
    assert rows.execute(f"SELECT count(*) FROM rows WHERE {sql}", values).fetchone() == (2,)


def test_a_value_cannot_become_sql(rows):
    sql, values = condition('api:"a\' OR 1=1 --"', FIELDS)
    assert rows.execute(f"SELECT count(*) FROM rows WHERE {sql}", values).fetchone() == (0,)
