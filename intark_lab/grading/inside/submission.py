"""The process that a stranger's code runs in, from its fork on."""

import asyncio
import base64
import os
import random
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from intark_lab.grading.inside import kernel, modules
from intark_lab.grading.inside.frames import Broken, Frames
from intark_lab.grading.inside.outputs import Outputs
from intark_lab.grading.inside.watch import Watch
from intark_lab.grading.submission import Limits


def run(
    connection: socket.socket, folder: str, hidden: list[str], hold: Callable[[int], None]
) -> None:
    """Run the cells that come over the connection, until it ends.

    `hold` is called with the lab's port before anything of the submission is touched.
    """
    frames = Frames(connection)
    start = frames.receive()
    hold(start["port"])
    begin_anew(start["environ"] | {"HOME": folder, "TMPDIR": os.path.join(folder, "tmp")})
    Path(folder, "tmp").mkdir(exist_ok=True)
    work = Path(folder, start["unit"])
    _write(work, start["files"])
    os.chdir(work)
    shell = kernel.make(os.path.join(folder, ".ipython"))
    modules.hide(hidden)
    modules.find_here()
    asyncio.run(_cells(shell, frames, Limits(**start["limits"])))


def begin_anew(environ: dict[str, str]) -> None:
    """Forget what a fork inherits and no kernel would have."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(environ, MPLBACKEND=modules.INLINE)
    sys.argv[1:] = ["-f", os.path.join(environ["HOME"], "kernel.json")]  # as a kernel's are
    tempfile.tempdir = None
    random.seed()
    sys.modules["numpy"].random.seed()  # by its name: numpy is pandas', not the course's own


async def _cells(made: kernel.Kernel, frames: Frames, limits: Limits) -> None:
    outputs = Outputs(limits.cell_output, limits.output)
    cells, watch = kernel.Cells(made, outputs), Watch(made.shell)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # asyncio has put in its own
    frames.send({"ready": True})
    while True:
        try:
            cell = frames.receive()
            done = await cells.run(cell["source"], cell["counted"])
            changes = watch.changes() if cell["test"] else []
            frames.send({"id": cell["id"], **done, "changes": changes})
        except KeyboardInterrupt:
            continue  # it was meant for a cell that had ended
        except Broken:
            return


def _write(work: Path, files: dict[str, str]) -> None:
    """What lay beside the notebook. Paths that lead elsewhere were left out before."""
    work.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        target = work / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(content))
