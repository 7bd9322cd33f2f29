"""Other clients than pika's BlockingConnection, as they come, on both brokers."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import aio_pika
import pika
import pytest
from brokers import PATIENCE, until


def run(work):
    """Run a coroutine that may take PATIENCE seconds."""

    async def limited():
        async with asyncio.timeout(PATIENCE):
            return await work

    return asyncio.run(limited())


@pytest.mark.parametrize("connect", [aio_pika.connect, aio_pika.connect_robust])
def test_aio_pika(broker, connect):
    async def talk() -> list[bytes]:
        async with await connect(broker.url) as connection:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=2)
            exchange = await channel.declare_exchange("e", aio_pika.ExchangeType.TOPIC)
            queue = await channel.declare_queue("q", auto_delete=True)
            await queue.bind(exchange, "a.#")
            for number in range(5):
                await exchange.publish(aio_pika.Message(b"%d" % number), f"a.{number}")
            found = []
            async with queue.iterator() as messages:
                async for message in messages:
                    async with message.process():
                        found.append(message.body)
                    if len(found) == 5:
                        break
            return found

    assert run(talk()) == [b"0", b"1", b"2", b"3", b"4"]


def test_aio_pika_hears_of_what_was_not_taken(broker):
    async def talk() -> None:
        async with await aio_pika.connect(broker.url) as connection:
            channel = await connection.channel()
            full = {"x-max-length": 0, "x-overflow": "reject-publish"}
            await channel.declare_queue("q", auto_delete=True, arguments=full)
            with pytest.raises(aio_pika.exceptions.DeliveryError):
                await channel.default_exchange.publish(aio_pika.Message(b""), "q")
            with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
                await channel.declare_queue("none", passive=True)

    run(talk())


def test_aio_pikas_transactions(broker):
    async def talk() -> tuple[int, int]:
        async with await aio_pika.connect(broker.url) as connection:
            channel = await connection.channel(publisher_confirms=False)
            queue = await channel.declare_queue("q", auto_delete=True)
            sizes = []
            for end in ("rollback", "commit"):
                transaction = channel.transaction()
                await transaction.select()
                await channel.default_exchange.publish(aio_pika.Message(b""), "q")
                await getattr(transaction, end)()
                sizes.append(await channel.declare_queue("q", passive=True))
            await queue.delete(if_unused=False, if_empty=False)
            return tuple(each.declaration_result.message_count for each in sizes)

    assert run(talk()) == (0, 1)


def test_a_robust_connection_comes_back(broker):
    """Its vhost is closed under it and made anew: it declares and consumes again by itself."""

    async def talk() -> bytes:
        door = broker.door
        connection = await aio_pika.connect_robust(broker.url, reconnect_interval=0.1)
        async with connection:
            channel = await connection.channel()
            queue = await channel.declare_queue("q")
            got = asyncio.Queue()
            await queue.consume(got.put, no_ack=True)
            again = asyncio.Event()
            connection.reconnect_callbacks.add(lambda *_: again.set())
            await asyncio.to_thread(broker.do, door.delete_vhost(broker.vhost))
            await asyncio.to_thread(broker.do, door.create_vhost(broker.vhost))
            await asyncio.to_thread(broker.do, door.permit(broker.vhost, broker.user))
            await again.wait()
            await asyncio.to_thread(broker.do, door.publish(broker.vhost, "", "q", b"again"))
            return (await got.get()).body

    assert run(talk()) == b"again"


def test_pikas_select_connection(broker):
    """Everything by callbacks: confirm, publish, consume, acknowledge."""
    seen = []
    connection = pika.SelectConnection(
        broker.parameters(),
        on_open_callback=lambda connection: connection.channel(on_open_callback=opened),
        on_open_error_callback=lambda connection, error: connection.ioloop.stop(),
        on_close_callback=lambda connection, reason: connection.ioloop.stop(),
    )

    def opened(channel) -> None:
        channel.queue_declare("q", callback=lambda _: channel.confirm_delivery(confirmed, ready))

    def ready(frame) -> None:
        channel = connection._channels[1]
        for number in range(10):
            channel.basic_publish("", "q", b"%d" % number)

    def confirmed(frame) -> None:
        seen.append(type(frame.method).__name__)
        if frame.method.delivery_tag == 10:
            connection._channels[1].basic_consume("q", received)

    def received(channel, method, properties, body) -> None:
        seen.append(int(body))
        channel.basic_ack(method.delivery_tag)
        if method.delivery_tag == 10:
            connection.close()

    connection.ioloop.call_later(PATIENCE, connection.ioloop.stop)
    connection.ioloop.start()
    connection.ioloop.close()
    assert connection.is_closed
    assert set(seen[:-10]) == {"Ack"}
    assert seen[-10:] == list(range(10))


def test_many_publishers_confirms_at_once(broker):
    async def talk() -> int:
        async with await aio_pika.connect(broker.url) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue("q", durable=True)
            kept = aio_pika.DeliveryMode.PERSISTENT
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(
                        aio_pika.Message(b"%d" % number, delivery_mode=kept), "q"
                    )
                    for number in range(500)
                )
            )
            found = await channel.declare_queue("q", passive=True)
            await queue.delete(if_unused=False, if_empty=False)
            return found.declaration_result.message_count

    assert run(talk()) == 500


HEADERS = {
    "bytes": b"\xff\x00",
    "decimal": Decimal("3.14"),
    "instant": datetime(2020, 1, 1, tzinfo=UTC),
    "number": 5,
    "large": 2**40,
    "flag": True,
    "nothing": None,
    "list": [1, "x", {"y": [None, b"\xfe"]}],
    "text": "blåbærsyltetøy",
    "empty": {},
}


def test_headers_of_every_kind_arrive_and_survive_a_dead_letter(channel):
    letters = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    channel.queue_declare("dead")
    channel.queue_declare("q", arguments=letters)
    channel.basic_publish("", "q", b"", pika.BasicProperties(headers=HEADERS))
    method, properties, _ = channel.basic_get("q")
    assert properties.headers == HEADERS
    channel.basic_reject(method.delivery_tag, requeue=False)
    until(lambda: channel.queue_declare("dead", passive=True).method.message_count == 1)
    _, properties, _ = channel.basic_get("dead")
    assert {name: properties.headers[name] for name in HEADERS} == HEADERS
    assert properties.headers["x-first-death-queue"] == "q"
