"""Submissions that want everything, end themselves, or stay: what is left of each, and after it."""

import time
from concurrent.futures import ThreadPoolExecutor

import held
import psutil
import pytest

FAST = {"cell_seconds": 2, "notebook_seconds": 20}
SLEEPS = "98765.25"
"""Nobody else sleeps so long: known again among the machine's processes."""
LEAVES = f"""
import os, subprocess
for _ in range(3):
    subprocess.Popen(["sleep", "{SLEEPS}"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "{SLEEPS}"])
        os._exit(0)
"""
JUNK = """
import os, stat
for handle in map(int, os.listdir("/dev/fd")):
    try:
        if stat.S_ISSOCK(os.fstat(handle).st_mode):
            os.write(handle, WHAT)
    except OSError:
        pass
"""


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _level():
    held.full()


def sleepers() -> list[int]:
    return [p.pid for p in psutil.process_iter() if SLEEPS in " ".join(cmdline(p))]


def cmdline(process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_an_endless_loop_is_interrupted_and_the_next_cell_runs():
    report, seen = held.run("while True: pass", "'after'", **FAST)
    assert seen == ["KeyboardInterrupt: ", "'after'"]
    assert report.failure == ""
    assert 2 <= report.seconds < 10


@pytest.mark.parametrize(
    "deaf",
    [
        "while True:\n    try:\n        while True: abs(1)\n    except BaseException: pass",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    ],
    ids=["catches all", "ignores signals"],
)
def test_a_deaf_loop_is_ended(deaf):
    report, seen = held.run(deaf, "'after'", **FAST)
    assert "within 2 seconds" in report.failure
    assert seen[1] == ""
    assert report.seconds < 15


def test_a_process_cannot_stop_itself():
    _, seen = held.run("import os\nos.kill(1, 19)", "'after'")
    assert seen[1] == "'after'"


def test_the_whole_notebook_has_an_end():
    report, _ = held.run(*["import time; time.sleep(1.5)"] * 9, cell_seconds=2, notebook_seconds=4)
    assert report.seconds < 15


def test_a_process_that_ends_itself_keeps_what_it_had():
    report, seen = held.run("print('before')", "import os; os._exit(0)", "'after'")
    assert seen[0] == "before\n"
    assert "ended while this cell ran" in seen[1]
    assert seen[2] == ""
    assert "ended while this cell ran" in report.failure


def test_a_crash_is_seen():
    report, _ = held.run("import ctypes; ctypes.string_at(0)")
    assert "ended while this cell ran" in report.failure


def test_a_fork_bomb_is_small():
    report, seen = held.run("import os\nwhile True: os.fork()", **FAST)
    assert "BlockingIOError" in seen[0] or report.failure
    assert report.seconds < 15


def test_threads_are_counted():
    code = (
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=[9]).start()"
    )
    _, seen = held.run(code, **FAST)
    assert "can't start new thread" in seen[0]


def test_memory_has_a_limit():
    report, seen = held.run("len(bytearray(8 << 30))", "'after'")
    assert seen == ["MemoryError: ", "'after'"]
    assert report.failure == ""


@pytest.mark.parametrize(
    "beside",
    ["", "import subprocess\nfor _ in range(20): subprocess.Popen(['sleep', '60'])"],
    ids=["alone", "beside small ones"],
)
def test_memory_of_all_processes_together_has_a_limit(beside):
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = b"x" * (100 << 20)
        time.sleep(60)
time.sleep(60)
"""
    report, _ = held.run(f"{beside}\n{code}", memory=300)
    assert "300 MiB of memory" in report.failure


def test_the_disk_is_small():
    code = "for n in range(99): open(f'{n}', 'wb').write(bytes(1 << 20))"
    _, seen = held.run(code, "import os; open('small', 'w').write('x')", disk=8)
    assert "No space left" in seen[0]


def test_shared_memory_is_small():
    code = "with open('/dev/shm/x', 'wb') as out:\n    while True: out.write(bytes(1 << 20))"
    _, seen = held.run(code)
    assert "No space left" in seen[0]


@pytest.mark.parametrize(
    "code",
    [
        "for _ in range(200): print('x' * (1 << 20))",
        "import os\nfor _ in range(3000): os.write(1, b'y' * (1 << 16))",
        "from IPython.display import display\nfor _ in range(20): display('z' * (10 << 20))",
        "'v' * (200 << 20)",
        "!yes | head -c 200000000",
    ],
    ids=["print", "the file below", "display", "a value", "a program"],
)
def test_200_megabytes_of_output_are_cut(code):
    report, _ = held.run(code, "'after'", cell_output=100_000, **FAST)
    assert len(report.notebook) < 300_000


def test_many_small_cells_have_a_limit_together():
    report, _ = held.run(*["print('x' * 90_000)"] * 20, cell_output=100_000, output=500_000)
    assert len(report.notebook) < 700_000


def test_nothing_outlives_its_submission():
    _, seen = held.run(LEAVES, "'after'")
    assert seen[1] == "'after'"
    assert sleepers() == []


def test_nothing_outlives_a_process_that_ended_itself():
    held.run(LEAVES + "os._exit(0)")
    assert sleepers() == []


@pytest.mark.parametrize(
    "junk",
    [
        r"b'no json\n'",
        r"""b'{"id": "0", "outputs": [{"output_type": "stream", "name": "x"}, 7]}\n'""",
        r"""b'{"id": "0", "outputs": 3, "count": "x", "changes": 9}\n'""",
        r"b'[' * 100_000 + b'\n'",
        "b'x' * 40_000_000",
    ],
    ids=["no json", "no outputs", "no lists", "too deep", "too long"],
)
def test_what_its_process_says_is_not_believed(junk):
    report, _ = held.run(JUNK.replace("WHAT", junk), "1", **FAST)
    assert report.failure or report.notebook
    assert b'"name": "x"' not in report.notebook


def test_who_does_not_read_is_not_waited_for():
    code = JUNK.replace("WHAT", r"""b'{"id": "0", "outputs": []}\n'""") + "while True: pass"
    report, _ = held.run(code, f"'{'x' * 3_000_000}'", **FAST)
    assert report.failure
    assert "No report" not in report.failure


def test_a_signal_to_a_group_reaches_no_other():
    signals = "import os, time\nfor _ in range(20): time.sleep(0.1); os.killpg(0, 15)"
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(held.run, "import time\nfor _ in range(20): time.sleep(0.1)", "'whole'")
        held.run(signals)
    assert other.result()[1][1] == "'whole'"


def test_others_are_not_delayed():
    began = time.monotonic()
    assert held.run("1 + 1")[1] == ["2"]
    assert time.monotonic() - began < 30
