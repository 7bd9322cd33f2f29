"""Task 4.2, handle a notification, and handle it again."""

import httpx

from attempts import Attempt
from attempts.unit02_client import itself


def compared(notification, client, register):
    url = notification["url"]
    response = client.get(url)
    if response.status_code == 404:
        return register.pop(url, None) is not None
    record = response.raise_for_status().json()
    if register.get(url) == record:
        return False
    register[url] = record
    return True


def before_and_after(notification, client, register):
    url, before = notification["url"], dict(register)
    response = client.get(url)
    if response.status_code != 404:
        response.raise_for_status()
    register.update({url: response.json()} if response.is_success else {})
    if response.status_code == 404 and url in register:
        del register[url]
    return register != before


def patient(notification, client, register):
    """Tries once more when the source is out of order."""
    try:
        return compared(notification, client, register)
    except httpx.HTTPStatusError:
        return compared(notification, client, register)


def numbers(notification, client, register):
    return int(compared(notification, client, register))


def trusts_a_delete(notification, client, register):
    if notification["operation"] == "delete":
        return register.pop(notification["url"], None) is not None
    return compared(notification, client, register)


def stub(notification, client, register): ...


def says_nothing(notification, client, register):
    compared(notification, client, register)


def always_yes(notification, client, register):
    compared(notification, client, register)
    return True


def always_no(notification, client, register):
    compared(notification, client, register)
    return False


def stores_whatever_comes(notification, client, register):
    register[notification["url"]] = client.get(notification["url"]).json()
    return True


def without_404(notification, client, register):
    record = client.get(notification["url"]).raise_for_status().json()
    new = register.get(notification["url"]) != record
    register[notification["url"]] = record
    return new


def known_alone(notification, client, register):
    if notification["url"] not in register:
        return False
    return compared(notification, client, register)


def by_create_alone(notification, client, register):
    if notification["operation"] == "create":
        return compared(notification, client, register)
    return False


def changes_nothing(notification, client, register):
    return not notification


def first_time_alone(notification, client, register):
    if notification["url"] in register:
        return False
    return compared(notification, client, register)


def drops_what_fails(notification, client, register):
    response = client.get(notification["url"])
    if response.status_code != 200:
        return register.pop(notification["url"], None) is not None
    return compared(notification, client, register)


def keeps_what_is_gone(notification, client, register):
    if client.get(notification["url"]).status_code == 404:
        return False
    return compared(notification, client, register)


def quiet_about_faults(notification, client, register):
    try:
        return compared(notification, client, register)
    except httpx.HTTPError:
        return False


def stores_the_fault(notification, client, register):
    response = client.get(notification["url"])
    if response.status_code == 503:
        register[notification["url"]] = {"status": 503}
        return True
    return compared(notification, client, register)


def keeps_the_notification(notification, client, register):
    new = compared(notification, client, register)
    if notification["url"] in register:
        register[notification["url"]] = {"operation": notification["operation"]}
    return new


def none_for_what_is_gone(notification, client, register):
    new = compared(notification, client, register)
    register.setdefault(notification["url"])
    return new


def keeps_the_response(notification, client, register):
    response = client.get(notification["url"])
    if response.status_code == 404:
        return register.pop(notification["url"], None) is not None
    register[notification["url"]] = response.raise_for_status()
    return True


def by_id(notification, client, register):
    record = client.get(notification["url"]).json()
    register[record["id"]] = record
    return True


ATTEMPTS = [
    Attempt("4.2", itself(compared), 2, "right", "register said"),
    Attempt("4.2", itself(before_and_after), 2, "right", "register said"),
    Attempt("4.2", itself(patient), 2, "right", "register said"),
    Attempt("4.2", itself(numbers), 2, "right", "register said"),
    Attempt("4.2", itself(trusts_a_delete), 2, "right", "register said"),
    Attempt("4.2", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("4.2", itself(says_nothing), 1, "wrong", "register nothing"),
    Attempt("4.2", itself(always_yes), 1, "wrong", "register said-change"),
    Attempt("4.2", itself(always_no), 1, "wrong", "register said-none"),
    Attempt("4.2", itself(stores_whatever_comes), 0, "wrong", "error-stored said-change"),
    Attempt("4.2", itself(without_404), 0, "raised", "raised"),
    Attempt("4.2", itself(known_alone), 1, "wrong", "left-out said"),
    Attempt("4.2", itself(by_create_alone), 0, "wrong", "old not-yet"),
    Attempt("4.2", itself(changes_nothing), 0, "wrong", "not-fetched not-yet"),
    Attempt("4.2", itself(first_time_alone), 1, "wrong", "old said"),
    Attempt("4.2", itself(drops_what_fails), 1, "wrong", "down-dropped said"),
    Attempt("4.2", itself(keeps_what_is_gone), 1, "wrong", "gone-kept said"),
    Attempt("4.2", itself(quiet_about_faults), 1, "wrong", "down-silent said"),
    Attempt("4.2", itself(stores_the_fault), 1, "wrong", "down-stored said"),
    Attempt("4.2", itself(keeps_the_notification), 0, "wrong", "no-record said-change"),
    Attempt("4.2", itself(none_for_what_is_gone), 1, "wrong", "none-stored said"),
    Attempt("4.2", itself(keeps_the_response), 1, "wrong", "register said-change"),
    Attempt("4.2", itself(by_id), 0, "wrong", "others said-change"),
]
