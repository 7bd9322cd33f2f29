"""Answered calls lost over kills with -9, in the middle of 64 connections' calls.

A call is answered when its whole answer has been read, and lost when no usage row has its
transaction id once the lab has started again.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import prepared
from figures import Row
from httptools import HttpResponseParser
from processes import Server

from intark_lab.loop import new_loop

CONNECTIONS = 64


def measure(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    made = prepared.prepare(folder / "kills")
    answered: list[bytes] = []
    each = -(-options.calls // options.kills)
    program = (options.program,) if options.program else prepared.SERVE
    for _ in range(options.kills):
        with prepared.serving(made.state, made.request(), program) as server:
            answered += _until_killed(server, made.request().encode(), each)
    with prepared.serving(made.state, made.request(), program):
        pass  # it starts again, and ends as it should
    lost = len(set(answered) - _kept(made.state))
    yield Row(
        f"Answered calls lost over {options.kills} kills with -9, {len(answered):,} calls",
        "0",
        str(lost),
        lost == 0,
    )


def _until_killed(server: Server, request: bytes, calls: int) -> list[bytes]:
    """The transaction ids of all that was answered: `calls`, and what was on its way."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_call(server, request, calls))


async def _call(server: Server, request: bytes, calls: int) -> list[bytes]:
    answered: list[bytes] = []
    open_connections = set()
    over = asyncio.Event()

    class Caller(asyncio.Protocol):
        def connection_made(self, transport) -> None:
            self._transport, self._parser = transport, HttpResponseParser(self)
            self._transaction = b""
            open_connections.add(self)
            transport.write(request)

        def data_received(self, data: bytes) -> None:
            self._parser.feed_data(data)

        def on_header(self, name: bytes, value: bytes) -> None:
            if name.lower() == b"x-gravitee-transaction-id":
                self._transaction = value

        def on_message_complete(self) -> None:
            if self._parser.get_status_code() == 200:
                answered.append(self._transaction)
            if len(answered) == calls:
                server.process.kill()
            self._transport.write(request)

        def connection_lost(self, exc) -> None:
            open_connections.discard(self)
            if not open_connections:
                over.set()

    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        await loop.create_connection(Caller, "127.0.0.1", server.port)
    await over.wait()
    return answered


def _kept(state: Path) -> set[bytes]:
    connection = sqlite3.connect(f"file:{state}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT transaction_id FROM usage")
        return {transaction.encode() for (transaction,) in rows}
    finally:
        connection.close()
