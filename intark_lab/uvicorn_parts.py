"""What serves of uvicorn, without its command line.

uvicorn's package loads that too, with click and supervisors of many processes: 70 ms of each
start, for what a lab never calls.
"""

import sys
from importlib.util import find_spec, module_from_spec


def _let_package_wait() -> None:
    """Execute uvicorn's package when somebody asks for something of its own, such as `run`."""
    spec = find_spec("uvicorn")
    package = module_from_spec(spec)

    def executed(name: str):
        del package.__getattr__
        spec.loader.exec_module(package)
        return getattr(package, name)

    package.__getattr__ = executed
    sys.modules["uvicorn"] = package


if "uvicorn" not in sys.modules:
    _let_package_wait()

from uvicorn.config import Config  # noqa: E402
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol  # noqa: E402
from uvicorn.server import ServerState  # noqa: E402

sys.modules["uvicorn"].Config = Config
"""Which the module that serves no lifespan imports from the package."""

__all__ = ["STATUS_LINE", "Config", "HttpToolsProtocol", "ServerState"]
