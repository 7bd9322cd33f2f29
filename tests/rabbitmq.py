"""A RabbitMQ of the tests' own: Debian's, run as an ordinary user in a folder, gone afterwards.

`server()` starts it at the first call of a test session and says where it is. It takes seconds.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import httpx
import needs
import psutil

PROGRAM = "/usr/lib/rabbitmq/bin"
PATIENCE = 120
"""Seconds until it must answer."""
_PLUGINS = "[rabbitmq_management,rabbitmq_shovel,rabbitmq_shovel_management]."
_USER = 65_534 if getattr(os, "geteuid", lambda: 1)() == 0 else None
"""`nobody`, where root runs the tests."""


class Server(NamedTuple):
    address: str
    """`amqp://HOST:PORT`."""
    management: str
    """`http://USER:PASSWORD@HOST:PORT`."""
    process: psutil.Process


@cache
def server() -> Server:
    """The session's RabbitMQ. The test ends where none is installed."""
    program = needs.program("rabbitmq-server", path=PROGRAM)
    folder = Path(tempfile.mkdtemp(prefix="rabbitmq-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    amqp, management, distribution, names = _free_ports(4)
    environment = _settings(folder, amqp, management, distribution, names)
    if _USER is not None:
        shutil.chown(folder, _USER, _USER)
        for file in folder.iterdir():
            shutil.chown(file, _USER, _USER)
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [program],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            user=_USER,
            group=_USER,
            extra_groups=None if _USER is None else [],
        )
    atexit.register(_stop, process, folder)
    url = f"http://guest:guest@127.0.0.1:{management}"
    _until_it_answers(url, process, folder)
    return Server(f"amqp://127.0.0.1:{amqp}", url, psutil.Process(process.pid))


def _settings(folder: Path, amqp: int, management: int, distribution: int, names: int) -> dict:
    files = {
        "plugins": _PLUGINS,
        "environment": "",
        "rabbitmq.conf": f"management.tcp.port = {management}\nmanagement.tcp.ip = 127.0.0.1\n",
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    return {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "RABBITMQ_NODENAME": f"tests{amqp}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(amqp),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "environment"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "INTARK_TEST_RABBITMQ": str(folder),
    }


def _free_ports(count: int) -> list[int]:
    """Ports below those that the system gives to clients."""
    found, port = [], 20_000 + os.getpid() % 10_000
    while len(found) < count:
        port += 1
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
    return found


def _until_it_answers(url: str, process: subprocess.Popen, folder: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            break
        try:
            if httpx.get(url + "/api/overview", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)  # a start that takes seconds is looked at, not waited for blindly
    raise AssertionError("RabbitMQ did not start:\n" + (folder / "said").read_text()[-3000:])


def _stop(process: subprocess.Popen, folder: Path) -> None:
    """End it, and the name server that outlives it; both carry the folder in their environment."""
    for one in psutil.process_iter():
        try:
            if one.environ().get("INTARK_TEST_RABBITMQ") == str(folder):
                one.kill()
        except (psutil.Error, OSError):
            continue
    process.wait(PATIENCE)
