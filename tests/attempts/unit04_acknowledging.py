"""Task 4.3, acknowledge at the right moment. Many ways of pika's, and many accidents."""

import json
from contextlib import suppress

from attempts import Attempt
from attempts.unit02_client import itself


def by_generator(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
            channel.basic_ack(method.delivery_tag)
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)
    channel.cancel()


def by_get(channel, queue, work):
    method, _, body = channel.basic_get(queue)
    while method:
        try:
            work(body)
        except ValueError as error:
            print(type(error).__name__)
        except ConnectionError:
            channel.basic_nack(method.delivery_tag, requeue=True)
            method, _, body = channel.basic_get(queue)
            continue
        channel.basic_ack(method.delivery_tag)
        method, _, body = channel.basic_get(queue)


def by_callback(channel, queue, work):
    """Waits for ever, as a service does."""

    def on_message(channel, method, properties, body):
        try:
            work(body)
        except ValueError:
            channel.basic_nack(method.delivery_tag, requeue=False)
        except Exception:
            channel.basic_nack(method.delivery_tag)
        else:
            channel.basic_ack(method.delivery_tag)

    channel.basic_qos(prefetch_count=1)
    channel.basic_consume(queue, on_message)
    channel.start_consuming()


def by_polling(channel, queue, work):
    """Asks for ever, and looks before it works."""
    while True:
        method, _, body = channel.basic_get(queue)
        if method is None:
            continue
        if body.endswith(b"}"):
            work(body)
        channel.basic_ack(method.delivery_tag)


def stub(channel, queue, work): ...


def before_the_work(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        channel.basic_ack(method.delivery_tag)
        try:
            work(body)
        except ValueError:
            continue


def automatic(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2, auto_ack=True):
        if method is None:
            break
        try:
            work(body)
        except ValueError:
            continue


def always(channel, queue, work):
    """Acknowledges whatever becomes of the work."""
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
        except Exception as error:
            print(type(error).__name__)
        channel.basic_ack(method.delivery_tag)


def rejects_every_failure(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
            channel.basic_ack(method.delivery_tag)
        except Exception:
            channel.basic_reject(method.delivery_tag, requeue=False)


def in_a_circle(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
            channel.basic_ack(method.delivery_tag)
        except Exception:
            channel.basic_nack(method.delivery_tag, requeue=True)


def falls_over_poison(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        work(body)
        channel.basic_ack(method.delivery_tag)


def never(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)


def at_the_end(channel, queue, work):
    last = None
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        last = method.delivery_tag
        try:
            work(body)
        except ValueError:
            continue
    channel.basic_ack(last, multiple=True)


def leaves_poison(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
            channel.basic_ack(method.delivery_tag)
        except ValueError:
            continue


def all_but_the_last(channel, queue, work):
    done = None
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if done:
            channel.basic_ack(done)
        if method is None:
            break
        done = None
        try:
            work(body)
            done = method.delivery_tag if method.routing_key else None
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)


def stops_early(channel, queue, work):
    count = channel.queue_declare(queue, passive=True).method.message_count
    for _ in range(count - 1):
        method, _, body = channel.basic_get(queue)
        if method is None:
            return
        try:
            work(body)
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)
        else:
            channel.basic_ack(method.delivery_tag)


def skips_the_last(channel, queue, work):
    for _ in range(4):
        method, _, body = channel.basic_get(queue)
        if method is None:
            return
        if method.message_count == 0 and not method.redelivered:
            channel.basic_ack(method.delivery_tag)
            return
        try:
            work(body)
            channel.basic_ack(method.delivery_tag)
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)


def in_its_own_words(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        try:
            work(body)
            channel.basic_ack(method.delivery_tag)
        except ValueError:
            channel.basic_reject(method.delivery_tag, requeue=False)
        except ConnectionError as error:
            raise SystemExit(1) from error


def hands_over_the_delivery(channel, queue, work):
    method, _, _ = channel.basic_get(queue)
    work(method)


def one_a_start(channel, queue, work):
    method, _, body = channel.basic_get(queue)
    try:
        work(body)
    except ValueError:
        channel.basic_reject(method.delivery_tag, requeue=False)
    else:
        channel.basic_ack(method.delivery_tag)


def tag_of_properties(channel, queue, work):
    for _, properties, body in channel.consume(queue, inactivity_timeout=0.2):
        work(body)
        channel.basic_ack(properties.delivery_tag)


def automatic_and_once_more(channel, queue, work):
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2, auto_ack=True):
        if method is None:
            break
        with suppress(ValueError):
            work(body)
        channel.basic_ack(method.delivery_tag)
        channel.queue_declare(queue, passive=True)  # the broker has answered the tag before this


def empties_it(channel, queue, work):
    channel.queue_purge(queue)


def hands_over_a_dict(channel, queue, work):
    method, _, body = channel.basic_get(queue)
    work(json.loads(body))
    channel.basic_ack(method.delivery_tag)


def no_such_queue(channel, queue, work):
    channel.basic_get("fs")


def old_pika(channel, queue, work):
    channel.basic_consume(work, queue=queue, no_ack=False)


RIGHT = "nothing-lost nothing-left"
ATTEMPTS = [
    Attempt("4.3", itself(by_generator), 2, "right", RIGHT),
    Attempt("4.3", itself(by_get), 2, "right", RIGHT),
    Attempt("4.3", itself(by_callback), 2, "right", RIGHT, slow=True),
    Attempt("4.3", itself(by_polling), 2, "right", RIGHT, slow=True),
    Attempt("4.3", itself(in_its_own_words), 2, "right", RIGHT),
    Attempt("4.3", itself(stub), 0, "untried", "tasks.untried.function", slow=True),
    Attempt("4.3", itself(before_the_work), 1, "wrong", "lost-at-cut nothing-left"),
    Attempt("4.3", itself(automatic), 1, "wrong", "lost-at-cut nothing-left", slow=True),
    Attempt("4.3", itself(always), 1, "wrong", "lost-at-failure nothing-left"),
    Attempt(
        "4.3", itself(rejects_every_failure), 1, "wrong", "lost-at-failure nothing-left", slow=True
    ),
    Attempt("4.3", itself(in_a_circle), 0, "wrong", "poison-again"),
    Attempt("4.3", itself(falls_over_poison), 0, "wrong", "stopped poison-kept", slow=True),
    Attempt("4.3", itself(never), 1, "wrong", "nothing-lost never", slow=True),
    Attempt("4.3", itself(at_the_end), 1, "wrong", "nothing-lost too-late", slow=True),
    Attempt("4.3", itself(leaves_poison), 1, "wrong", "nothing-lost poison-kept", slow=True),
    Attempt("4.3", itself(stops_early), 0, "wrong", "skipped left", slow=True),
    Attempt("4.3", itself(skips_the_last), 1, "wrong", "skipped nothing-left", slow=True),
    Attempt("4.3", itself(one_a_start), 0, "wrong", "early left"),
    Attempt("4.3", itself(tag_of_properties), 0, "wrong", "broke never"),
    Attempt("4.3", itself(automatic_and_once_more), 1, "wrong", "broke nothing-left", slow=True),
    Attempt("4.3", itself(empties_it), 0, "wrong", "no-work", slow=True),
    Attempt("4.3", itself(hands_over_a_dict), 0, "wrong", "no-body", slow=True),
    Attempt("4.3", itself(hands_over_the_delivery), 0, "wrong", "no-body", slow=True),
    Attempt("4.3", itself(no_such_queue), 0, "raised", "failed", slow=True),
    Attempt("4.3", itself(old_pika), 0, "raised", "failed", slow=True),
]
