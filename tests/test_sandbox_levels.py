"""The other levels and the other user: what holds without root, and without namespaces."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import held
import pytest
from submissions import solved

from intark_lab.grading.sandbox import landlock

ON_THE_WAY = {
    path.parts[2]
    for path in map(Path, (sys.prefix, sys.base_prefix, __file__))
    if path.is_relative_to("/home")
}
"""Where the course or its Python is below /home, so much of that may be seen, and no more."""
TRIES = [
    ("open('/etc/shadow')", "Error"),
    (f"os.kill({os.getpid()}, 9)", "Error"),
    ("open('/new', 'w')", "Error"),
    ("socket.create_connection(('127.0.0.1', PORT))", "Error"),
    ("socket.socket(2, 3, 1)", "PermissionError"),
    ("os.setuid(0)", "Error"),
    (f"set(os.listdir('/home')) - {ON_THE_WAY} or 1 / 0", "Error"),
    ("os.listdir(HIDDEN)", "Error"),
]
AS_NOBODY = """
import sys
sys.path.insert(0, {tests!r})
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", {file!r}, "-k", "not another_user"]))
"""


def attacked(level: str) -> list[str]:
    with held.listening() as server, TemporaryDirectory() as hidden:
        begin = f"import os, socket\nPORT = {server.getsockname()[1]}\nHIDDEN = {hidden!r}"
        report, seen = held.run(begin, *(code for code, _ in TRIES), level=level)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert report.level == level
    if "Permission denied" in report.failure:
        pytest.skip("root's Python is not for others to read: " + report.failure)
    assert report.failure == ""
    return seen[1:]


@pytest.mark.parametrize("level", ["full", "reduced"])
def test_what_a_level_stops(level):
    if level == "reduced" and landlock.version() < 6:
        pytest.skip(f"Landlock {landlock.version()} stops less")
    got = attacked(held.had(level))
    assert [expected in said for said, (_, expected) in zip(got, TRIES, strict=True)] == [True] * 8


def test_scores_are_the_same_without_walls():
    report, _ = held.graded(solved(1, 3), level=held.had("unsafe"))
    assert [score.points for score in report.scores] == [2, 0, 2, 0]
    assert report.level == "unsafe"


@pytest.mark.slow
def test_all_of_it_as_another_user(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("this is another user than root already")
    tests = Path(__file__).parent
    code = AS_NOBODY.format(tests=str(tests), file=__file__)
    known = {"PATH": os.environ["PATH"], "HOME": "/", "TMPDIR": str(tmp_path)}
    tmp_path.chmod(0o777)
    as_nobody = {"user": 65534, "group": 65534, "extra_groups": [], "env": known, "cwd": "/"}
    try:
        reached = subprocess.run([sys.executable, "-c", "import intark_lab"], **as_nobody)
    except PermissionError as error:
        pytest.skip(f"an ordinary user cannot run this Python: {error}")
    if reached.returncode:
        pytest.skip("an ordinary user cannot run this Python")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **as_nobody)
    assert done.returncode == 0, done.stdout + done.stderr
