"""Task 2.3, say what a status asks of you."""

from http import HTTPStatus

from attempts import Attempt
from attempts.unit02_client import itself


def by_ifs(response):
    status = response.status_code
    if status < 300:
        return "use"
    if status == 400:
        return "fix request"
    if status == 401:
        return "check access"
    if status in (403, 405):
        return "not allowed"
    if status == 404:
        json = "json" in response.headers["content-type"]
        return "not found" if json else "fix request"
    if status == 429:
        return "wait and retry"
    return "retry"


WORDS = {
    200: "use",
    400: "fix request",
    401: "check access",
    403: "not allowed",
    405: "Fix_Request",
    429: "WAIT-AND-RETRY ",
}


def by_dict(response):
    if response.status_code == 404:
        return "fix request" if "context-path" in response.text else "not found"
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "wait and retry"
    return WORDS[response.status_code]


def stub(response): ...


def always_retry(response):
    return "retry"


def always_use(response):
    return "use"


def one_404(response):
    return "not found" if response.status_code == 404 else by_ifs(response)


def all_404_mended(response):
    return "fix request" if response.status_code == 404 else by_ifs(response)


def retries_401(response):
    return "retry" if response.status_code == 401 else by_ifs(response)


def asks_for_access_at_403(response):
    return "check access" if response.status_code == 403 else by_ifs(response)


def at_once_after_429(response):
    return "retry" if response.status_code == 429 else by_ifs(response)


def only_503(response):
    return "retry" if response.status_code == 503 else by_four_hundreds(response)


def by_four_hundreds(response):
    return by_ifs(response) if response.status_code < 500 else "fix request"


def no_method_no_thing(response):
    return "not found" if response.status_code == 405 else by_ifs(response)


def not_allowed_without_key(response):
    return "not allowed" if response.status_code == 401 else by_ifs(response)


def gives_up_on_503(response):
    return "not found" if response.status_code == 503 else by_ifs(response)


def gives_up_on_504(response):
    return "not found" if response.status_code == 504 else by_ifs(response)


def own_words(response):
    return "ok" if response.is_success else by_ifs(response)


def a_number(response):
    return response.status_code


def forgets_5xx(response):
    if response.status_code < 500:
        return by_ifs(response)
    return None


def reads_every_body(response):
    status = response.json().get("status", response.status_code)
    return by_ifs(response) if status else ""


def reads_bodies_of_json(response):
    if response.status_code >= 500:
        return "retry" if response.json()["status"] == 503 else "fix request"
    return by_ifs(response)


def raises_for_status(response):
    response.raise_for_status()
    return "use"


ATTEMPTS = [
    Attempt("2.3", itself(by_ifs), 2, "right", "mending retrying"),
    Attempt("2.3", itself(by_dict), 2, "right", "mending retrying"),
    Attempt("2.3", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("2.3", itself(always_retry), 0, "wrong", "case.data case.limit"),
    Attempt("2.3", itself(always_use), 0, "wrong", "case.parameter case.limit"),
    Attempt("2.3", itself(own_words), 1, "wrong", "no-such-word retrying"),
    Attempt("2.3", itself(a_number), 0, "wrong", "no-such-word"),
    Attempt("2.3", itself(one_404), 1, "wrong", "case.address retrying"),
    Attempt("2.3", itself(all_404_mended), 1, "wrong", "case.missing retrying"),
    Attempt("2.3", itself(asks_for_access_at_403), 1, "wrong", "case.path retrying"),
    Attempt("2.3", itself(retries_401), 0, "wrong", "retried"),
    Attempt("2.3", itself(no_method_no_thing), 1, "wrong", "case.method retrying"),
    Attempt("2.3", itself(not_allowed_without_key), 1, "wrong", "case.no-key retrying"),
    Attempt("2.3", itself(gives_up_on_503), 1, "wrong", "mending case.source"),
    Attempt("2.3", itself(gives_up_on_504), 1, "wrong", "mending case.slow"),
    Attempt("2.3", itself(at_once_after_429), 1, "wrong", "mending case.limit"),
    Attempt("2.3", itself(only_503), 1, "wrong", "mending case.refused"),
    Attempt("2.3", itself(forgets_5xx), 1, "wrong", "mending nothing"),
    Attempt("2.3", itself(reads_every_body), 0, "raised", "raised-by-body"),
    Attempt("2.3", itself(reads_bodies_of_json), 1, "raised", "mending raised-by-body"),
    Attempt("2.3", itself(raises_for_status), 0, "raised", "raised"),
]
