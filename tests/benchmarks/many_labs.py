"""A process with many labs of one seed: `many_labs.py --port PORT --labs N --keys FILE`.

The labs are `lab0`, `lab1` ...; FILE gets their course keys as a JSON list.
"""

import argparse
import asyncio
import json
from pathlib import Path

from intark_lab.institution import Institution
from intark_lab.loop import new_loop
from intark_lab.server import Labs, Listener


async def serve(port: int, number: int, keys: Path) -> None:
    labs = Labs()
    made = [Institution.fresh(lab_id=f"lab{each}") for each in range(number)]
    for each in made:
        labs.add(each)
    keys.write_text(json.dumps([each.course_key() for each in made]), encoding="utf-8")
    await Listener.open(labs, port=port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--labs", type=int)
    parser.add_argument("--keys", type=Path)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(options.port, options.labs, options.keys))
