"""Task 4.5, keep a register in step: 200 events, some awkward, and one power cut."""

import json
from datetime import UTC, datetime

from attempts import Attempt
from attempts.unit02_client import itself

PATH = "/dfo/ansatte/v2/ansatte"


def refresh(url, client, register):
    response = client.get(url)
    if response.status_code == 404:
        register.pop(url, None)
    else:
        register[url] = response.raise_for_status().json()


def consuming(work):
    """A consumer around what is done for one message; ValueError sets it aside."""

    def keep_in_step(channel, queue, client, register):
        for method, _, body in channel.consume(queue, inactivity_timeout=0.3):
            if method is None:
                break
            try:
                work(body, client, register)
                channel.basic_ack(method.delivery_tag)
            except ValueError:
                channel.basic_reject(method.delivery_tag, requeue=False)
        channel.cancel()

    keep_in_step.__name__ = work.__name__
    return keep_in_step


@consuming
def by_generator(body, client, register):
    refresh(json.loads(body)["sub"], client, register)


def by_callback(channel, queue, client, register):
    def on_message(channel, method, properties, body):
        try:
            refresh(json.loads(body)["sub"], client, register)
        except json.JSONDecodeError:
            channel.basic_nack(method.delivery_tag, requeue=False)
            return
        channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=10)
    channel.basic_consume(queue, on_message)
    channel.start_consuming()


def by_get(channel, queue, client, register):
    while (delivery := channel.basic_get(queue))[0]:
        method, _, body = delivery
        if body.endswith(b"}"):
            refresh(json.loads(body)["sub"], client, register)
        channel.basic_ack(method.delivery_tag)


def each_record_once(channel, queue, client, register):
    """Reads ahead, and fetches once for all messages about one record."""
    tags, urls, poison = [], [], []
    while (delivery := channel.basic_get(queue))[0]:
        method, _, body = delivery
        try:
            urls.append(json.loads(body)["sub"])
            tags.append(method.delivery_tag)
        except ValueError:
            poison.append(method.delivery_tag)
    for url in dict.fromkeys(urls):
        refresh(url, client, register)
    for tag in tags:
        channel.basic_ack(tag)
    for tag in poison:
        channel.basic_reject(tag, requeue=False)


def stub(channel, queue, client, register): ...


def before_the_work(channel, queue, client, register):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.3):
        if method is None:
            return
        channel.basic_ack(method.delivery_tag)
        if body.endswith(b"}"):
            refresh(json.loads(body)["sub"], client, register)


def automatic(channel, queue, client, register):
    for method, _, body in channel.consume(queue, auto_ack=True, inactivity_timeout=0.3):
        if method is None:
            return
        if body.endswith(b"}"):
            refresh(json.loads(body)["sub"], client, register)


def falls_over_poison(channel, queue, client, register):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.3):
        if method is None:
            return
        refresh(json.loads(body)["sub"], client, register)
        channel.basic_ack(method.delivery_tag)


def poison_goes_round(channel, queue, client, register):
    def on_message(channel, method, properties, body):
        try:
            refresh(json.loads(body)["sub"], client, register)
            channel.basic_ack(method.delivery_tag)
        except ValueError:
            channel.basic_nack(method.delivery_tag)

    channel.basic_consume(queue, on_message)
    channel.start_consuming()


def never(channel, queue, client, register):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.3):
        if method is None:
            return
        if body.endswith(b"}"):
            refresh(json.loads(body)["sub"], client, register)


def half_of_them(channel, queue, client, register):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.3):
        if method is None:
            return
        if body.endswith(b"}"):
            refresh(json.loads(body)["sub"], client, register)
        if method.delivery_tag % 2:
            channel.basic_ack(method.delivery_tag)


@consuming
def falls_over_404(body, client, register):
    url = json.loads(body)["sub"]
    register[url] = client.get(url).raise_for_status().json()


@consuming
def stores_whatever_comes(body, client, register):
    url = json.loads(body)["sub"]
    register[url] = client.get(url).json()


@consuming
def goes_by_the_operation(body, client, register):
    """Fetches for a create and a modify alone, and is content with a 404."""
    said = json.loads(body)
    response = client.get(said["sub"])
    if response.is_success:
        register[said["sub"]] = response.json()


@consuming
def known_alone(body, client, register):
    said = json.loads(body)
    if said["sub"] in register or "create" in said["eventUris"][0]:
        refresh(said["sub"], client, register)


@consuming
def update_alone(body, client, register):
    said = json.loads(body)
    if said["sub"] in register:
        refresh(said["sub"], client, register)


@consuming
def nothing_old(body, client, register):
    said = json.loads(body)
    if datetime.now(UTC).timestamp() - said["iat"] < 3600:
        refresh(said["sub"], client, register)


@consuming
def nothing_from_the_future(body, client, register):
    said = json.loads(body)
    response = client.get(said["sub"])
    if response.status_code == 404:
        register.pop(said["sub"], None)
    elif response.json()["startdato"] <= datetime.now(UTC).date().isoformat():
        register[said["sub"]] = response.json()


@consuming
def deletes_alone(body, client, register):
    said = json.loads(body)
    if client.get(said["sub"]).status_code == 404:
        register.pop(said["sub"], None)


@consuming
def creates_and_deletes_alone(body, client, register):
    said = json.loads(body)
    is_new = "modify" not in said["eventUris"][0] or said["sub"] not in register
    if is_new or client.get(said["sub"]).status_code == 404:
        refresh(said["sub"], client, register)


@consuming
def from_the_message(body, client, register):
    said = json.loads(body)
    register[said["sub"]] = said


@consuming
def marks_without_asking(body, client, register):
    register.pop(json.loads(body)["sub"], None)


@consuming
def by_number(body, client, register):
    url = json.loads(body)["sub"]
    response = client.get(url)
    if response.is_success:
        register[response.json()["ansattnummer"]] = response.json()


@consuming
def in_a_copy(body, client, register):
    refresh(json.loads(body)["sub"], client, dict(register))


def everything_at_the_end(channel, queue, client, register):
    channel.queue_purge(queue)
    url, offset, records = str(client.base_url).rstrip("/") + PATH, 0, []
    while offset <= len(records):
        page = client.get(url, params={"limit": 100, "offset": offset}).raise_for_status()
        records += page.json()["items"]
        offset += 100
    register.clear()
    register |= {f"{url}/{one['ansattnummer']}": one for one in records}


@consuming
def none_for_what_is_gone(body, client, register):
    url = json.loads(body)["sub"]
    register[url] = None
    refresh(url, client, register)
    register.setdefault(url)


def stops_at_poison(channel, queue, client, register):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.3):
        if method is None:
            return
        try:
            refresh(json.loads(body)["sub"], client, register)
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)
            return
        channel.basic_ack(method.delivery_tag)


@consuming
def twice_to_be_sure(body, client, register):
    refresh(json.loads(body)["sub"], client, register)
    refresh(json.loads(body)["sub"], client, register)


RIGHT = "in-step way"
ATTEMPTS = [
    Attempt("4.5", itself(by_generator), 2, "right", RIGHT),
    Attempt("4.5", itself(by_callback), 2, "right", RIGHT, slow=True),
    Attempt("4.5", itself(by_get), 2, "right", RIGHT),
    Attempt("4.5", itself(each_record_once), 2, "right", RIGHT, slow=True),
    Attempt("4.5", itself(stub), 0, "untried", "tasks.untried.function", slow=True),
    Attempt("4.5", itself(before_the_work), 0, "wrong", "lost not-yet"),
    Attempt("4.5", itself(automatic), 0, "wrong", "lost not-yet", slow=True),
    Attempt("4.5", itself(falls_over_poison), 0, "raised", "poison-raised"),
    Attempt("4.5", itself(falls_over_404), 0, "raised", "raised", slow=True),
    Attempt("4.5", itself(poison_goes_round), 1, "wrong", "in-step poison", slow=True),
    Attempt("4.5", itself(never), 1, "wrong", "in-step never", slow=True),
    Attempt("4.5", itself(half_of_them), 1, "wrong", "in-step left", slow=True),
    Attempt("4.5", itself(stores_whatever_comes), 0, "wrong", "no-record not-yet", slow=True),
    Attempt("4.5", itself(goes_by_the_operation), 0, "wrong", "gone-kept not-yet", slow=True),
    Attempt("4.5", itself(known_alone), 0, "wrong", "unknown not-yet", slow=True),
    Attempt("4.5", itself(update_alone), 0, "wrong", "missing not-yet", slow=True),
    Attempt("4.5", itself(nothing_from_the_future), 0, "wrong", "future not-yet", slow=True),
    Attempt("4.5", itself(nothing_old), 0, "wrong", "late not-yet", slow=True),
    Attempt("4.5", itself(deletes_alone), 0, "wrong", "missing not-yet", slow=True),
    Attempt("4.5", itself(creates_and_deletes_alone), 0, "wrong", "old not-yet", slow=True),
    Attempt("4.5", itself(from_the_message), 0, "wrong", "not-fetched not-yet", slow=True),
    Attempt("4.5", itself(marks_without_asking), 0, "wrong", "not-fetched not-yet", slow=True),
    Attempt("4.5", itself(by_number), 0, "wrong", "other-key not-yet", slow=True),
    Attempt("4.5", itself(in_a_copy), 0, "wrong", "unchanged not-yet", slow=True),
    Attempt("4.5", itself(everything_at_the_end), 1, "wrong", "in-step list", slow=True),
    Attempt("4.5", itself(none_for_what_is_gone), 0, "wrong", "none-stored not-yet", slow=True),
    Attempt("4.5", itself(stops_at_poison), 0, "wrong", "early left", slow=True),
    Attempt("4.5", itself(twice_to_be_sure), 1, "wrong", "in-step calls", slow=True),
]
