"""JupyterLab's settings for learners and instructors, as Jupyter itself reads them."""

import json
import subprocess
import sys

import pytest

from intark_lab import paths
from intark_lab.jupyter import configuration, workspace

_READ = """
import json
from jupyter_core.application import JupyterApp
from jupyter_core.paths import jupyter_config_path, jupyter_data_dir, jupyter_runtime_dir
from jupyter_server.extension.config import ExtensionConfigManager
from jupyterlab_server.config import get_static_page_config
from jupyterlab_server.settings_utils import _get_overrides
app = JupyterApp(config_file_name="jupyter_server_config")
app.load_config_file()
extensions = ExtensionConfigManager(read_config_path=jupyter_config_path())
print(json.dumps({
    "server": app.config,
    "extensions": extensions.get_jpserver_extensions(),
    "page": get_static_page_config(level="all"),
    "overrides": _get_overrides("")[0],
    "folders": [jupyter_config_path()[0], jupyter_data_dir(), jupyter_runtime_dir()],
}))
"""


def as_read(folder, instructor: bool) -> dict:
    """What Jupyter makes of the settings, in a process of its own, beside a stranger's home."""
    home = folder / "home"
    (home / ".jupyter").mkdir(parents=True)
    strangers = {"ServerApp": {"root_dir": "/nowhere"}}
    (home / ".jupyter" / "jupyter_server_config.json").write_text(json.dumps(strangers))
    configuration.write(folder / "lab", instructor)
    environment = configuration.environment(folder / "lab") | {"HOME": str(home)}
    read = [sys.executable, "-c", _READ]
    done = subprocess.run(read, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout) | {"home": str(home)}


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    return as_read(tmp_path_factory.mktemp("learner"), instructor=False)


@pytest.fixture(scope="module")
def instructor(tmp_path_factory):
    return as_read(tmp_path_factory.mktemp("instructor"), instructor=True)


def extensions(read: dict) -> set[str]:
    """nbgrader's server extensions that are on."""
    prefix = "nbgrader.server_extensions."
    chosen = read["extensions"].items()
    return {name.removeprefix(prefix) for name, on in chosen if on and name.startswith(prefix)}


def test_a_learner_has_validate_and_the_copies_only(learner):
    assert extensions(learner) == {"validate_assignment"}
    assert learner["server"]["ServerApp"]["root_dir"] == str(workspace.folder())
    assert learner["server"]["LabApp"]["default_url"] == "/lab/tree/notebooks/00-start.ipynb"
    assert learner["page"]["disabledExtensions"]["@jupyter/nbgrader:formgrader"]


def test_an_instructor_has_formgrader_and_the_whole_course(instructor):
    assert extensions(instructor) == {"validate_assignment", "formgrader"}
    assert instructor["server"]["ServerApp"]["root_dir"] == str(paths.ROOT)
    assert "@jupyter/nbgrader:formgrader" not in instructor["page"]["disabledExtensions"]


def test_no_news_popup(learner):
    notifications = learner["overrides"]["@jupyterlab/apputils-extension:notification"]
    assert notifications["fetchNews"] == "false"


def test_nothing_of_the_users_home_is_used(learner):
    assert not any(folder.startswith(learner["home"]) for folder in learner["folders"])


def test_nbgrader_finds_alembic():
    commands = configuration.environment(paths.ROOT / ".lab")["PATH"].split(":")[0]
    assert sys.executable.startswith(commands)
