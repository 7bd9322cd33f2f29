"""The lab and JupyterLab together: started, opened, and ended as one."""

import json
import os
import secrets
import shlex
import signal
import socket
import sys
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout, suppress
from pathlib import Path

import httpx

from intark_lab import served, settings
from intark_lab.jupyter import CannotStart, configuration, workspace
from intark_lab.lab import LabError
from intark_lab.texts import text

PORT = 8888
"""Where JupyterLab is unless told otherwise; the next free one where this is taken."""


def launch(instructor: bool, browser: bool, port: int | None) -> None:
    """Start the lab and JupyterLab, and stay until told to end. Raises CannotStart, OSError."""
    _on_end(_interrupt)
    folder = prepare(instructor)
    page = configuration.first_page(instructor)
    if (address := _already_open(folder, page)) is not None:
        print(text("jupyter.already-open", address=address))
        if browser:
            webbrowser.open(address)
        return
    if port is not None and _taken(port):
        raise CannotStart(text("jupyter.port-taken", port=port, other=port + 1))
    try:
        with ThreadPoolExecutor() as beside:  # the lab starts while JupyterLab is imported
            lab = beside.submit(_start_lab, folder)
            server = _jupyterlab(browser, port)
            lab.result()
        address = _address(server.connection_url, page, server.identity_provider.token)
        server.io_loop.add_callback(print, text("jupyter.open", address=address), flush=True)
        server.start()  # binds the port first, then calls back
    finally:
        served.stop(folder)
    with suppress(OSError):  # the terminal may be gone
        print(text("jupyter.ended"))


def prepare(instructor: bool = False) -> Path:
    """Bring `work/` and JupyterLab's settings up to date; the folder of the lab they belong to.

    An instructor has a lab of their own, so that no learner's lab is joined. Raises OSError.
    """
    folder = settings.read().folder
    if instructor:
        folder = folder / "instructor"
        for name in ("INTARK_LAB_URL", "INTARK_LAB_TOKEN"):
            os.environ.pop(name, None)
    else:
        _report(workspace.refresh())
    configuration.write(folder, instructor)
    os.environ.update(configuration.environment(folder))
    return folder


def prepare_for_shell() -> None:
    """What Binder does at each launch: prepare, start the lab, print the environment to export."""
    with redirect_stdout(sys.stderr):
        folder = prepare()
        _start_lab(folder)
    for name, value in configuration.environment(folder).items():
        print(f"export {name}={shlex.quote(value)}")


def _start_lab(folder: Path) -> None:
    """Start the lab of `folder` where none answers and none elsewhere is asked for."""
    if settings.read().url is None and served.find(folder) is None:
        try:
            served.start(folder)
        except LabError as error:
            raise CannotStart(str(error)) from None


def _jupyterlab(browser: bool, port: int | None):
    """The server, listening but not yet serving. Raises SystemExit when no port is to be had."""
    # jsonschema would make 38 parsers while it is imported, for a format that nobody here uses:
    # 1.2 seconds of each start. It goes on without the package where that cannot be imported.
    sys.modules["rfc3987_syntax"] = None
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(
        [
            f"--ServerApp.open_browser={browser}",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={PORT if port is None else port}",
            f"--ServerApp.port_retries={50 if port is None else 0}",
            f"--IdentityProvider.token={secrets.token_hex(24)}",  # Jupyter prints one it made
            "--Application.log_level=ERROR",
        ]
    )

    def end(*_):
        _on_end(signal.SIG_IGN)
        server.stop(from_signal=True)

    _on_end(end)
    return server


def _on_end(action) -> None:
    """Do `action` at Ctrl-C, when told to end, and when the terminal is closed."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), action)


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


def _already_open(folder: Path, page: str) -> str | None:
    """The address of a JupyterLab that serves this folder's course now."""
    for file in (folder / "jupyter" / "runtime").glob("jpserver-*.json"):
        with suppress(OSError, ValueError, KeyError, httpx.HTTPError):
            server = json.loads(file.read_text(encoding="utf-8"))
            allowed = {"Authorization": f"token {server['token']}"}
            status = server["url"] + "api/status"
            if httpx.get(status, headers=allowed, timeout=2, trust_env=False).is_success:
                return _address(server["url"], page, server["token"])
    return None


def _address(base: str, page: str, token: str) -> str:
    return f"{base}{page}?token={token}"


def _taken(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _report(done: workspace.Refreshed) -> None:
    for name in ("copied", "updated", "kept"):
        if files := getattr(done, name):
            print(text(f"jupyter.{name}", files=", ".join(files)), flush=True)
