"""The embedded broker's limits: nobody can fill it up."""

import sqlite3

import pika
import pytest
from brokers import Brokered
from pamqp import commands
from rawamqp import Raw, content_header, publish

from intark_lab.institution import Institution
from intark_lab.kernel import host
from intark_lab.messages.broker import backlog, broker, connection, handshake, policy


@pytest.fixture
def own():
    """A virtual host of a lab of the test's own."""
    lab = Institution.fresh(seed=1, lab_id="limits")
    host().add(lab)
    yield Brokered("embedded", lab.door)
    host().remove(lab)


def test_too_many_connections(own, monkeypatch):
    monkeypatch.setattr(broker, "MOST_CONNECTIONS", 1)
    with own.connection(), pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(own.parameters())
    with own.connection():
        pass


def test_a_queue_is_never_longer_than_the_limit(own, monkeypatch):
    monkeypatch.setattr(policy, "LONGEST_QUEUE", 2)
    with own.channel() as channel:
        channel.queue_declare("q")
        channel.confirm_delivery()
        for _ in range(2):
            channel.basic_publish("", "q", b"")
        with pytest.raises(pika.exceptions.NackError):
            channel.basic_publish("", "q", b"")


def test_a_message_that_is_too_large_is_refused_before_it_is_sent(own):
    with Raw(own.url) as raw:
        raw.open().channel()
        raw.send(publish(), content_header((128 << 20) + 1))
        assert raw.expect(commands.Channel.Close).reply_text == (
            "PRECONDITION_FAILED - message size 134217729 is larger than configured max size "
            "134217728"
        )


def test_a_channel_beyond_what_was_agreed(own):
    with Raw(own.url) as raw:
        raw.open(channel_max=1).channel(1)
        raw.call(commands.Channel.Open(), 2)
        assert raw.ends()[0] == 530


def test_whoever_does_not_finish_the_handshake_is_hung_up_on(own, monkeypatch):
    monkeypatch.setattr(handshake.Handshake, "PATIENCE", 0.05)
    with Raw(own.url) as raw:
        assert raw.read() is None


def test_whoever_does_not_answer_a_close_is_hung_up_on(own, monkeypatch):
    monkeypatch.setattr(connection, "FAREWELL", 0.05)
    with Raw(own.url) as raw:
        raw.open()
        raw.send(b"\x01\x00\x01\x7f\xff\xff\xff")
        raw.expect(commands.Connection.Close)
        assert raw.read() is None


def test_a_long_queue_holds_a_part_of_itself_in_memory(own):
    with own.channel() as channel:
        channel.queue_declare("q")
        for _ in range(3 * backlog.IN_MEMORY):
            channel.basic_publish("", "q", b"")
        assert channel.queue_declare("q", passive=True).method.message_count == 3000
    realm = host().run(_realm(own))
    levels = realm.vhosts[own.vhost].queues["q"].backlog._levels
    assert sum(map(len, levels)) == backlog.IN_MEMORY


async def _realm(own):
    return own.door._realm


def test_a_state_that_cannot_be_written_confirms_nothing(own, monkeypatch):
    realm = host().run(_realm(own))

    def full() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with own.channel() as channel:
        channel.queue_declare("q", durable=True)
        channel.confirm_delivery()
        monkeypatch.setattr(realm._store, "flush", full)
        with pytest.raises(pika.exceptions.ConnectionClosedByBroker, match="INTERNAL_ERROR"):
            channel.basic_publish("", "q", b"")
        monkeypatch.undo()
