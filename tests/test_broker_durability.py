"""What outlasts the broker's process, killed with -9 while publishing, or before an ack.

The embedded broker alone: RabbitMQ's own durability is RabbitMQ's.
"""

import json
import subprocess
import sys
from contextlib import suppress
from threading import Thread

import pika
import pytest
from brokers import until

KEPT = pika.BasicProperties(delivery_mode=2)
QUEUE = {"queue": "q", "durable": True}


class Process:
    """The broker as a process with a state file, killed and started again."""

    def __init__(self, state):
        self._command = [sys.executable, "-m", "intark_lab.messages.broker", "--state", str(state)]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        self.url = json.loads(self._process.stdout.readline())["amqp"]

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def restart(self) -> None:
        self.kill()
        self.start()

    def channel(self):
        """A channel of a connection of its own; it ends with the process."""
        return pika.BlockingConnection(pika.URLParameters(self.url)).channel()


@pytest.fixture
def process(tmp_path):
    made = Process(tmp_path / "lab.sqlite")
    yield made
    made.kill()


@pytest.fixture
def use(process):
    """`use()` opens a channel; all are closed behind the test."""
    opened = []

    def open_one():
        opened.append(process.channel())
        return opened[-1]

    yield open_one
    for channel in opened:
        with suppress(pika.exceptions.AMQPError):
            channel.connection.close()


def waiting(channel, queue: str = "q") -> list[tuple[str, bool]]:
    found = []
    while (got := channel.basic_get(queue, auto_ack=True))[0]:
        found.append((got[2].decode(), got[0].redelivered))
    return found


def test_every_confirmed_message_is_there_once_after_kill_9(process, use):
    channel = use()
    channel.queue_declare(**QUEUE)
    channel.confirm_delivery()
    confirmed = []

    def publish() -> None:
        number = 0
        try:
            while True:
                channel.basic_publish("", "q", b"%d" % number, KEPT)
                confirmed.append(number)
                number += 1
        except pika.exceptions.AMQPError:
            return

    publisher = Thread(target=publish)
    publisher.start()
    while len(confirmed) < 300:
        publisher.join(0.01)
    process.kill()
    publisher.join()
    process.start()
    found = [int(body) for body, _ in waiting(use())]
    assert found[: len(confirmed)] == confirmed
    assert len(found) - len(confirmed) in (0, 1)  # one may be kept and its confirm lost


def test_many_unconfirmed_at_once_keep_their_order(process, use):
    """Messages sent without waiting share commits; what was confirmed is a beginning of them."""
    channel = use()
    channel.queue_declare(**QUEUE)
    impl = channel._impl
    confirmed = []
    impl.confirm_delivery(lambda frame: confirmed.append(frame.method.delivery_tag))
    channel.connection.process_data_events(time_limit=0.1)
    for number in range(2000):
        impl.basic_publish("", "q", b"%d" % number, KEPT)
    while not confirmed:
        channel.connection.process_data_events(time_limit=1)
    process.restart()
    found = [int(body) for body, _ in waiting(use())]
    assert found == list(range(len(found)))
    assert len(found) >= confirmed[-1]


def test_what_was_delivered_and_not_acknowledged_is_flagged(process, use):
    channel = use()
    channel.queue_declare(**QUEUE)
    channel.confirm_delivery()
    for number in range(5):
        channel.basic_publish("", "q", b"%d" % number, KEPT)
    tags = [channel.basic_get("q")[0].delivery_tag for _ in range(3)]
    channel.basic_ack(tags[1])
    channel.queue_declare("q", passive=True)  # the answer says that the ack was taken
    process.restart()
    assert waiting(use()) == [("0", True), ("2", True), ("3", False), ("4", False)]


def test_durable_things_stay_and_others_go(process, use):
    channel = use()
    channel.exchange_declare("kept", "topic", durable=True)
    channel.exchange_declare("lost", "topic")
    channel.exchange_bind("kept", "amq.topic", "in.#")
    channel.queue_declare(**QUEUE, arguments={"x-max-priority": 3, "x-own": ["a", 1]})
    channel.queue_declare("transient")
    channel.queue_declare("mine", durable=True, exclusive=True)
    channel.queue_bind("q", "kept", "in.#")
    channel.queue_bind("q", "lost", "in.#")
    channel.queue_bind("q", "amq.headers", "", arguments={"a": 1})
    channel.confirm_delivery()
    channel.basic_publish("", "q", b"transient")
    channel.basic_publish("", "q", b"kept", KEPT)
    process.restart()
    again = use()
    again.queue_declare(**QUEUE, arguments={"x-max-priority": 3, "x-own": ["a", 1]})
    for name in ("transient", "mine"):
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue"):
            use().queue_declare(name, passive=True)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no exchange"):
        use().exchange_declare("lost", passive=True)
    again.basic_publish("amq.topic", "in.1", b"routed")
    again.basic_publish("amq.headers", "", b"by header", pika.BasicProperties(headers={"a": 1}))
    assert [body for body, _ in waiting(again)] == ["kept", "routed", "by header"]


def test_a_long_queue_is_in_order_before_and_after(process, use):
    """Longer than what is held in memory, with gaps, transient ones, and some put back."""
    channel = use()
    channel.queue_declare(**QUEUE)
    for number in range(3000):
        channel.basic_publish("", "q", b"%d" % number, KEPT if number % 2 else None)
    assert channel.queue_declare("q", passive=True).method.message_count == 3000
    taken = [channel.basic_get("q") for _ in range(1500)]
    channel.basic_nack(taken[999][0].delivery_tag, multiple=True)
    channel.basic_ack(taken[-1][0].delivery_tag, multiple=True)
    expected = [*range(1000), *range(1500, 3000)]
    assert channel.queue_declare("q", passive=True).method.message_count == len(expected)
    process.restart()
    odd = [number for number in expected if number % 2]
    assert [int(body) for body, _ in waiting(use())] == odd


def test_purged_and_deleted_is_gone_for_good(process, use):
    channel = use()
    for name in ("q", "deleted"):
        channel.queue_declare(name, durable=True)
        for number in range(1200):
            channel.basic_publish("", name, b"%d" % number, KEPT)
    channel.basic_get("q")
    assert channel.queue_purge("q").method.message_count == 1199
    assert channel.queue_delete("deleted").method.message_count == 1200
    process.restart()
    again = use()
    again.queue_declare("deleted", durable=True)
    assert (waiting(again), waiting(again, "deleted")) == ([("0", True)], [])


@pytest.mark.slow
def test_time_goes_on_while_it_is_down(process, use):
    channel = use()
    channel.queue_declare("dead", durable=True)
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    channel.queue_declare(**QUEUE, arguments={"x-message-ttl": 1, **dead})
    channel.confirm_delivery()
    channel.basic_publish("", "q", b"old", KEPT)
    process.restart()
    again = use()
    until(lambda: again.queue_declare("dead", passive=True).method.message_count == 1)
    assert [body for body, _ in waiting(again, "dead")] == ["old"]


@pytest.mark.parametrize("how", ["commit", "kill"])
def test_a_transaction_is_kept_whole_or_not_at_all(process, use, how):
    channel = use()
    channel.queue_declare(**QUEUE)
    channel.basic_publish("", "q", b"0", KEPT)
    channel.tx_select()
    channel.basic_ack(channel.basic_get("q")[0].delivery_tag)
    channel.basic_publish("", "q", b"1", KEPT)
    if how == "commit":
        channel.tx_commit()
    process.restart()
    assert waiting(use()) == ([("1", False)] if how == "commit" else [("0", True)])
