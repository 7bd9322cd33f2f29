"""Servers as processes: started, waited for, measured with all their children, and ended."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil

PATIENCE = 60.0
"""Seconds until a server must have answered."""


class Server:
    """A running server and whatever it started."""

    def __init__(self, process: psutil.Popen, port: int, request: str, start: float):
        self.process, self.port, self.request = process, port, request
        self.start = start
        """Seconds from the new process to its first 200."""

    def cpu(self) -> float:
        """Seconds of CPU so far, of the whole tree: what /proc/PID/stat says."""
        times = [each.cpu_times() for each in self._tree()]
        return sum(each.user + each.system for each in times)

    def memory(self) -> float:
        """MiB in use, resident, of the whole tree."""
        return sum(each.memory_info().rss for each in self._tree()) / 2**20

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def running(command: Sequence, port: int, request: str) -> Iterator[Server]:
    """A server that listens on `port` and has answered `request` (as it is sent) with 200."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = psutil.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            while not answers(port, request):
                if process.poll() is not None or time.perf_counter() > began + PATIENCE:
                    said.seek(0)
                    raise RuntimeError(f"{command[0]} did not answer:\n{said.read().decode()}")
                time.sleep(0.001)
            yield Server(process, port, request, time.perf_counter() - began)
        finally:
            end(process)


def end(process: psutil.Popen) -> None:
    """End a process as a service manager does, and its children with it."""
    if process.poll() is not None:
        return
    tree = process.children(recursive=True)
    process.terminate()
    for each in psutil.wait_procs([process, *tree], timeout=10)[1]:
        each.kill()
        each.wait()


def answers(port: int, request: str) -> bool:
    """Whether a request is answered with 200, now."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request.encode())
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def get(path: str, key: str = "") -> str:
    """A GET as httpx sends it."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: lab.example",
        "Accept: */*",
        "Accept-Encoding: gzip, deflate",
        "Connection: keep-alive",
        "User-Agent: python-httpx/0.28.1",
        *([f"X-Gravitee-Api-Key: {key}"] if key else []),
    ]
    return "\r\n".join([*lines, "", ""])
