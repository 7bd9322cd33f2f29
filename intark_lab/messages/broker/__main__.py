"""The broker alone, for measuring and for other people's tests: one user, one virtual host.

`python -m intark_lab.messages.broker [--port 5672] [--state FILE]`; the first line it prints is
`{"amqp": "amqp://USER:PASSWORD@HOST:PORT/VHOST", "pid": ...}`. It ends with SIGTERM.
"""

import argparse
import asyncio
import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from intark_lab.clock import Clock
from intark_lab.messages.post import Post
from intark_lab.store import Store

_NAP = 0.5
"""Seconds."""


@dataclass(eq=False)
class Alone:
    """What a broker needs of an institution."""

    store: Store
    clock: Clock
    id: str = "alone"


async def main() -> None:
    options = _options()
    store = Store.at(options.state) if options.state else Store.in_memory()
    post = Post()
    await post.open(options.host, options.port)
    lab = Alone(store, Clock())
    post.add(lab)
    door = post.door(lab)
    await door.create_vhost(options.vhost)
    await door.create_user(options.user, options.password)
    await door.permit(options.vhost, options.user)
    address = door.url(options.user, options.password, options.vhost)
    print(json.dumps({"amqp": address, "pid": os.getpid()}), flush=True)
    await _told_to_end()
    await post.close()
    post.remove(lab)
    store.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m intark_lab.messages.broker")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--user", default="guest")
    parser.add_argument("--password", default="guest")
    parser.add_argument("--vhost", default="/")
    return parser.parse_args()


async def _told_to_end() -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: loop.call_soon_threadsafe(told.set))
    while not told.is_set():  # Windows hears no signal while the loop sleeps
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), _NAP)


if __name__ == "__main__":
    try:
        from uvloop import run
    except ImportError:  # Windows
        run = asyncio.run
    run(main())
