"""ipykernel's kernel without sockets: cells go in, outputs come out."""

import asyncio
import logging
import os
import shutil
import sys
import threading
from importlib import import_module
from types import SimpleNamespace

from ipykernel import zmqshell
from ipykernel.eventloops import enable_gui
from ipykernel.ipkernel import IPythonKernel
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

from intark_lab.grading.inside.outputs import Capture, Outputs, Recorder, Stream
from intark_lab.texts import text

MIB = 1 << 20
_FIRST = ("1", "None.nothing", "!true", "{'a': [1]}", "__import__('pandas').DataFrame({'a': [1]})")


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """ipykernel's shell, by the same name, which programs ask for. It knows its kernel."""

    def enable_gui(self, gui=None) -> None:
        enable_gui(gui, self.kernel)
        self.active_eventloop = gui


class Kernel(IPythonKernel):
    """Runs cells as a notebook's kernel does, top-level await and magics included."""

    shell_class = ZMQInteractiveShell
    log = logging.getLogger("ipykernel")

    def start(self) -> None:
        """No socket to listen to."""


def make(folder: str) -> Kernel:
    """The process's kernel, with its own files in `folder`; before any output is captured."""
    without_debugger()
    config = Config()
    config.HistoryManager.hist_file = ":memory:"  # as nbgrader has it
    profile = ProfileDir.create_profile_dir(os.path.join(folder, ".profile"))
    return Kernel.instance(session=Recorder(), profile_dir=profile, config=config)


def without_debugger() -> None:
    """Nobody debugs here, and its start takes longer than a notebook."""
    sys.modules["debugpy"] = None
    import_module("ipykernel.debugger")
    del sys.modules["debugpy"]


def warm_up(folder: str) -> None:
    """Run in a kernel that is thrown away what the first cells of a notebook would have to load."""
    made = make(os.path.join(folder, ".ipython"))
    made.session.outputs = Outputs(MIB, MIB)
    for source in _FIRST:
        made.shell.run_cell(source, store_history=False)
    Kernel.clear_instance()
    made.shell_class.clear_instance()
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)


class Cells:
    """Runs the cells of one notebook, one after another, in one event loop."""

    def __init__(self, kernel: Kernel, outputs: Outputs):
        self._kernel, self._outputs = kernel, outputs
        kernel.session.outputs = outputs
        kernel.shell.displayhook.session = kernel.shell.display_pub.session = kernel.session
        loop = asyncio.get_running_loop()
        kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
        kernel.io_loop = SimpleNamespace(
            add_callback=loop.call_soon_threadsafe,
            call_later=lambda *_: None,  # exit() ends nothing: the next cell is still to come
        )
        sys.stdout, sys.stderr = Stream("stdout", outputs, 1), Stream("stderr", outputs, 2)
        self._captures = [Capture(1, sys.stdout), Capture(2, sys.stderr)]

    async def run(self, source: str, counted: bool = True) -> dict:
        """Outputs and execution count of a cell; one that is not counted leaves no history."""
        self._outputs.begin()
        error = None
        try:
            reply = await self._kernel.do_execute(
                source, silent=False, store_history=counted, allow_stdin=False
            )
        except (KeyboardInterrupt, asyncio.CancelledError) as stopped:  # between two statements
            reply, error = {}, stopped
        for capture in self._captures:
            capture.settle()
        outputs = self._outputs.end()
        if error is not None or _unshown(reply, outputs):
            outputs.append(_error(reply, error))
        return {"outputs": outputs, "count": reply.get("execution_count")}


def _unshown(reply: dict, outputs: list[dict]) -> bool:
    """Whether the cell failed without saying so; nbgrader would take that for success."""
    named = {output.get("ename") for output in outputs}
    return reply.get("status") == "error" and reply["ename"] not in named


def _error(reply: dict, error: BaseException | None) -> dict:
    name = reply.get("ename") or type(error).__name__
    value = reply.get("evalue") or str(error or "")
    shown = reply.get("traceback") or [text("grade.not-shown")]
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": shown}
