"""Dead letters: what a queue gives up goes to its dead-letter exchange, with its history."""

import datetime
from collections.abc import Callable

from intark_lab.messages.broker.message import Content, Entry
from intark_lab.messages.broker.queue import Queue


def dead_letter(queue: Queue, entry: Entry, reason: str) -> Content | None:
    """The message to publish for one that `queue` gave up, or None where nobody wants it.

    `reason` is rejected, expired, maxlen or delivery_limit. A message that only ran in circles
    through this queue, and that no consumer ever rejected on the way, is dropped.
    """
    exchange = queue.policy.dead_letter_exchange
    content = entry.content
    if exchange is None or _runs_in_circles(content, queue.name, reason):
        return None
    key = queue.policy.dead_letter_key
    headers = dict(content.headers)
    headers["x-death"] = _deaths(content, queue.name, reason)
    if "x-death" not in content.headers:
        first = {"exchange": content.exchange, "queue": queue.name, "reason": reason}
        headers |= {f"x-first-death-{name}": value for name, value in first.items()}
    if key is not None:
        headers.pop("CC", None)
    return content.rewritten(
        exchange,
        content.routing_key if key is None else key,
        headers,
        keep_expiration=False,
    )


def bury(publish: Callable[[Content], None]) -> Callable[[Queue, Entry, str], None]:
    """What a queue calls with what it gives up."""

    def to_the_exchange(queue: Queue, entry: Entry, reason: str) -> None:
        if (letter := dead_letter(queue, entry, reason)) is not None:
            publish(letter)

    return to_the_exchange


def _deaths(content: Content, queue: str, reason: str) -> list[dict]:
    """The history, newest first; what happened before in the same way is counted up.

    The older ones change their order each time, as RabbitMQ 3.10 turns them round.
    """
    past = _history(content)[::-1]
    same = [each for each in past if (each.get("queue"), each.get("reason")) == (queue, reason)]
    others = [each for each in past if each not in same]
    if same:
        return [{**same[0], "count": same[0].get("count", 0) + 1}, *others]
    death = {
        "count": 1,
        "exchange": content.exchange,
        "queue": queue,
        "reason": reason,
        "routing-keys": [content.routing_key, *content.headers.get("CC", [])],
        "time": datetime.datetime.now(datetime.UTC).replace(microsecond=0),
    }
    if content.expiration is not None:
        death["original-expiration"] = str(content.expiration)
    return [death, *others]


def _runs_in_circles(content: Content, queue: str, reason: str) -> bool:
    if reason == "rejected":
        return False
    reasons = []
    for death in _history(content):
        reasons.append(death.get("reason"))
        if death.get("queue") == queue:
            return "rejected" not in reasons
    return False


def _history(content: Content) -> list[dict]:
    found = content.headers.get("x-death", [])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
