"""Task 3.4, find out why an access stopped."""

import os

import httpx

from attempts import Attempt
from attempts.unit02_client import itself
from attempts.unit03_plans import portal

STATUSES = {"PAUSED": "subscription paused", "CLOSED": "subscription closed"}


def held(service) -> dict:
    path = f"/subscriptions/{service['subscription']}"
    return portal().get(path, params={"include": "keys"}).json()


def sent(service) -> list[dict]:
    return [key for key in held(service)["keys"] if key["id"] == service["key"]]


def called(service, key: dict) -> int:
    headers = {"X-Gravitee-Api-Key": key["key"]}
    with httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], verify=False) as gateway:
        return gateway.get(service["call"], headers=headers).status_code


def by_the_portal_first(service):
    if (status := held(service)["status"]) in STATUSES:
        return STATUSES[status]
    if not sent(service):
        return "wrong key"
    (key,) = sent(service)
    if key["revoked"]:
        return "key revoked"
    if key["expired"]:
        return "key expired"
    return "wrong address" if called(service, key) == 404 else "outside plan"


def by_the_gateway_first(service):
    for key in sent(service):
        status = called(service, key)
        if status in (403, 404):
            return {403: "OUTSIDE_PLAN", 404: "Wrong-Address"}[status]
    if (status := held(service)["status"]) != "ACCEPTED":
        return f"Subscription {status}"
    flags = [flag for key in sent(service) for flag in ("revoked", "expired") if key[flag]]
    return f"key {flags[0]}" if flags else "wrong key"


def by_the_catalogue(service):
    """The address is looked up, not called; and all subscriptions are searched for the key."""
    if sent(service) and held(service)["status"] == "ACCEPTED":
        paths = [
            httpx.URL(entrypoint).path.partition("/gateway")[2]
            for api in portal().get("/apis?size=-1").json()["data"]
            for entrypoint in api["entrypoints"]
        ]
        if not any(service["call"].startswith(path + "/") for path in paths):
            return "wrong address"
    return by_the_portal_first(service)


def stub(service): ...


def always_expired(service):
    return "key expired"


def forgetful(service):
    said = by_the_portal_first(service)
    return None if said == "wrong key" else said


def nothing_for_calls(service):
    said = by_the_portal_first(service)
    return said if "key" in said or "sub" in said else None


def keys_before_status(service):
    for key in sent(service):
        for flag in ("revoked", "expired"):
            if key[flag]:
                return f"key {flag}"
    return by_the_portal_first(service)


def asks_for_expired_first(service):
    """A key that was renewed long ago and revoked as well has both flags."""
    for key in sent(service):
        if held(service)["status"] == "ACCEPTED" and key["expired"]:
            return "key expired"
    return by_the_portal_first(service)


def newest_key(service):
    keys = held(service)["keys"]
    return by_the_portal_first(service | {"key": keys[0]["id"]})


def one_word_for_all_401(service):
    said = by_the_portal_first(service)
    return said if said in ("outside plan", "wrong address") else "unauthorized"


def takes_403_for_an_address(service):
    said = by_the_portal_first(service)
    return "wrong address" if said == "outside plan" else said


def by_the_look_of_the_path(service):
    """What task.services shows, by heart."""
    if "emnepameldinger" in service["call"]:
        return "outside plan"
    return by_the_portal_first(service)


def takes_a_closed_one_for_revoked(service):
    said = by_the_portal_first(service)
    return "key revoked" if said == "subscription closed" else said


def a_status(service):
    said = by_the_portal_first(service)
    return 404 if said == "wrong address" else said


def itself_again(service):
    return by_the_portal_first


def sure_of_its_key(service):
    said = by_the_portal_first(service)
    if said == "wrong key":
        raise KeyError(service["key"])
    return said


def sure_of_json(service):
    if by_the_portal_first(service) == "wrong address":
        url = os.environ["INTARK_GATEWAY_URL"] + service["call"]
        return httpx.get(url).json()["message"]
    return by_the_portal_first(service)


def words_of_the_last_time(task):
    """An answer by heart: the accesses come in another order each time."""
    diagnosed = {name: by_the_portal_first(service) for name, service in task.services.items()}
    return lambda service: diagnosed.get(service["subscription"], "key expired")


ATTEMPTS = [
    Attempt("3.4", itself(by_the_portal_first), 2, "right", "portal gateway"),
    Attempt("3.4", itself(by_the_gateway_first), 2, "right", "portal gateway"),
    Attempt("3.4", itself(by_the_catalogue), 2, "right", "portal gateway"),
    Attempt("3.4", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("3.4", itself(always_expired), 0, "wrong", "wrong"),
    Attempt("3.4", words_of_the_last_time, 0, "wrong", "wrong"),
    Attempt("3.4", itself(forgetful), 1, "wrong", "nothing gateway"),
    Attempt("3.4", itself(nothing_for_calls), 1, "wrong", "portal nothing"),
    Attempt("3.4", itself(keys_before_status), 1, "wrong", "wrong gateway"),
    Attempt("3.4", itself(asks_for_expired_first), 1, "wrong", "wrong gateway"),
    Attempt("3.4", itself(newest_key), 1, "wrong", "wrong gateway"),
    Attempt("3.4", itself(one_word_for_all_401), 1, "wrong", "no-such-word gateway"),
    Attempt("3.4", itself(takes_403_for_an_address), 1, "wrong", "portal wrong"),
    Attempt("3.4", itself(by_the_look_of_the_path), 1, "wrong", "portal wrong"),
    Attempt("3.4", itself(takes_a_closed_one_for_revoked), 1, "wrong", "wrong gateway"),
    Attempt("3.4", itself(a_status), 1, "wrong", "portal no-such-word"),
    Attempt("3.4", itself(itself_again), 0, "wrong", "tasks.not-data"),
    Attempt("3.4", itself(sure_of_its_key), 1, "raised", "raised gateway"),
    Attempt("3.4", itself(sure_of_json), 1, "raised", "portal raised"),
]
