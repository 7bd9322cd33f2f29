"""What a lab's start loads, and what waits until it is needed."""

import subprocess
import sys

NOT_AT_THE_START = (
    *("click", "httpx", "joserfc", "pamqp", "pandas", "starlette", "cryptography"),
    *("intark_lab.control", "intark_lab.history", "intark_lab.manager", "intark_lab.messages.brom"),
    *("intark_lab.owner", "intark_lab.tasks"),
)


def printed_by(program: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def test_serving_and_a_call_load_nothing_of_the_other_doors():
    program = f"""
import asyncio, sys
from intark_lab import serving
from intark_lab.institution import Institution
from intark_lab.server import Labs

async def call():
    labs, sent = Labs(), []
    institution = Institution.fresh(seed=1)
    labs.add(institution)
    path = institution.base_path + "/gateway/orgreg/v3/units"
    scope = dict(type="http", method="GET", path=path, raw_path=path.encode(), query_string=b"")
    async def send(event):
        sent.append(event)
    await labs(scope | dict(headers=[], client=None), None, send)
    print(sent[0]["status"], [name for name in {NOT_AT_THE_START} if name in sys.modules])

asyncio.run(call())
"""
    assert printed_by(program) == "200 []"


def test_what_is_loaded_ahead_is_not_loaded_again():
    program = """
import sys
from intark_lab.doors import DOORS, load_ahead
load_ahead()
before = set(sys.modules)
for name in ("portal", "management", "control", "brom"):
    DOORS[name].load()
print(set(sys.modules) - before)
"""
    assert printed_by(program) == "set()"


def test_a_lab_in_a_kernel_leaves_uvicorn_whole_for_others():
    program = """
import sys
import intark_lab.server
import uvicorn
assert "uvicorn.main" not in sys.modules
print(uvicorn.run.__module__, uvicorn.Config.__module__, uvicorn.config.Config is uvicorn.Config)
"""
    assert printed_by(program) == "uvicorn.main uvicorn.config True"
