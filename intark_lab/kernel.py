"""Labs inside the running Python process: one event loop in a thread, one port for all."""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from functools import cache

from intark_lab.institution import Institution
from intark_lab.loop import new_loop
from intark_lab.messages.post import Post
from intark_lab.server import Labs, Listener


class Host:
    """The process's own lab server. Made once, by `host()`."""

    def __init__(self):
        # A line on stderr costs a learner points; the answer itself says what went wrong.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._loop = new_loop()
        threading.Thread(target=self._loop.run_forever, name="intark-lab", daemon=True).start()
        self._labs, self._post = Labs(), Post()
        self._listener = self.run(Listener.open(self._labs))
        self.run(self._post.open())

    @property
    def url(self) -> str:
        return self._listener.url

    def add(self, institution: Institution) -> None:
        """Open one lab. Raises ValueError where another one is open by its id."""
        self.run(self._add(institution))

    def remove(self, institution: Institution) -> None:
        """Close one lab; the others go on."""
        self.run(self._remove(institution))

    def run(self, work: Coroutine):
        """Do something in the loop's thread, where every store is used; its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _add(self, institution: Institution) -> None:
        self._post.add(institution)
        self._labs.add(institution)

    async def _remove(self, institution: Institution) -> None:
        self._labs.remove(institution)
        institution.close()


@cache
def host() -> Host:
    return Host()
