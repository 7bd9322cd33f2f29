#!/usr/bin/env python3
"""Set up and start the IntArk course in this folder: python3 course.py

Standard library only, and nothing that Python 3.6 cannot read: an old Python must get as far as
being told so. Every step is safe to repeat; what is done already is not done again.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP = os.path.join(VENV, "course.json")
RUNTIME = "binder/requirements.txt"
TESTS = "tests/requirements.txt"  # holds the runtime set too
PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]  # `-n 0` is one by one
OLDEST = (3, 11)

MENDS = [
    (
        r"no space left|errno 28|disk quota|not enough space",
        "The disk is full. The course needs about 700 MB: free some",
    ),
    (
        r"name resolution|getaddrinfo|connectionerror|connection (refused|reset|timed)"
        r"|unreachable|dns error|error sending request|timed out|proxyerror|connect to",
        "The packages could not be fetched. Is there a network? A proxy is named by HTTPS_PROXY."
        " Mend that",
    ),
    (r"permission denied|errno 13|read-only|access is denied", "No right to write here. Mend that"),
]


class Problem(Exception):
    """What stands in the way, and the mend, in one line."""


def main(arguments):
    options, rest = parse(arguments)
    test = options.verb == "test"
    try:
        require_python()
        make_environment()
        install(TESTS if test else RUNTIME)
    except Problem as problem:
        sys.exit(f"course.py: {problem}")
    except OSError as error:
        sys.exit(f"course.py: {mend(str(error))}")
    except KeyboardInterrupt:
        sys.exit(130)
    step(4, "Tests" if test else "The lab and JupyterLab")
    if test:
        chosen = ["-m", "not slow"] if options.quick else []
        hand_over(["-m", "pytest", *PARALLEL, *chosen, *rest])
    hand_over(["-m", "intark_lab.jupyter", *for_jupyter(options)])


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="course.py",
        description="Set up the course in this folder and open it in JupyterLab.",
        epilog="`course.py test` runs every test this machine can. It takes pytest's arguments"
        ", of which -n 0 runs them one by one.",
        allow_abbrev=False,
    )
    parser.add_argument("verb", nargs="?", choices=["test"], help="run the tests instead")
    parser.add_argument("--quick", action="store_true", help="with test: leave out the slow ones")
    parser.add_argument("--instructor", action="store_true", help="formgrader on, solutions/ seen")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=int, help="where JupyterLab is to be")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.verb is None:
        parser.error("not understood: " + " ".join(rest))
    return options, rest


def for_jupyter(options):
    chosen = ["--instructor"] if options.instructor else []
    chosen += ["--no-browser"] if options.no_browser else []
    return chosen + ([] if options.port is None else ["--port", str(options.port)])


def require_python():
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        raise Problem(
            f"This is Python {version}, and the course needs 3.11 or newer. Start it with a newer"
            " one, or with uv: uv run --no-project --python 3.12 course.py"
        )
    step(1, f"Python {version}")


def make_environment():
    """`.venv`, made anew where it is broken, was left half made, or came from another folder."""
    stamp = read_stamp()
    whole = not stamp.get("installing") and stamp.get("root", ROOT) == ROOT
    if whole and run([PYTHON, "-c", "import sys; assert sys.version_info >= (3, 11)"]) is None:
        return step(2, "Environment: .venv is there")
    if os.path.isdir(VENV):
        step(2, "Environment: .venv is broken, so it is made anew")
        shutil.rmtree(VENV)
    else:
        step(2, "Environment: making .venv")
    uv = shutil.which("uv")
    if uv and run([uv, "venv", "--quiet", "--python", sys.executable, VENV]) is None:
        return None
    said = run([sys.executable, "-m", "venv", "--without-pip", VENV])
    if said is not None:
        raise Problem(no_venv() if "No module named venv" in said else mend(said))
    return None


def no_venv():
    return (
        "This Python has no venv or ensurepip module. On Debian and Ubuntu: sudo apt install"
        " python3-venv. Elsewhere install uv. Then start again: python3 course.py"
    )


def install(lock):
    """The pinned set into `.venv`, once: the stamp says which lock is in place."""
    with open(os.path.join(ROOT, lock), "rb") as file:
        content = file.read()
    digest = hashlib.sha256(content).hexdigest()
    before = read_stamp()
    if before.get(lock) == digest:
        return step(3, "Packages: the pinned set is there")
    write_stamp({"installing": lock, "root": ROOT})
    if not install_with_uv(lock):
        said = install_with_pip(lock)
        if said is not None:
            if before:  # pip and uv fetch everything before they change anything
                write_stamp(before)
            raise Problem(mend(said))
    find_the_course()
    return write_stamp({**before, lock: digest, "root": ROOT})


def install_with_uv(lock):
    uv = shutil.which("uv")
    if not uv:
        return False
    step(3, "Packages: installing the pinned set with uv, about 10 seconds the first time")
    said = run([uv, "pip", "install", "--python", PYTHON, "-r", lock], "Downloaded|Installed")
    if said is not None:
        print(f"      uv failed ({last_line(said)}). Going on with pip.", flush=True)
    return said is None


def install_with_pip(lock):
    """None, or what pip said when it failed."""
    step(3, "Packages: installing the pinned set with pip, about a minute the first time")
    if run([PYTHON, "-m", "pip", "--version"]) is not None:
        said = run([PYTHON, "-m", "ensurepip"])
        if said is not None:
            raise Problem(no_venv() if "No module named ensurepip" in said else mend(said))
    # The lock is complete, and Python compiles what it imports: both halve pip's time.
    lean = ["--no-deps", "--no-compile", "--disable-pip-version-check", "--no-input"]
    pip = [PYTHON, "-m", "pip", "install", *lean, "--retries", "2", "-r", lock]
    return run(pip, "Collecting|Installing")


def find_the_course():
    """Let `.venv` import intark_lab from this folder: no build, so no network and no waiting."""
    where = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.check_output(where, universal_newlines=True).strip()
    with open(os.path.join(packages, "intark_lab.pth"), "w") as file:
        file.write(os.path.relpath(ROOT, packages) + "\n")


def run(command, progress=None):
    """None where the command succeeds, else what it said. Lines of `progress` are shown, brief."""
    said = []
    environment = dict(os.environ, PIP_USER="0", UV_NO_PROGRESS="1")
    try:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="ascii",
            errors="backslashreplace",  # any terminal can show it
        )
    except OSError as error:
        return str(error)
    with process:
        for line in process.stdout:
            said.append(line)
            if progress and re.match(rf"\s*({progress})", line):
                show(line.strip())
    return None if process.returncode == 0 else "".join(said)


def show(line):
    """In a terminal each line takes the place of the one before."""
    end = "\r" if sys.stdout.isatty() else "\n"
    print(f"      {line[:66]:<66}", end=end, flush=True)


def mend(said):
    """One line for what a command said when it failed."""
    for pattern, words in MENDS:
        if re.search(pattern, said, re.IGNORECASE):
            return f"{words} and start again: python3 course.py"
    return f"{last_line(said)}. Delete the folder .venv and start again: python3 course.py"


def last_line(said):
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it said nothing"


def read_stamp():
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def write_stamp(content):
    with open(STAMP, "w") as file:
        json.dump(content, file)


def step(number, words):
    print(f"[{number}/4] {words:<66}", flush=True)


def hand_over(arguments):
    """Become the course's own Python; its exit code is ours."""
    os.chdir(ROOT)
    if os.name != "nt":
        os.execv(PYTHON, [PYTHON, *arguments])
    process = subprocess.Popen([PYTHON, *arguments])
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # it reaches that process too, which ends
            sys.exit(process.wait())


if __name__ == "__main__":
    main(sys.argv[1:])
