"""A seccomp filter: what no submission has a use for, and what would let it out, is refused."""

import ctypes
import errno
import struct

from intark_lab.grading.sandbox import linux

REFUSED = {
    # other namespaces and file systems
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "sethostname": (170, 161), "setdomainname": (171, 162), "quotactl": (179, 60),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # memory that no process shows, and files that are on no disk
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "msgget": (68, 186),
    # the machine
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "syslog": (103, 116), "vhangup": (153, 58),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    # wide doors into the kernel itself
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "personality": (135, 92),
}  # fmt: skip
"""Refused whatever the arguments: name, and number on x86_64 and aarch64."""

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Which number counts, and how the kernel names the machine."""
_CLONE, _CLONE3, _SOCKET = (56, 220), 435, (41, 198)
_NAMESPACES = 0x7E020000
"""clone's flags for new namespaces."""
_UNIX, _INET, _INET6, _RAW = 1, 2, 10, 3

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45
_NUMBER, _MACHINE, _ARGUMENT = 0, 4, 16
"""Where the kernel keeps them for the filter, in bytes."""
_SET_SECCOMP, _FILTER = 22, 2


def refuse() -> None:
    """Hold this process and its children to the filter. Raises OSError; KeyError on others."""
    program = b"".join(_program(*_MACHINES[linux.machine()]))
    code = ctypes.create_string_buffer(program)
    wanted = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    linux.call("prctl", _SET_SECCOMP, _FILTER, wanted, 0, 0)


def _program(which: int, machine: int) -> list[bytes]:
    """Each condition is followed by what is answered where it holds, else skipped."""
    no, unknown = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    program = [_step(_LOAD, _MACHINE), *_unless(machine, unknown), _step(_LOAD, _NUMBER)]
    program += [_step(_AT_LEAST, 0x40000000, 0, 1), _step(_RETURN, unknown)]  # x32
    for numbers in REFUSED.values():
        program += _when(_EQUAL, numbers[which], [_step(_RETURN, no)])
    program += _when(_EQUAL, _CLONE3, [_step(_RETURN, unknown)])  # its flags are out of sight
    new_namespaces = [_step(_ANY_BIT, _NAMESPACES, 0, 1), _step(_RETURN, no)]
    clone = [_step(_LOAD, _ARGUMENT), *new_namespaces, _step(_RETURN, _ALLOW)]
    program += _when(_EQUAL, _CLONE[which], clone)
    program += _when(_EQUAL, _SOCKET[which], _sockets(no))
    return [*program, _step(_RETURN, _ALLOW)]


def _sockets(no: int) -> list[bytes]:
    """Sockets between processes and of the Internet, but no raw ones."""
    families = [_step(_EQUAL, family, left, 0) for family, left in zip(
        (_UNIX, _INET, _INET6), (3, 2, 1), strict=True
    )]  # fmt: skip
    kind = [_step(_LOAD, _ARGUMENT + 8), _step(_AND, 0xF)]
    return [
        _step(_LOAD, _ARGUMENT),
        *families,
        _step(_RETURN, no),
        *kind,
        *_when(_EQUAL, _RAW, [_step(_RETURN, no)]),
        _step(_RETURN, _ALLOW),
    ]


def _when(condition: int, value: int, then: list[bytes]) -> list[bytes]:
    return [_step(condition, value, 0, len(then)), *then]


def _unless(value: int, answer: int) -> list[bytes]:
    return [_step(_EQUAL, value, 1, 0), _step(_RETURN, answer)]


def _step(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    """One instruction; `true` and `false` say how many to skip."""
    return struct.pack("HBBI", code, true, false, value)
