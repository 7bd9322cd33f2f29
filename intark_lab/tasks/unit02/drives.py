"""How the kernel drives the functions that tasks ask for: against the lab, over httpx.

A drive takes the learner's function and the control side's orders and returns evidence. Values of
keys never get into it.
"""

from collections.abc import Callable
from contextlib import closing

import httpx

from intark_lab.lab import current
from intark_lab.tasks.driving import TooManyCalls, at_most, environment, gateway_client
from intark_lab.tasks.evidence import Unfit, called
from intark_lab.tasks.guard import TimeUp, told
from intark_lab.tasks.plain import plain

ELSEWHERE = "http://127.0.0.1:9/gateway"
"""An address that is none: only whether a client would call it is looked at."""


def client_maker(make_client: Callable, orders: dict) -> dict:
    """Task 2.2: what kind of client it makes, what that client sends, and how it ends."""
    with environment(INTARK_API_KEY=orders["key"], INTARK_GATEWAY_URL=current().gateway_url):
        client = called(make_client)
        evidence = _kind(client)
        if not evidence["is_client"]:
            return evidence
        with closing(client):
            evidence |= called(_one_call, client, orders)
    with environment(INTARK_GATEWAY_URL=ELSEWHERE):
        return evidence | {"follows": _address(make_client).startswith(ELSEWHERE)}


def decider(decide: Callable, orders: dict) -> dict:
    """Task 2.3: what the function makes of real answers, one a case."""
    decisions = []
    with gateway_client(orders["key"]) as client:
        for case in orders["cases"]:
            response = _met(client, case, orders["application"])
            status = {"case": case["case"], "status": response.status_code}
            decisions.append(status | _decided(decide, response))
    return {"decisions": decisions}


def page_fetcher(fetch_all: Callable, orders: dict) -> dict:
    """Task 2.4: what the function brings home with a client of the check's own."""
    with gateway_client(orders["key"], at_most()) as client:
        try:
            answer = called(fetch_all, client)
        except (TooManyCalls, TimeUp):
            return {"unfinished": True}
    return {"answer": plain(answer), "type": type(answer).__name__}


DRIVES = {"2.2": client_maker, "2.3": decider, "2.4": page_fetcher}


def _kind(client) -> dict:
    return {"type": type(client).__name__, "is_client": isinstance(client, httpx.Client)}


def _address(make_client: Callable) -> str:
    """Where a new client would go, or went, should it make a call at once."""
    try:
        with closing(called(make_client)) as client:
            return str(client.base_url)
    except httpx.TransportError as error:
        return str(error.request.url)


def _one_call(client: httpx.Client, orders: dict) -> dict:
    """What the client sent with the key in it, and what became of the call."""
    gateway, address = current().gateway_url, str(client.base_url).rstrip("/")
    ours = address.startswith(gateway)
    facts = {
        "closed": client.is_closed,
        "has_timeout": None not in client.timeout.as_dict().values(),
        "has_address": bool(address),
        "beyond": address.removeprefix(gateway) if ours else "",
        "elsewhere": "" if ours else address,
    }
    if client.is_closed:
        return facts
    sent: list[httpx.Request] = []
    client.event_hooks["request"].append(sent.append)
    try:
        facts["status"] = client.get(orders["path"]).status_code
    except httpx.HTTPStatusError as error:  # a hook of the learner's own may raise it
        facts["status"] = error.response.status_code
    except (httpx.TransportError, httpx.InvalidURL) as error:
        facts["failed"] = type(error).__name__
    headers = [item for request in sent[:1] for item in request.headers.items()]
    return facts | {
        "key_in": [name for name, value in headers if orders["key"] in value],
        "name_in": [name for name, value in headers if "INTARK_API_KEY" in value],
        "authorized": any(name == "authorization" for name, _ in headers),
    }


def _met(client: httpx.Client, case: dict, application: str) -> httpx.Response:
    """The answer that belongs to a case, as a learner's own code would get it."""
    if "fault" in case:
        current().control("POST", "/fault", {**case["fault"], "application": application})
    request = client.build_request(case["method"], case["path"])
    if case.get("without_key"):
        del request.headers["X-Gravitee-Api-Key"]
    for _ in range(case.get("times", 1)):
        response = client.send(request)
    return response


def _decided(decide: Callable, response: httpx.Response) -> dict:
    try:
        return {"word": _word(called(decide, response))}
    except (Unfit, TimeUp, NotImplementedError):
        raise
    except (Exception, SystemExit) as error:
        return {"raised": told(error)}


def _word(decision) -> str | None:
    """A decision as it is compared: lower case, single spaces; other values by their repr."""
    if decision is None:
        return None
    if isinstance(decision, str):
        return " ".join(decision.lower().replace("_", " ").replace("-", " ").split())
    return repr(decision)[:60]
