"""A lab as a process: `python -m intark_lab serve`."""

import argparse
import asyncio
import json
import os
import signal
import ssl
import sys
import time
from pathlib import Path

from intark_lab import settings
from intark_lab.doors import load_ahead
from intark_lab.institution import Institution, UnusableState
from intark_lab.loop import new_loop
from intark_lab.messages.post import Post
from intark_lab.server import Labs, Listener
from intark_lab.settings import COURSE_SEED
from intark_lab.store import StateInUse
from intark_lab.texts import text

LOAD_AFTER = 0.5
"""Seconds after its start when a lab loads what the first calls at its other doors need."""


def main(arguments: list[str]) -> int:
    """Serve one lab until SIGTERM, Ctrl-C, or the end of `--idle` minutes without a call."""
    options = _parser().parse_args(arguments)
    try:
        institution = _institution(options)
    except StateInUse:
        return _refuse(text("serve.state-in-use", file=options.state), StateInUse.exit_code)
    except (UnusableState, OSError) as error:
        return _refuse(text("serve.unusable-state", error=error, file=options.state))
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(_serve(institution, options))
    except OSError as error:
        return _refuse(text("serve.no-port", host=options.host, port=options.port, error=error))
    finally:
        institution.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m intark_lab serve", description=text("serve.help")
    )
    parser.add_argument("--host", default="127.0.0.1", help=text("serve.help.host"))
    parser.add_argument("--port", type=int, default=0, help=text("serve.help.port"))
    parser.add_argument("--amqp-port", type=int, default=0, help=text("serve.help.amqp-port"))
    parser.add_argument("--seed", type=int, help=text("serve.help.seed"))
    parser.add_argument("--state", type=Path, metavar="FILE", help=text("serve.help.state"))
    parser.add_argument("--idle", type=float, metavar="MINUTES", help=text("serve.help.idle"))
    parser.add_argument(
        "--sync-delay", type=float, default=0, metavar="S", help=text("serve.help.sync-delay")
    )
    parser.add_argument("--tls", action="store_true", help=text("serve.help.tls"))
    parser.add_argument("--backends", action="store_true", help=text("serve.help.backends"))
    parser.add_argument("--json", action="store_true", help=text("serve.help.json"))
    return parser


def _institution(options: argparse.Namespace) -> Institution:
    if options.state is None:
        seed = COURSE_SEED if options.seed is None else options.seed
        return Institution.fresh(seed, backends=options.backends)
    options.state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Institution.at(options.state, options.seed, options.backends)


async def _serve(institution: Institution, options: argparse.Namespace) -> int:
    labs = Labs()
    institution.gateway.sync_delay = options.sync_delay
    authority, tls = _authority(institution, options)
    post = Post()
    await post.open(options.host, options.amqp_port, tls)
    post.add(institution)
    labs.add(institution)
    listener = await Listener.open(labs, options.host, options.port, tls)
    card = institution.card(listener.url)
    if authority:
        card["ca"] = str(authority)
    file = options.state.with_name("lab.json") if options.state else None
    if file:
        _write_private(file, json.dumps(card | {"pid": os.getpid()}))
    try:
        print(json.dumps(card) if options.json else _ready(card), flush=True)
        loop = asyncio.get_running_loop()
        loop.call_later(LOAD_AFTER, loop.run_in_executor, None, load_ahead)
        await _until_told(labs, post, options.idle)
    finally:
        if file:
            file.unlink(missing_ok=True)
        await post.close()
        await listener.close()
    return 0


def _ready(card: dict) -> str:
    trust = "\n" + text("serve.trust", **card) if "ca" in card else ""
    return text("serve.ready", **card) + trust


def _authority(
    institution: Institution, options: argparse.Namespace
) -> tuple[Path | None, ssl.SSLContext | None]:
    """The file of the authority that clients must trust, and what a server needs; for TLS."""
    if not options.tls:
        return None, None
    from intark_lab.authority import Authority  # its library is slow to load

    authority = Authority(institution.store)
    folder = options.state.parent if options.state else settings.read().folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "ca.pem"
    _write_private(file, authority.certificate)
    return file.resolve(), authority.server_context(options.host)


async def _until_told(labs: Labs, post: Post, idle: float | None) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            _on_signal(loop, getattr(signal, name), told)
    limit = float("inf") if idle is None else idle * 60
    while not told.is_set() and (left := limit - (time.monotonic() - labs.last_call)) > 0:
        try:
            await asyncio.wait_for(told.wait(), min(left, 3600))
        except TimeoutError:
            if post.connected:  # somebody waits for messages
                labs.last_call = time.monotonic()


def _on_signal(loop: asyncio.AbstractEventLoop, number: int, told: asyncio.Event) -> None:
    try:
        loop.add_signal_handler(number, told.set)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))


def _write_private(file: Path, content: str) -> None:
    """Write a file that its owner alone may read, in one step."""
    draft = file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(content)
    draft.replace(file)


def _refuse(message: str, exit_code: int = 1) -> int:
    print(message, file=sys.stderr)
    return exit_code
