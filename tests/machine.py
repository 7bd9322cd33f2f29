"""An ordinary user's machine, played: a folder, an account without rights, and what runs there.

As root it is another user (a number of its own that no account has); else it is the caller.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Timer

import needs
import psutil

from intark_lab import paths

PATIENCE = 300
"""Seconds that a command may take; installing with pip on a busy machine is the longest."""
EVERYBODYS = "/usr/local/bin:/usr/bin:/bin"
_MARK = "INTARK_TEST_MACHINE"
_KEPT = ("LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
"""What a played machine has of this one's environment, besides pip's and uv's own settings."""


class Machine:
    """Where a test does what a newcomer does. Use as a context: nothing is left behind."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))  # pytest's own is root's alone
        self.home = self._mkdir("home")
        self.programs = self._mkdir("programs")
        self.uid = 40_000 + os.getpid() % 20_000 if _is_root() else None
        self.give()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself meanwhile
                process.kill()
                process.wait(PATIENCE)
        shutil.rmtree(self.folder)

    def _mkdir(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def give(self) -> None:
        """Make everything in the folder the user's own."""
        if self.uid is not None:
            subprocess.run(["chown", "-R", f"{self.uid}:{self.uid}", self.folder], check=True)

    def install(self, program: str) -> None:
        """Put a program of the tests' environment on this machine's PATH."""
        shutil.copy(Path(sys.executable).parent / program, self.programs)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in _KEPT or name.startswith(("PIP_", "UV_"))
        }
        own = {
            "HOME": str(self.home),
            "USER": "newcomer",
            "PATH": f"{self.programs}:{EVERYBODYS}",
            "TMPDIR": str(self.home),
            _MARK: str(self.folder),
        }
        return kept | own | more

    def start(self, *command, cwd: Path, **more: str) -> "Started":
        """Start a command as the user, in a session of its own, as a terminal does."""
        return Started(
            subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env=self.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
                user=self.uid,
                group=self.uid,
                extra_groups=None if self.uid is None else [],
            )
        )

    def run(self, *command, cwd: Path, **more: str) -> tuple[int, str]:
        """Run a command as the user to its end: exit code, and what it said."""
        started = self.start(*command, cwd=cwd, **more)
        return started.end(), started.said

    def must(self, *command, cwd: Path, **more: str) -> str:
        """Run a command that must succeed; what it said."""
        exit_code, said = self.run(*command, cwd=cwd, **more)
        assert exit_code == 0, said
        return said

    def processes(self) -> list[psutil.Process]:
        """Whatever this machine's commands have left running."""
        mark = str(self.folder)
        return [one for one in psutil.process_iter() if _environ(one).get(_MARK) == mark]

    def checkout(self) -> Path:
        """The course as it stands here, committed in a repository named `upstream`."""
        git = needs.program("git")
        listed = [git, "-C", paths.ROOT, "ls-files", "-z", "--cached", "--others"]
        found = subprocess.run([*listed, "--exclude-standard"], capture_output=True, text=True)
        if found.returncode:
            needs.missing("not a git checkout")
        target = self._mkdir("upstream")
        for name in filter(None, found.stdout.split("\0")):
            if (paths.ROOT / name).is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(paths.ROOT / name, target / name)
        self.give()
        self.git("init", "-q", cwd=target)
        self.commit(target)
        return target

    def commit(self, repository: Path) -> None:
        """Commit all there is."""
        self.git("add", "-A", cwd=repository)
        self.git("commit", "-q", "-m", "As it stands", cwd=repository)

    def git(self, *arguments, cwd: Path) -> None:
        author = ("-c", "user.name=Newcomer", "-c", "user.email=newcomer@machine.example")
        self.must("git", *author, *arguments, cwd=cwd)


class Started:
    """A running command. It is killed when it takes longer than PATIENCE."""

    def __init__(self, process: subprocess.Popen):
        self.process, self.said = process, ""
        self._limit = Timer(PATIENCE, process.kill)
        self._limit.daemon = True
        self._limit.start()

    def until(self, pattern: str) -> re.Match:
        """Read until what it said matches; AssertionError when it ends before."""
        while (found := re.search(pattern, self.said)) is None:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"ended with {self.end()} and had said:\n{self.said}")
            self.said += line
        return found

    def signal(self, number: int) -> None:
        """What a terminal does: the signal goes to everything in the foreground."""
        os.killpg(self.process.pid, number)

    def end(self) -> int:
        """Wait for its end and read the rest; its exit code."""
        self.said += self.process.communicate()[0]
        self._limit.cancel()
        return self.process.returncode


def python() -> str:
    """A Python that any user of this machine may run, as new as the course needs."""
    if not _is_root():
        return sys._base_executable
    names = ("python3.14", "python3.13", "python3.12", "python3.11")
    return needs.program(*names, path=EVERYBODYS)


def _is_root() -> bool:
    return getattr(os, "geteuid", lambda: 1)() == 0


def _environ(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.Error, OSError):
        return {}
