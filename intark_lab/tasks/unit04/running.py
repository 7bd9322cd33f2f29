"""What the drives of this unit share: one run of a consumer, and what it leaves in the queue."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pika

from intark_lab.tasks.evidence import Unfit, called
from intark_lab.tasks.guard import TimeUp, told
from intark_lab.tasks.unit04.line import Line, PowerCut

_SETTLED = 0.05
"""Seconds in which a queue's count stays as it is: messages of a lost connection come back soon,
but not at once."""
_GIVE_UP = 10.0


def run(line: Line, function: Callable, *arguments) -> dict:
    """Call a learner's consumer once: `failed` is what it raised, where the line was not cut; it
    `hung` where it went on even then.

    Who still waits for messages when nothing more comes is ended, as any consumer is some day.
    """
    try:
        called(function, *arguments)
    except (Unfit, NotImplementedError):
        raise
    except PowerCut:
        return {}
    except TimeUp:
        if not line.was_used:
            raise
        return {"hung": True}
    except (Exception, SystemExit) as error:
        if not line.is_cut:
            return {"failed": told(error)}
    return {}


@contextmanager
def channel_at(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel of pika's own; its connection may be lost meanwhile."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        with suppress(pika.exceptions.AMQPError, OSError):
            connection.close()


def wait_for(count: int, queue: str, url: str) -> None:
    """Until so many messages wait in a queue, or for a time: shovels take their time to start."""
    with channel_at(url) as channel:
        give_up = time.monotonic() + _GIVE_UP
        while time.monotonic() < give_up and _waiting(channel, queue) < count:
            time.sleep(_SETTLED)


def left_in(queue: str, url: str) -> int:
    """How many messages of a queue wait, once those that were lost on the way are back."""
    with channel_at(url) as channel:
        before, now = None, _waiting(channel, queue)
        while now != before:
            time.sleep(_SETTLED)
            before, now = now, _waiting(channel, queue)
        return now


def _waiting(channel, queue: str) -> int:
    return channel.queue_declare(queue, passive=True).method.message_count


@contextmanager
def quiet_pika() -> Iterator[None]:
    """Pika tells of each lost connection on stderr, and here they are lost on purpose."""
    logger = logging.getLogger("pika")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
