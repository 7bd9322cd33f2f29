"""Ten minutes of made-up use, for the tests of analytics and logs."""

from many_calls import keep
from portal_steps import COURSE

from intark_lab.birth import identity
from intark_lab.journal import Call

EMNER, TP = identity(1, "api", "fs-emner"), identity(1, "api", "tp-timeplan")
PLAN = identity(1, "plan", "fs-emner/open-study-data")
START = 1_800_000_000_000
MINUTE = 60_000
FIRST = {"id": 0, "user_agent": "test", "remote": "127.0.0.1", "host": "gw.example"}

# minute, API, method, path, query, status, response ms, proxy ms
CALLS = (
    (0, EMNER, "GET", "/fs/emner/v1/emner", "", 200, 10, 1),
    (0, EMNER, "GET", "/fs/emner/v1/emner", "limit=5", 200, 20, 2),
    (1, EMNER, "GET", "/fs/emner/v1/emner/X", "", 404, 30, 3),
    (2, TP, "GET", "/tp/timeplan/v1/aktiviteter", "", 401, 1, 1),
    (2, EMNER, "POST", "/fs/emner/v1/emner", "", 405, 1, 1),
    (5, EMNER, "GET", "/fs/emner/v1/emner", "", 200, 40, 4),
    (5, EMNER, "GET", "/fs/emner/v1/emner", "", 503, 101, 1),
    (9, "1", "GET", "/nothing", "", 404, 0, 0),
)


def keep_calls(institution) -> None:
    """Write CALLS as calls of the course application, and the first one as another's too."""
    rows = [_row(number, COURSE, *call) for number, call in enumerate(CALLS)]
    keep(institution.store, *rows, _row(99, "another", *CALLS[0]))


def _row(number, application, minute, api, method, path, query, status, response, proxy):
    plan = PLAN if api == EMNER else None
    return Call(
        **FIRST,
        at=START + minute * MINUTE,
        transaction_id=f"transaction-{number}",
        request_id=f"request-{number}",
        api=api,
        plan=plan,
        application=application,
        subscription=None,
        method=method,
        path=path,
        query=query,
        status=status,
        response_ms=response,
        proxy_ms=proxy,
        request_length=0,
        response_length=100,
        endpoint=None,
        key_from="header",
        error_key=None,
    )


SPAN = {"from": START, "to": START + 10 * MINUTE}
