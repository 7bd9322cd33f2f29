"""How the kernel drives the functions that tasks ask for: against the lab, over httpx.

A drive takes the learner's function and the control side's orders and returns evidence. Values of
keys never get into it.
"""

from collections.abc import Callable

import httpx

from intark_lab.lab import current
from intark_lab.tasks.driving import TooManyCalls, at_most, environment, gateway_client
from intark_lab.tasks.evidence import called, in_one_case
from intark_lab.tasks.guard import TimeUp
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
        evidence |= called(_one_call, client, orders)
    with environment(INTARK_GATEWAY_URL=ELSEWHERE):
        another, address = _another(make_client)
    if another is not client:  # one that outlives its call is the learner's own, and stays open
        for made in filter(None, (client, another)):
            made.close()
    return evidence | {"follows": address.startswith(ELSEWHERE)}


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
        except TooManyCalls:
            return {"unfinished": "calls"}
        except TimeUp:
            return {"unfinished": "time"}
    return {"answer": plain(answer), "type": type(answer).__name__}


DRIVES = {"2.2": client_maker, "2.3": decider, "2.4": page_fetcher}


def _kind(client) -> dict:
    return {"type": type(client).__name__, "is_client": isinstance(client, httpx.Client)}


def _another(make_client: Callable) -> tuple[httpx.Client | None, str]:
    """A second client and where it would go, or where the function went, should it call at once."""
    try:
        client = called(make_client)
    except httpx.TransportError as error:
        return None, str(error.request.url)
    return client, str(client.base_url)


def _one_call(client: httpx.Client, orders: dict) -> dict:
    """What the client sent with the key in it, and what became of the call."""
    gateway, address = current().gateway_url, str(client.base_url).rstrip("/")
    ours = address.startswith(gateway)
    facts = {
        "closed": client.is_closed,
        "has_timeout": None not in client.timeout.as_dict().values(),
        "has_address": bool(address),
        "beyond": address.removeprefix(gateway).replace(orders["key"], "…") if ours else "",
        "elsewhere": "" if ours else address,
    }
    if client.is_closed:
        return facts
    sent: list[httpx.Request] = []
    note = sent.append
    client.event_hooks["request"].append(note)
    try:
        facts["status"] = client.get(orders["path"]).status_code
    except httpx.HTTPStatusError as error:  # a hook of the learner's own may raise it
        facts["status"] = error.response.status_code
    except (httpx.TransportError, httpx.InvalidURL) as error:
        facts["failed"] = type(error).__name__
    finally:
        client.event_hooks["request"].remove(note)
    return facts | _key_sent(sent[0] if sent else httpx.Request("GET", ""), orders["key"])


def _key_sent(request: httpx.Request, key: str) -> dict:
    """Where in a request a key is, and in what form."""
    headers = request.headers.items()
    return {
        "is_bare": request.headers.get("X-Gravitee-Api-Key") == key,
        "key_in_url": "api-key" in request.url.params,
        "key_in": [name for name, value in headers if key in value],
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
    return in_one_case(lambda: {"word": _word(called(decide, response))})


def _word(decision) -> str | None:
    """A decision as it is compared: lower case, single spaces; other values by their repr."""
    if decision is None:
        return None
    if isinstance(decision, str):
        return " ".join(decision.lower().replace("_", " ").replace("-", " ").split())
    return repr(decision)[:60]
