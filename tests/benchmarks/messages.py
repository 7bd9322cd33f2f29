"""The lab's broker beside RabbitMQ: `python tests/benchmarks/messages.py [--quick]`, one table.

One client at a time, the same one for both, in this process. Both set up through the same door.
What is not alike: RabbitMQ confirms a persistent message after fsync, the lab's broker after
sqlite's commit with synchronous NORMAL, which survives kill -9 but no power cut. RabbitMQ uses
every core, the lab's broker one. CPU is the broker's own, of the whole process tree.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

import rabbitmq
from amqp_load import Client, message
from pamqp import commands

from intark_lab.messages.rabbitmq import RabbitMQ

BODY = b'{"sub":"personer/56154"}'.ljust(200)
PROVIDER, CONSUMER = "benchmark-provider", "benchmark-consumer"


class Broker(NamedTuple):
    name: str
    provider: str
    consumer: str
    """The addresses of the same user in two virtual hosts, a shovel between them."""
    process: psutil.Process
    start_ms: float
    lab_mib: float
    """What the process needed before it was a broker."""

    def cpu(self) -> float:
        times = [each.cpu_times() for each in self._tree()]
        return sum(each.user + each.system for each in times)

    def mib(self) -> float:
        return sum(each.memory_info().rss for each in self._tree()) / 2**20

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


async def set_up(door) -> tuple[str, str]:
    for vhost in (PROVIDER, CONSUMER):
        await door.create_vhost(vhost)
    await door.create_user("benchmark", "benchmark")
    for vhost in (PROVIDER, CONSUMER):
        await door.permit(vhost, "benchmark")
    await door.create_queue(PROVIDER, "q")
    await door.create_exchange(PROVIDER, "outgoing")
    await door.create_queue(PROVIDER, "out")
    await door.bind(PROVIDER, "outgoing", "out")
    await door.create_exchange(CONSUMER, "incoming")
    await door.create_queue(CONSUMER, "in")
    await door.bind(CONSUMER, "incoming", "in")
    await door.create_shovel("benchmark", PROVIDER, "out", CONSUMER, "incoming")
    return tuple(door.url("benchmark", "benchmark", vhost) for vhost in (PROVIDER, CONSUMER))


def serve(state: Path) -> None:
    """A lab with its broker, in a process of its own (`--serve FILE`)."""
    from intark_lab.institution import Institution
    from intark_lab.loop import new_loop
    from intark_lab.messages.post import Post

    institution = Institution.at(state)
    lab_mib = psutil.Process().memory_info().rss / 2**20

    async def run() -> None:
        began = time.perf_counter()
        post = Post()
        await post.open()
        post.add(institution)
        urls = await set_up(institution.door)
        start = (time.perf_counter() - began) * 1000
        print(json.dumps([*urls, start, lab_mib]), flush=True)
        await asyncio.Event().wait()

    new_loop().run_until_complete(run())


@contextmanager
def embedded():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--serve", str(Path(folder) / "lab.sqlite")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            provider, consumer, start, lab_mib = json.loads(process.stdout.readline())
            found = psutil.Process(process.pid)
            yield Broker("embedded", provider, consumer, found, start, lab_mib)
            process.kill()


@contextmanager
def real():
    began = time.perf_counter()
    server = rabbitmq.server()
    start = (time.perf_counter() - began) * 1000

    async def prepared() -> tuple[str, str]:
        door = RabbitMQ(server.address, server.management, "benchmark")
        urls = await set_up(door)
        await door.close()
        return urls

    provider, consumer = asyncio.run(prepared())
    yield Broker("RabbitMQ", provider, consumer, server.process, start, 0)


def measure(broker: Broker, count: int) -> dict[str, float]:
    found = {
        "start, ms": broker.start_ms,
        "memory above the lab, MiB": broker.mib() - broker.lab_mib,
    }
    packed = {
        mode: message("", "q", BODY, mode == "persistent") for mode in ("persistent", "transient")
    }
    for mode, data in packed.items():
        for window in (1, 100):
            few = count // 5 if window == 1 else count
            name = f"publish with confirm, {mode}, {window} outstanding"
            _rate(
                found,
                broker,
                name,
                few,
                partial(Client.publish, packed=data, count=few, window=window),
            )
            _empty(broker)
    for prefetch in (1, 100):
        few = count // 5 if prefetch == 1 else count
        _fill(broker, packed["persistent"], few)
        name = f"consume with ack, persistent, prefetch {prefetch}"
        _rate(
            found,
            broker,
            name,
            few,
            partial(Client.consume, queue="q", count=few, prefetch=prefetch),
        )
    _latency(found, broker, count // 20)
    _idle(found, broker)
    _long_queue(found, broker, packed["persistent"], count * 5)
    return found


def _rate(found: dict, broker: Broker, name: str, count: int, work: Callable) -> None:
    with Client(broker.provider) as client:
        before = broker.cpu()
        seconds = work(client)
        found[f"{name}: messages/s"] = count / seconds
        found[f"{name}: CPU µs a message"] = (broker.cpu() - before) / count * 1e6


def _empty(broker: Broker) -> None:
    with Client(broker.provider) as client:
        client.ask(commands.Queue.Purge(0, "q"), commands.Queue.PurgeOk)


def _fill(broker: Broker, packed: bytes, count: int) -> None:
    with Client(broker.provider) as client:
        client.publish(packed, count, 500)


def _latency(found: dict, broker: Broker, count: int) -> None:
    """From publish in one virtual host to delivery in the other, one message at a time."""
    packed, taken = message("outgoing", "no.uio.fs", BODY, True), []
    with Client(broker.provider) as provider, Client(broker.consumer) as consumer:
        consumer.ask(commands.Basic.Consume(0, "in", "c"), commands.Basic.ConsumeOk)
        for _ in range(count):
            began = time.perf_counter()
            provider.send(packed)
            consumer.wait_for_one()
            taken.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(taken, n=100)
    found["through a shovel, p50 ms"], found["through a shovel, p99 ms"] = cuts[49], cuts[98]


def _idle(found: dict, broker: Broker) -> None:
    before = broker.mib()
    with ExitStack() as stack:
        for _ in range(200):
            client = stack.enter_context(Client(broker.provider))
            client.ask(commands.Basic.Consume(0, "q", "c"), commands.Basic.ConsumeOk)
        found["200 idle consumers, MiB"] = broker.mib() - before


def _long_queue(found: dict, broker: Broker, packed: bytes, count: int) -> None:
    before = broker.mib()
    _fill(broker, packed, count // 2)
    half = broker.mib()
    _fill(broker, packed, count - count // 2)
    found[f"{count:,} waiting messages, MiB"] = broker.mib() - before
    found["of it the second half, MiB"] = broker.mib() - half
    _empty(broker)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    count = 2_000 if options.quick else 20_000
    columns = []
    for brought in (embedded, real):
        with brought() as broker:
            columns.append(measure(broker, count))
    print("| | embedded | RabbitMQ | ratio |\n|---|---|---|---|")
    for name, own in columns[0].items():
        other = columns[1][name]
        print(f"| {name} | {own:,.1f} | {other:,.1f} | {own / other if other else 0:.2f} |")


if __name__ == "__main__":
    main()
