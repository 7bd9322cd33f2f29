"""Task 4.4, repair an old example."""

import json

import pika

from attempts import Attempt
from attempts.unit02_client import itself


def open_channel(url):
    return pika.BlockingConnection(pika.URLParameters(url)).channel()


def listening(on_message, **settings):
    """A consumer around a callback, as it stands in the example."""

    def receive(url, queue, handle):
        channel = open_channel(url)
        channel.basic_consume(
            queue=queue,
            on_message_callback=lambda *delivery: on_message(handle, *delivery),
            **settings,
        )
        channel.start_consuming()

    receive.__name__ = on_message.__name__
    return receive


@listening
def repaired(handle, channel, method, properties, body):
    handle(method.routing_key, json.loads(body))
    channel.basic_ack(method.delivery_tag)


def by_generator(url, queue, handle):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
            if method is None:
                return
            handle(method.routing_key, json.loads(body))
            channel.basic_ack(method.delivery_tag)


def by_get(url, queue, handle):
    channel = open_channel(url)
    while True:
        method, _, body = channel.basic_get(queue)
        if method is None:
            channel.connection.close()
            return
        handle(method.routing_key, json.loads(body))
        channel.basic_ack(method.delivery_tag)


def stale(url, queue, handle):
    def on_message(channel, method, header, body):
        channel.basic_ack(method.delivery_tag)
        handle(header.routing_key, json.loads(body))

    channel = open_channel(url)
    channel.basic_consume(on_message, queue=queue, no_ack=False)
    channel.start_consuming()


def old_keyword(url, queue, handle):
    channel = open_channel(url)
    channel.basic_consume(queue, handle, no_ack=False)


@listening
def half_repaired(handle, channel, method, header, body):
    channel.basic_ack(method.delivery_tag)
    handle(header.routing_key, json.loads(body))


@listening
def still_before(handle, channel, method, properties, body):
    channel.basic_ack(method.delivery_tag)
    handle(method.routing_key, json.loads(body))


@listening
def no_acknowledgement(handle, channel, method, properties, body):
    handle(method.routing_key, json.loads(body))


@listening
def bytes_alone(handle, channel, method, properties, body):
    handle(method.routing_key, body)
    channel.basic_ack(method.delivery_tag)


@listening
def exchange_as_key(handle, channel, method, properties, body):
    handle(method.exchange, json.loads(body))
    channel.basic_ack(method.delivery_tag)


@listening
def delivery_as_key(handle, channel, method, properties, body):
    handle(method, properties)
    channel.basic_ack(method.delivery_tag)


@listening
def in_batches(handle, channel, method, properties, body):
    handle(method.routing_key, json.loads(body))
    if method.delivery_tag == 3 or method.redelivered:
        channel.basic_ack(method.delivery_tag, multiple=True)


@listening
def with_a_change(handle, channel, method, properties, body):
    handle(method.routing_key, json.loads(body) | {"seen": True})
    channel.basic_ack(method.delivery_tag)


@listening
def tag_of_properties(handle, channel, method, properties, body):
    handle(method.routing_key, json.loads(body))
    channel.basic_ack(properties.delivery_tag)


@listening
def puts_back(handle, channel, method, properties, body):
    handle(method.routing_key, json.loads(body))
    channel.basic_nack(method.delivery_tag)


def automatic(url, queue, handle):
    channel = open_channel(url)
    for method, _, body in channel.consume(queue, auto_ack=True, inactivity_timeout=0.2):
        if method is None:
            return
        handle(method.routing_key, json.loads(body))


def never_starts(url, queue, handle):
    channel = open_channel(url)
    channel.basic_consume(queue, lambda *delivery: handle(*delivery))
    channel.connection.close()


def first_alone(url, queue, handle):
    channel = open_channel(url)
    method, _, body = channel.basic_get(queue)
    handle(method.routing_key, json.loads(body))
    channel.basic_ack(method.delivery_tag)


def last_one_stays(url, queue, handle):
    channel = open_channel(url)
    while True:
        method, _, body = channel.basic_get(queue)
        if method is None:
            return
        handle(method.routing_key, json.loads(body))
        if method.message_count:
            channel.basic_ack(method.delivery_tag)


def at_another_place(url, queue, handle):
    pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", 9))


def stub(url, queue, handle): ...


RIGHT = "received acknowledged"
ATTEMPTS = [
    Attempt("4.4", itself(repaired), 2, "right", RIGHT, slow=True),
    Attempt("4.4", itself(by_generator), 2, "right", RIGHT),
    Attempt("4.4", itself(by_get), 2, "right", RIGHT),
    Attempt("4.4", itself(stub), 0, "untried", "tasks.untried.function", slow=True),
    Attempt("4.4", itself(stale), 0, "raised", "old-call"),
    Attempt("4.4", itself(old_keyword), 0, "raised", "old-call", slow=True),
    Attempt("4.4", itself(half_repaired), 0, "raised", "no-attribute", slow=True),
    Attempt("4.4", itself(at_another_place), 0, "raised", "failed", slow=True),
    Attempt("4.4", itself(never_starts), 0, "wrong", "nothing", slow=True),
    Attempt("4.4", itself(still_before), 1, "wrong", "received before"),
    Attempt("4.4", itself(automatic), 0, "wrong", "missing before", slow=True),
    Attempt("4.4", itself(no_acknowledgement), 1, "wrong", "received never", slow=True),
    Attempt("4.4", itself(in_batches), 1, "wrong", "received too-late", slow=True),
    Attempt("4.4", itself(bytes_alone), 1, "wrong", "not-parsed acknowledged", slow=True),
    Attempt("4.4", itself(exchange_as_key), 1, "wrong", "no-key acknowledged", slow=True),
    Attempt("4.4", itself(delivery_as_key), 1, "wrong", "no-key acknowledged", slow=True),
    Attempt("4.4", itself(with_a_change), 1, "wrong", "missing acknowledged", slow=True),
    Attempt("4.4", itself(tag_of_properties), 0, "wrong", "broke left"),
    Attempt("4.4", itself(puts_back), 1, "wrong", "received put-back"),
    Attempt("4.4", itself(last_one_stays), 1, "wrong", "received left", slow=True),
]
