"""What submissions try, and what they get: each row of the table is one attack."""

import os
import textwrap

import held
import pytest

from intark_lab import paths

SET_UP = """
import ctypes, os, resource, signal, socket, stat, subprocess, sys, threading, time
from pathlib import Path
import httpx
from intark_lab import check, open_lab, solution
libc = ctypes.CDLL(None, use_errno=True)

def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    return "reached"

def tgid(number):
    status = Path(f"/proc/{number}/status")
    return int(status.read_text().split("Tgid:")[1].split()[0]) if status.exists() else None

lab = open_lab()
"""
COURSE = str(paths.ROOT)
TABLE = [
    # what is tried, how, and what it gets
    ("read the gradebook", f"open('{COURSE}/gradebook.db')", "FileNotFoundError"),
    ("read the solutions", f"os.listdir('{COURSE}/solutions')", "FileNotFoundError"),
    ("read other submissions", f"os.listdir('{COURSE}/submitted')", "FileNotFoundError"),
    ("read the course's secret", f"os.listdir('{COURSE}/.lab')", "FileNotFoundError"),
    ("write the settings", f"open('{COURSE}/nbgrader_config.py', 'a')", "Read-only file system"),
    ("read the grader's home", f"os.listdir({os.path.expanduser('~')!r} + '/.ssh')", "NotFound"),
    ("read passwords", "open('/etc/shadow')", "FileNotFoundError"),
    ("change Python", "open(os.__file__, 'a')", "[Errno "),
    ("change the course", "import intark_lab; open(intark_lab.__file__, 'a')", "[Errno "),
    ("write to the root", "open('/new', 'w')", "Read-only file system"),
    ("make a device", "os.mknod('disk', 0o600 | stat.S_IFBLK, 0x800)", "Operation not permitted"),
    ("see processes", "[p for p in os.listdir('/proc') if p.isdecimal()]", "['1']"),
    ("kill the grader", f"os.kill({os.getpid()}, 9)", "ProcessLookupError"),
    ("kill the process that started it", "os.getppid()", "0"),
    ("kill everything", "os.kill(-1, 9)", "ProcessLookupError"),
    ("share a group of processes", "[os.getpgid(0), os.getsid(0)]", "[1, 1]"),
    ("trace a process", "call('ptrace', 16, 1, 0, 0)", "PermissionError"),
    ("read another's memory", "call('process_vm_readv', 2, 0, 0, 0, 0, 0)", "PermissionError"),
    ("find its lab's process", "[n for n in range(999) if tgid(n) not in (None, 1)]", "[]"),
    ("reach the machine's loopback", "socket.create_connection(('127.0.0.1', PORT))", "Refused"),
    ("reach the network", "socket.create_connection(('192.0.2.1', 80), 2)", "unreachable"),
    ("ask for a name", "socket.getaddrinfo('intark.example', 80)", "gaierror"),
    ("reach an abstract socket", "socket.socket(1).connect('\\0intark-test')", "Refused"),
    ("open a raw socket", "socket.socket(2, 3, 1)", "Operation not permitted"),
    ("open a packet socket", "socket.socket(17, 3, 0)", "Operation not permitted"),
    ("become root", "os.setuid(0)", "[Errno "),
    ("become root by a program", "subprocess.run(['su', '-c', 'id'], check=True)", "Error"),
    ("get namespaces", "call('unshare', 0x10000000)", "PermissionError"),
    ("get them by a program", "subprocess.run(['unshare', '-Ur', 'id'], check=True)", "Error"),
    ("enter namespaces", "call('setns', os.open('/proc/self/ns/net', 0), 0)", "PermissionError"),
    ("mount", "call('mount', b'none', b'/tmp', b'tmpfs', 0, 0)", "PermissionError"),
    ("change the root", "os.chroot('/')", "Operation not permitted"),
    ("load a module", "call('syscall', 313, 0, b'', 0)", "PermissionError"),
    ("use io_uring", "call('syscall', 425, 1, 0)", "PermissionError"),
    ("hide memory in a file", "os.memfd_create('x')", "Operation not permitted"),
    ("hide memory in a segment", "call('shmget', 0, 4096, 0o1600)", "PermissionError"),
    ("hide memory in messages", "call('msgget', 0, 0o1600)", "PermissionError"),
    ("set the clock", "time.clock_settime(0, 0)", "Operation not permitted"),
    ("raise a limit", "resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))", "ValueError"),
    ("rename the machine", "socket.sethostname('mine')", "Operation not permitted"),
    ("use its lab without a token", "httpx.get(lab.gateway_url[:-8] + '/control/journal')", "401"),
    ("get the solution", "solution('2.1')", "Solutions are not shown"),
    ("answer for the data owner", "lab.control('POST', '/owner')", "Solutions are not shown"),
    ("get the admin's password", "lab.control('GET', '/state')['admin_password']", "KeyError"),
    ("find a secret", "[n for n in os.environ if 'SECRET' in n or 'SEED' in n]", "[]"),
]  # fmt: skip


@pytest.fixture(scope="module")
def got():
    """What each attack of the table got, by its name: all are cells of one notebook."""
    held.full()
    with held.listening() as server:
        cells = [f"PORT = {server.getsockname()[1]}\n{SET_UP}", *(code for _, code, _ in TABLE)]
        report, seen = held.run(*cells)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert report.failure == ""
    return dict(zip([name for name, _, _ in TABLE], seen[1:], strict=True))


@pytest.mark.parametrize(("name", "gets"), [(n, g) for n, _, g in TABLE], ids=[r[0] for r in TABLE])
def test_an_attack_gets_nothing(got, name, gets):
    assert gets in got[name]
    assert "reached" not in got[name]


def test_what_it_may_do_works():
    held.full()
    _, seen = held.run(
        textwrap.dedent(SET_UP),
        "open('mine.txt', 'w').write('x'); open('mine.txt').read()",
        "open('data.csv').read()",
        "import tempfile; tempfile.TemporaryFile().write(b'x')",
        "subprocess.run(['echo', 'from a program'], capture_output=True).stdout",
        "from multiprocessing import Pool\nwith Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
        "[os.environ['HOME'], os.getcwd(), os.uname().nodename]",
        "!echo from a shell",
        files={"data.csv": b"a,b\n"},
    )
    assert seen[1:] == [
        "'x'",
        "'a,b\\n'",
        "1",
        "b'from a program\\n'",
        "[1, 2]\n",
        f"['/submission', '/submission/{held.UNIT}', 'submission']",
        "from a shell\r\n",
    ]
