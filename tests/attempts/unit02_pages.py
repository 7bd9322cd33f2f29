"""Task 2.4, fetch every page within the limit: right ways.

`time.sleep` is played by moving lab time, so that none of these takes as long as it would.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from attempts import Attempt
from attempts.unit02_client import itself

PATH = "/fs/emner/v1/undervisningsaktiviteter"


def patient(client, path, **params):
    while (response := client.get(path, params=params or None)).status_code == 429:
        time.sleep(1)
    return response.raise_for_status()


def by_links(client):
    page = patient(client, PATH, limit=100)
    activities = page.json()["items"]
    while "next" in page.links:
        page = patient(client, page.url.join(page.links["next"]["url"]))
        activities += page.json()["items"]
    return activities


def by_offset(client, limit=100):
    activities = []
    while page := patient(client, PATH, limit=limit, offset=len(activities)).json()["items"]:
        activities.extend(page)
    return activities


def by_total(client):
    total = patient(client, PATH, limit=1).json()["total"]
    pages = [patient(client, PATH, limit=100, offset=at) for at in range(0, total, 100)]
    return [activity for page in pages for activity in page.json()["items"]]


def slowly(client):
    activities = []
    for offset in range(0, 10_000, 100):
        activities += patient(client, PATH, limit=100, offset=offset).json()["items"]
        time.sleep(0.25)
        if offset > len(activities):
            return activities
    return None


def as_table(client):
    return pd.DataFrame(by_links(client))


def as_flat_table(client):
    return pd.json_normalize(by_links(client))


def as_generator(client):
    yield from by_links(client)


def without_repeats(client):
    return {activity["id"]: activity for activity in by_links(client)}.values()


def concurrently(client):
    total = patient(client, PATH, limit=1).json()["total"]
    with ThreadPoolExecutor(2) as pool:
        pages = pool.map(
            lambda at: patient(client, PATH, limit=100, offset=at).json(), range(0, total, 100)
        )
        return [activity for page in pages for activity in page["items"]]


def with_asyncio_inside(client):
    async def fetch():
        return by_links(client)

    return asyncio.run(fetch())


def with_pages_of_fifty(client):
    return by_offset(client, 50)


ATTEMPTS = [
    Attempt("2.4", itself(by_links), 2, "right", "whole manners"),
    Attempt("2.4", itself(by_offset), 2, "right", "whole manners"),
    Attempt("2.4", itself(by_total), 2, "right", "whole manners"),
    Attempt("2.4", itself(slowly), 2, "right", "whole manners"),
    Attempt("2.4", itself(as_table), 2, "right", "whole manners"),
    Attempt("2.4", itself(as_flat_table), 2, "right", "whole manners"),
    Attempt("2.4", itself(as_generator), 2, "right", "whole manners"),
    Attempt("2.4", itself(without_repeats), 2, "right", "whole manners"),
    Attempt("2.4", itself(concurrently), 2, "right", "whole manners"),
    Attempt("2.4", itself(with_asyncio_inside), 2, "right", "whole manners"),
    Attempt("2.4", itself(with_pages_of_fifty), 2, "right", "whole manners"),
]
