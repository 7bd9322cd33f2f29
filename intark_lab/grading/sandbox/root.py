"""The file system that the warm process moves into: system, Python and course, read-only.

There is no home in it, no gradebook, no solution and no submission. A submission adds what it may
write, in memory of its own.
"""

import os
import sys
import sysconfig
from pathlib import Path

import certifi

from intark_lab import paths, settings
from intark_lab.grading.sandbox import linux
from intark_lab.grading.sandbox.linux import BIND, NODEV, NOEXEC, NOSUID, REC

WORK = "/submission"
"""What a submission may write is below it, its home included."""
TEMPORARY = f"{WORK}/tmp"
"""Shown as /tmp as well, unless Python or the course live there."""
SHARED_MEMORY = 16
"""MiB in /dev/shm, unless Python or the course live there."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("ld.so.cache", "alternatives", "fonts", "localtime", "mime.types", "ssl", "os-release")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_LINKS = {
    "dev/fd": "/proc/self/fd",
    "dev/stdin": "/proc/self/fd/0",
    "dev/stdout": "/proc/self/fd/1",
    "dev/stderr": "/proc/self/fd/2",
    "dev/ptmx": "pts/ptmx",
}
_PEOPLE = {
    "passwd": "root:x:0:0::/:/bin/sh\nlearner:x:{uid}:{gid}::/submission:/bin/sh\n",
    "group": "root:x:0:\nlearner:x:{gid}:\n",
    "hosts": "127.0.0.1 localhost submission\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def sources() -> list[str]:
    """Files and folders that submissions read: system, Python, and what learners have."""
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.realpath(sys.executable)}
    python |= {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    python |= {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    python |= {str(Path(prefix).resolve()) for prefix in (sys.prefix, sys.base_prefix)}
    course = [paths.PACKAGE, paths.data(), settings.read().texts]
    course += [paths.notebooks(), paths.exercises()]  # learners have them, too
    if checkout := paths.checkout():
        course.append(checkout / "pyproject.toml")
    system = [*_SYSTEM, *(f"/etc/{name}" for name in _SETTINGS)]
    return _outermost([*system, *python, *map(str, course)])


def _outermost(found: list[str]) -> list[str]:
    """Those that are there, without those that lie in another; no folder holds the whole root."""
    there = sorted({each for each in found if os.path.lexists(each) and each != "/"})
    return [each for each in there if not any(each.startswith(other + "/") for other in there)]


def build(folder: str, uid: int, gid: int) -> None:
    """Make the file system in `folder`, in mount and pid namespaces of one's own, and enter it."""
    linux.mount("none", "/", None, REC | linux.PRIVATE)
    linux.mount("tmpfs", folder, "tmpfs", NOSUID | NODEV, "mode=755")
    root = Path(folder)
    for source in sources():
        _show(source, root)
    for name, content in _PEOPLE.items():
        _empty(root / "etc" / name).write_text(content.format(uid=uid, gid=gid), "utf-8")
    _devices(root)
    _few_authorities(root)
    for name in (WORK, "/tmp"):
        _folder(root / name.strip("/"))
    proc = _folder(root / "proc")
    linux.seal(folder)
    linux.mount("proc", proc, "proc", NOSUID | NODEV | NOEXEC)
    linux.change_root(folder)


def private_folders(disk: int, uid: int) -> None:
    """What one submission writes, in memory: at most `disk` MiB. In namespaces of its own."""
    size = f"size={disk}m,nr_inodes=8k,mode=700,uid={uid}"
    linux.mount("tmpfs", WORK, "tmpfs", NOSUID | NODEV, size)
    os.mkdir(TEMPORARY)
    os.chown(TEMPORARY, uid, -1)
    if not os.listdir("/tmp"):
        linux.mount(TEMPORARY, "/tmp", None, BIND)
    linux.mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
    if not os.listdir("/dev/shm"):
        shared = f"size={SHARED_MEMORY}m,nr_inodes=1k,mode=1777"
        linux.mount("tmpfs", "/dev/shm", "tmpfs", NOSUID | NODEV, shared)
    terminals = "newinstance,ptmxmode=0666,mode=620"
    linux.mount("devpts", "/dev/pts", "devpts", NOSUID | NOEXEC, terminals)


def _show(source: str, root: Path) -> None:
    """Let `source` be seen at the same place; a link stays one."""
    target = root / source.lstrip("/")
    if os.path.islink(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(os.readlink(source))
        return
    place = _folder(target) if os.path.isdir(source) else str(_empty(target))
    linux.mount(source, place, None, BIND | REC)


def _few_authorities(root: Path) -> None:
    """Every HTTP client reads all authorities, for longer than a cell runs, and none is in here."""
    first, end, _ = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----")
    one = _empty(root / "etc" / "authority.pem")
    one.write_text(first + end, "utf-8")
    linux.mount(str(one), str(root / certifi.where().lstrip("/")), None, BIND)


def _devices(root: Path) -> None:
    for name in _DEVICES:
        linux.mount(f"/dev/{name}", str(_empty(root / "dev" / name)), None, BIND)
    for name in ("shm", "pts"):
        _folder(root / "dev" / name)
    for link, target in _LINKS.items():
        (root / link).symlink_to(target)


def _folder(path: Path) -> str:
    path.mkdir(parents=True, exist_ok=True)
    return str(path)


def _empty(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path
