"""Landlock: the files, ports and processes that a submission reaches, where namespaces are not had.

Each version of it (ABI) stops more: 1 files, 4 connections, 6 signals to others.
"""

import os
import struct

from intark_lab.grading.sandbox import linux

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_PATH, _PORT = 1, 2
_READ = 0b1101
"""Execute, read a file, read a folder."""
_TO_FILES = 0b111 | 1 << 14 | 1 << 15
"""What may be allowed of a file: execute, write, read, truncate, control of a device."""
_CONNECT = 2
_SCOPES = 3
"""Neither abstract sockets nor signals beyond."""


def version() -> int:
    """The kernel's ABI of Landlock, 0 where there is none."""
    try:
        return linux.syscall(_CREATE, None, 0, 1)
    except OSError:
        return 0


def confine(read: list[str], write: list[str], ports: list[int]) -> None:
    """Let this process and its children reach these paths and loopback's `ports` only.

    Raises OSError where the kernel has no Landlock.
    """
    abi = linux.syscall(_CREATE, None, 0, 1)
    files = _files(abi)
    rules = linux.syscall(_CREATE, *_wanted(abi, files), 0)
    for path in filter(os.path.exists, read):
        _allow(rules, path, _READ & files)
    for path in write:
        _allow(rules, path, files)
    for port in ports if abi >= 4 else ():
        linux.syscall(_ADD_RULE, rules, _PORT, struct.pack("QQ", _CONNECT, port), 0)
    linux.no_new_privileges()
    linux.syscall(_RESTRICT, rules, 0)
    os.close(rules)


def _files(abi: int) -> int:
    """Every right over files that this version knows."""
    return (1 << 13) - 1 | (abi >= 2) << 13 | (abi >= 3) << 14 | (abi >= 5) << 15


def _wanted(abi: int, files: int) -> tuple[bytes, int]:
    fields = [files, *([_CONNECT] if abi >= 4 else []), *([_SCOPES] if abi >= 6 else [])]
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    return attributes, len(attributes)


def _allow(rules: int, path: str, rights: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights &= rights if os.path.isdir(path) else _TO_FILES
        linux.syscall(_ADD_RULE, rules, _PATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)
