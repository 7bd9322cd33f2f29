"""Task 2.2, take key and address from the environment."""

import os

import httpx

from attempts import Attempt

KEY = "X-Gravitee-Api-Key"


def plain():
    return httpx.Client(
        base_url=os.environ["INTARK_GATEWAY_URL"],
        headers={KEY: os.environ["INTARK_API_KEY"]},
        timeout=10,
    )


def set_afterwards():
    client = httpx.Client(base_url=os.getenv("INTARK_GATEWAY_URL") + "/", timeout=30)
    client.headers["x-gravitee-api-key"] = os.getenv("INTARK_API_KEY")
    return client


class GatewayKey(httpx.Auth):
    def auth_flow(self, request):
        request.headers[KEY] = os.environ["INTARK_API_KEY"]
        yield request


def by_auth_class():
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], auth=GatewayKey())


def with_hooks():
    client = plain()
    client.event_hooks = {"response": [httpx.Response.raise_for_status]}
    return client


def already_used():
    client = plain()
    client.get("/fs/emner/v1/emner")
    return client


def by_default(timeout=10):
    return httpx.Client(timeout=timeout, **settings_of("INTARK_GATEWAY_URL", "INTARK_API_KEY"))


def settings_of(address, key):
    return {"base_url": os.environ[address], "headers": {KEY: os.environ[key]}}


class Made:
    def __call__(self):
        return plain()


def stub(): ...


def passing():
    pass


def returns_stub():
    return ...


def forgets_return():
    plain()


def not_written():
    raise NotImplementedError


def a_client(task):
    return plain()


async def asynchronous():
    return plain()


def wants_argument(key):
    return plain()


def async_client():
    return httpx.AsyncClient(base_url=os.environ["INTARK_GATEWAY_URL"])


def headers_alone():
    return {KEY: os.environ["INTARK_API_KEY"]}


def closed_by_with():
    with plain() as client:
        return client


def misspelt():
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY"])


def key_in_address():
    params = {"api-key": os.environ["INTARK_API_KEY"]}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], params=params)


def bearer():
    headers = {"Authorization": "Bearer " + os.environ["INTARK_API_KEY"]}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers)


def basic():
    auth = ("developer", os.environ["INTARK_API_KEY"])
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], auth=auth)


def other_header():
    headers = {"X-API-Key": os.environ["INTARK_API_KEY"]}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers)


def bearer_in_right_header():
    headers = {KEY: "Bearer " + os.environ["INTARK_API_KEY"]}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers)


def name_of_variable():
    headers = {KEY: "INTARK_API_KEY"}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers)


def key_in_code():
    headers = {KEY: "00000000-made-up"}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers)


def no_key():
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"])


def no_address():
    return httpx.Client(headers={KEY: os.environ["INTARK_API_KEY"]}, timeout=10)


def address_in_code():
    return httpx.Client(base_url="http://127.0.0.1:9", headers={KEY: os.environ["INTARK_API_KEY"]})


def address_of_portal():
    client = plain()
    client.base_url = os.environ["INTARK_PORTAL_URL"]
    return client


def address_of_api():
    client = plain()
    client.base_url = os.environ["INTARK_GATEWAY_URL"] + "/fs/emner/v1"
    return client


def timeout_of_nothing():
    client = plain()
    client.timeout = 0
    return client


def key_with_a_line_end():
    client = plain()
    client.headers[KEY] += "\n"
    return client


def key_in_both():
    client = plain()
    client.params = {"api-key": os.environ["INTARK_API_KEY"]}
    return client


def key_for_one_call():
    """The call that it makes itself carries the key; those of the client do not."""
    client = httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"])
    client.get("/fs/emner/v1/emner", headers={KEY: os.environ["INTARK_API_KEY"]})
    return client


def half_an_address():
    client = plain()
    client.base_url = os.environ["INTARK_GATEWAY_URL"] + "/fs"
    return client


def yields():
    yield plain()


def kept_outside(task):
    client = plain()
    return lambda: client


def no_timeout():
    client = plain()
    client.timeout = None
    return client


def key_as_default(task):
    def make_client(key=os.environ["INTARK_API_KEY"]):
        return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers={KEY: key})

    return make_client


def address_read_before(task):
    address = os.environ["INTARK_GATEWAY_URL"]

    def make_client():
        return httpx.Client(base_url=address, headers={KEY: os.environ["INTARK_API_KEY"]})

    return make_client


def ellipsis(task):
    return ...


def itself(function):
    """The function is the answer."""
    answer = lambda _task: function  # noqa: E731
    answer.__name__ = getattr(function, "__name__", type(function).__name__)
    return answer


ATTEMPTS = [
    Attempt("2.2", itself(plain), 2, "right", "key-right address-right"),
    Attempt("2.2", itself(set_afterwards), 2, "right", "key-right address-right"),
    Attempt("2.2", itself(by_auth_class), 2, "right", "key-right address-right"),
    Attempt("2.2", itself(with_hooks), 2, "right", "key-right address-right"),
    Attempt("2.2", itself(already_used), 2, "right", "key-right address-right"),
    Attempt("2.2", itself(by_default), 2, "right", "key-right address-right"),
    Attempt("2.2", itself(Made()), 2, "right", "key-right address-right"),
    Attempt("2.2", ellipsis, 0, "untried", "tasks.untried.value"),
    Attempt("2.2", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("2.2", itself(passing), 0, "untried", "tasks.untried.function"),
    Attempt("2.2", itself(returns_stub), 0, "untried", "tasks.untried.function"),
    Attempt("2.2", itself(not_written), 0, "untried", "tasks.untried.function"),
    Attempt("2.2", itself(forgets_return), 0, "wrong", "nothing"),
    Attempt("2.2", itself(headers_alone), 0, "wrong", "other-type"),
    Attempt("2.2", itself(async_client), 0, "wrong", "other-type"),
    Attempt("2.2", itself(yields), 0, "wrong", "other-type"),
    Attempt("2.2", itself(closed_by_with), 0, "wrong", "closed"),
    Attempt("2.2", a_client, 0, "wrong", "tasks.misfit.not-callable"),
    Attempt("2.2", itself(asynchronous), 0, "wrong", "tasks.misfit.async"),
    Attempt("2.2", itself(wants_argument), 0, "wrong", "tasks.misfit.signature"),
    Attempt("2.2", itself(misspelt), 0, "raised", "tasks.raised.at-line"),
    Attempt("2.2", itself(key_in_address), 1, "wrong", "key-in-url address-right"),
    Attempt("2.2", itself(key_in_both), 1, "wrong", "key-in-url address-right"),
    Attempt("2.2", itself(key_for_one_call), 1, "wrong", "key-missing address-right"),
    Attempt("2.2", itself(key_with_a_line_end), 1, "wrong", "call-failed address-right"),
    Attempt("2.2", itself(timeout_of_nothing), 1, "wrong", "call-failed address-right"),
    Attempt("2.2", itself(half_an_address), 1, "wrong", "key-right address-beyond"),
    Attempt("2.2", kept_outside, 0, "wrong", "key-frozen address-frozen"),
    Attempt("2.2", itself(bearer), 1, "wrong", "other-header address-right"),
    Attempt("2.2", itself(basic), 1, "wrong", "other-header address-right"),
    Attempt("2.2", itself(other_header), 1, "wrong", "other-header address-right"),
    Attempt("2.2", itself(bearer_in_right_header), 1, "wrong", "key-wrapped address-right"),
    Attempt("2.2", itself(name_of_variable), 1, "wrong", "key-name address-right"),
    Attempt("2.2", itself(key_in_code), 1, "wrong", "key-wrong address-right"),
    Attempt("2.2", itself(no_key), 1, "wrong", "key-missing address-right"),
    Attempt("2.2", key_as_default, 1, "wrong", "key-frozen address-right"),
    Attempt("2.2", itself(no_address), 0, "wrong", "no-call no-address"),
    Attempt("2.2", itself(address_in_code), 0, "wrong", "no-call address-other"),
    Attempt("2.2", itself(address_of_portal), 0, "wrong", "no-call address-other"),
    Attempt("2.2", address_read_before, 1, "wrong", "key-right address-frozen"),
    Attempt("2.2", itself(address_of_api), 1, "wrong", "key-right address-beyond"),
    Attempt("2.2", itself(no_timeout), 1, "wrong", "key-right no-timeout"),
]
