"""How JupyterLab is set up for the course. Nothing is read from or written to the user's home.

Everything is in `jupyter/` below the lab's folder: `config` (written here at each start, and the
learner's own settings), `data`, `runtime` and `ipython`.
"""

import json
import os
import sys
from pathlib import Path

import zmq

from intark_lab.jupyter import workspace

_NBGRADER = ("formgrader", "validate_assignment", "assignment_list", "course_list")
_LEARNER = {"validate_assignment"}
_INSTRUCTOR = {"validate_assignment", "formgrader"}
"""nbgrader's server extensions: each one that is on makes the start slower."""

_LAB_PARTS = {
    "formgrader": ("formgrader", "create-assignment", "menu"),
    "assignment_list": ("assignment-list",),
    "course_list": ("course-list",),
}
_LANGUAGE_SERVER = (
    "@jupyterlab/lsp-extension",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/notebook-extension:language-server",
)
"""What in the browser belongs to a server extension, and would fail without it."""


def environment(folder: Path) -> dict[str, str]:
    """The variables that JupyterLab and its kernels are started with."""
    home = folder / "jupyter"
    commands = os.path.dirname(sys.executable)  # nbgrader calls alembic by name
    return {
        "INTARK_LAB_FOLDER": str(folder),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_CONFIG_PATH": str(home / "config"),  # before the environment's own settings
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PATH": os.pathsep.join([commands, os.environ.get("PATH", os.defpath)]),
    }


def write(folder: Path, instructor: bool = False) -> None:
    """Write the settings that `environment(folder)` points to. Raises OSError."""
    on = _INSTRUCTOR if instructor else _LEARNER
    config = folder / "jupyter" / "config"
    _write(config / "jupyter_server_config.json", _server(on, instructor))
    _write(config / "labconfig" / "page_config.json", {"disabledExtensions": _disabled(on)})
    _write(config / "labconfig" / "default_setting_overrides.json", _quiet())
    (folder / "jupyter" / "ipython").mkdir(parents=True, exist_ok=True)


def first_page(instructor: bool) -> str:
    """What is opened first, below JupyterLab's address."""
    return "lab/tree/solutions" if instructor else f"lab/tree/{workspace.START}"


def _server(on: set[str], instructor: bool) -> dict:
    work = workspace.folder()
    return {
        "ServerApp": {
            "allow_root": getattr(os, "geteuid", lambda: 1)() == 0,
            "jpserver_extensions": {
                "jupyter_lsp": False,  # no language server comes with the course; it looks for all
                **{f"nbgrader.server_extensions.{name}": name in on for name in _NBGRADER},
            },
            "root_dir": str(work.parent if instructor else work),
            "tornado_settings": {"ws_ping_timeout": 30_000},  # Jupyter warns of its own default
        },
        "KernelManager": {"transport_encryption": "auto" if zmq.has("curve") else "disabled"},
        "LabApp": {"default_url": f"/{first_page(instructor)}", "news_url": None},
    }


def _disabled(on: set[str]) -> dict[str, bool]:
    nbgrader = {
        f"@jupyter/nbgrader:{part}": True
        for extension, parts in _LAB_PARTS.items()
        for part in parts
        if extension not in on
    }
    return {**dict.fromkeys(_LANGUAGE_SERVER, True), **nbgrader}


def _quiet() -> dict:
    return {
        "@jupyterlab/apputils-extension:notification": {
            "checkForUpdates": False,
            "fetchNews": "false",
        }
    }


def _write(file: Path, content: dict) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")
