"""The learner's own lab process: found by its card in `.lab/`, or started there."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from intark_lab.lab import Lab, LabError, connect
from intark_lab.store import StateInUse
from intark_lab.texts import text

IDLE_MINUTES = 240
"""A lab that a notebook started ends by itself after so long without a call."""
PATIENCE = 30.0
started: list[subprocess.Popen] = []
"""The lab processes of this kernel. They outlive it: other notebooks share them."""


def find(folder: Path) -> Lab | None:
    """The lab that `folder`/lab.json names, if its process answers."""
    try:
        card = json.loads((folder / "lab.json").read_text(encoding="utf-8"))
        return connect(card["url"], card["token"], timeout=2, ca=card.get("ca"))
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None


def start(folder: Path, seed: int | None = None) -> Lab:
    """Start a lab process with its state in `folder`, and join it. Raises LabError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "lab.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command(folder, seed),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows
        )
    started.append(process)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if (lab := find(folder)) is not None:
            return lab
        if process.poll() not in (None, StateInUse.exit_code):
            break
        time.sleep(0.05)
    raise LabError(text("lab.not-started", log=log, said=log.read_text(encoding="utf-8")))


def stop(folder: Path) -> None:
    """End the lab of `folder`, whoever started it, and wait until it is gone."""
    if find(folder) is None:
        return
    with suppress(psutil.NoSuchProcess, OSError, KeyError):
        process = psutil.Process(json.loads((folder / "lab.json").read_text("utf-8"))["pid"])
        process.terminate()
        try:
            process.wait(PATIENCE)
        except psutil.TimeoutExpired:
            process.kill()


def command(folder: Path, seed: int | None = None) -> list[str]:
    """The command line of the lab whose state is kept in `folder`."""
    state = str(folder / "lab.sqlite")
    line = [sys.executable, "-m", "intark_lab", "serve", "--state", state]
    line += ["--idle", str(IDLE_MINUTES)]
    return line if seed is None else [*line, "--seed", str(seed)]
