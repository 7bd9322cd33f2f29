"""Task 2.4, fetch every page within the limit: ways that go wrong.

`time.sleep` is played by moving lab time, so that none of these takes as long as it would.
"""

import os
import time

import httpx

from attempts import Attempt
from attempts.unit02_client import itself
from attempts.unit02_pages import PATH, by_links, by_offset, patient
from intark_lab.tasks.guard import TimeUp


def stub(client):
    return ...


def no_return(client):
    by_links(client)


def called(task):
    with httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"]) as client:
        return client.get(PATH)


def without_argument():
    return []


async def asynchronous(client):
    return by_links(client)


def how_many(client):
    return len(by_links(client))


def default_page(client):
    return client.get(PATH).json()["items"]


def largest_page(client):
    return client.get(PATH, params={"limit": 100}).json()["items"]


def one_response(client):
    return client.get(PATH)


def one_envelope(client):
    return client.get(PATH).json()


def names_of_dict(client):
    return list(client.get(PATH).json())


def one_huge_page(client):
    return client.get(PATH, params={"limit": 10_000}).json()["items"]


def five_pages(client):
    pages = [patient(client, PATH, limit=100, offset=100 * n).json() for n in range(5)]
    return [activity for page in pages for activity in page["items"]]


def rounded_down(client):
    total = patient(client, PATH, limit=1).json()["total"]
    activities = []
    for page in range(total // 100):
        activities += patient(client, PATH, limit=100, offset=100 * page).json()["items"]
    return activities


def offset_by_page(client):
    activities = []
    for page in range(10):
        activities += patient(client, PATH, limit=100, offset=page).json()["items"]
    return activities


def last_page_twice(client):
    activities = by_links(client)
    return activities + activities[-20:]


def too_wide_steps(client):
    activities = []
    for offset in range(0, 1200, 150):
        activities += patient(client, PATH, limit=100, offset=offset).json()["items"]
    return activities


def ignoring_refusals(client):
    activities = []
    for offset in range(0, 1200, 100):
        response = client.get(PATH, params={"limit": 100, "offset": offset})
        if response.status_code == 200:
            activities += response.json()["items"]
    return activities


def catching_everything(client):
    activities = []
    for offset in range(0, 1200, 100):
        try:
            activities += client.get(PATH, params={"limit": 100, "offset": offset}).json()["items"]
        except Exception:
            time.sleep(0.001)
    return activities


def without_patience(client):
    activities = []
    for offset in range(0, 1200, 100):
        activities += client.get(PATH, params={"limit": 100, "offset": offset}).json()["items"]
    return activities


def list_of_pages(client):
    return [patient(client, PATH, limit=100, offset=at).json() for at in range(0, 1000, 100)]


def list_of_lists(client):
    return [page["items"] for page in list_of_pages(client)]


def ids_alone(client):
    return [activity["id"] for activity in by_links(client)]


def some_fields(client):
    return [{"id": activity["id"], "navn": activity["navn"]} for activity in by_links(client)]


def courses(client):
    return client.get("/fs/emner/v1/emner", params={"limit": 100}).json()["items"]


def small_pages(client):
    return by_offset(client, 25)


def hammering(client):
    activities, offset = [], 0
    for _ in range(10_000):
        response = client.get(PATH, params={"limit": 100, "offset": offset})
        if response.status_code == 200:
            activities += response.json()["items"]
            offset += 100
    return activities


def many_short_waits(client):
    page = client.get(PATH, params={"limit": 100})
    activities = page.json()["items"]
    while "next" in page.links:
        following = page.url.join(page.links["next"]["url"])
        while (page := client.get(following)).status_code == 429:
            time.sleep(0.05)
        activities += page.json()["items"]
    return activities


def ten_seconds(client):
    page = client.get(PATH, params={"limit": 100})
    activities = page.json()["items"]
    while "next" in page.links:
        following = page.url.join(page.links["next"]["url"])
        while (page := client.get(following)).status_code == 429:
            time.sleep(10)
        activities += page.json()["items"]
    return activities


def same_page_for_ever(client):
    activities = []
    while True:
        page = patient(client, PATH, limit=100).json()
        activities += page["items"]
        if not page["items"]:
            return activities


def an_empty_list(client):
    return []


def waits_for_a_moment(client):
    """`sleep` gets the moment of the reset, so the check's time is up before it ends."""
    while client.get(PATH, params={"limit": 100}).status_code == 200:
        pass
    raise TimeUp


def too_large_for_ever(client):
    while client.get(PATH, params={"limit": 200}).status_code != 200:
        time.sleep(1)


def pages_of_one(client):
    return by_offset(client, 1)


def steps_of_one(client):
    activities, offset = [], 0
    while offset < 900:
        activities += patient(client, PATH, limit=100, offset=offset).json()["items"]
        offset += 1
    return activities


def never_the_list(client):
    while True:
        client.get("/undervisningsaktiviteter")


def own_client(task):
    def fetch_all(client):
        headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
        with httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers) as own:
            return by_links(own)

    return fetch_all


def fetched_before(task):
    activities = own_client(task)(None)
    return lambda client: activities


ATTEMPTS = [
    Attempt("2.4", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("2.4", itself(no_return), 0, "wrong", "nothing unfinished"),
    Attempt("2.4", called, 0, "wrong", "tasks.misfit.not-callable"),
    Attempt("2.4", itself(without_argument), 0, "wrong", "tasks.misfit.signature"),
    Attempt("2.4", itself(asynchronous), 0, "wrong", "tasks.misfit.async"),
    Attempt("2.4", itself(how_many), 0, "wrong", "other-type unfinished"),
    Attempt("2.4", itself(an_empty_list), 0, "wrong", "empty unfinished"),
    Attempt("2.4", itself(waits_for_a_moment), 0, "wrong", "waiting unfinished"),
    Attempt("2.4", itself(too_large_for_ever), 0, "wrong", "refused unfinished"),
    Attempt("2.4", itself(default_page), 0, "wrong", "first-page unfinished"),
    Attempt("2.4", itself(largest_page), 0, "wrong", "first-page unfinished"),
    Attempt("2.4", itself(one_response), 0, "wrong", "response unfinished"),
    Attempt("2.4", itself(one_envelope), 0, "wrong", "envelope unfinished"),
    Attempt("2.4", itself(names_of_dict), 0, "wrong", "no-records unfinished"),
    Attempt("2.4", itself(one_huge_page), 0, "raised", "tasks.raised.at-line"),
    Attempt("2.4", itself(without_patience), 0, "raised", "tasks.raised.at-line"),
    Attempt("2.4", itself(five_pages), 0, "wrong", "too-early unfinished"),
    Attempt("2.4", itself(rounded_down), 0, "wrong", "last-page unfinished"),
    Attempt("2.4", itself(offset_by_page), 0, "wrong", "overlapping unfinished"),
    Attempt("2.4", itself(too_wide_steps), 0, "wrong", "gaps unfinished"),
    Attempt("2.4", itself(ignoring_refusals), 0, "wrong", "skipped unfinished"),
    Attempt("2.4", itself(catching_everything), 0, "wrong", "skipped unfinished"),
    Attempt("2.4", itself(last_page_twice), 0, "wrong", "twice unfinished"),
    Attempt("2.4", itself(list_of_pages), 0, "wrong", "pages unfinished"),
    Attempt("2.4", itself(list_of_lists), 0, "wrong", "nested unfinished"),
    Attempt("2.4", itself(ids_alone), 0, "wrong", "no-records unfinished"),
    Attempt("2.4", itself(some_fields), 0, "wrong", "lacking unfinished"),
    Attempt("2.4", itself(courses), 0, "wrong", "foreign unfinished"),
    Attempt("2.4", itself(same_page_for_ever), 0, "wrong", "same-page unfinished"),
    Attempt("2.4", itself(hammering), 0, "wrong", "hammering unfinished"),
    Attempt("2.4", itself(steps_of_one), 0, "wrong", "small-steps unfinished"),
    Attempt("2.4", itself(never_the_list), 0, "wrong", "elsewhere unfinished"),
    Attempt("2.4", itself(pages_of_one), 0, "wrong", "too-long unfinished"),
    Attempt("2.4", itself(small_pages), 1, "wrong", "whole small-pages"),
    Attempt("2.4", itself(many_short_waits), 1, "wrong", "whole hammering"),
    Attempt("2.4", itself(ten_seconds), 1, "wrong", "whole long-wait"),
    Attempt("2.4", own_client, 1, "wrong", "whole own-client"),
    Attempt("2.4", fetched_before, 1, "wrong", "whole copied"),
]
