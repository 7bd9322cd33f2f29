"""Task 2.1, get a course by its id."""

import asyncio
import json
import os
from urllib.request import Request, urlopen

import httpx
import pandas as pd

from attempts import Attempt
from intark_lab.lab import current

LIST = "/fs/emner/v1/emner"


def client(**more):
    headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
    return httpx.Client(base_url=os.environ["INTARK_GATEWAY_URL"], headers=headers, **more)


def by_id(task):
    with client() as gateway:
        return gateway.get(f"{LIST}/{task.emne_id}").json()


def whole_address(task):
    url = os.environ["INTARK_GATEWAY_URL"] + LIST + "/" + task.emne_id
    return httpx.get(url, headers={"x-gravitee-api-key": os.environ["INTARK_API_KEY"]}).json()


def after_some_tries(task):
    with client() as gateway:
        gateway.get(LIST, params={"limit": 5})
        gateway.get(f"{LIST}/{task.emne_id}/")
        return gateway.get(f"{LIST}/{task.emne_id}").raise_for_status().json()


def copy_of_dict(task):
    return {**by_id(task)}


def nothing(task):
    return None


def ellipsis(task):
    return ...


def not_awaited(task):
    async def course():
        return by_id(task)

    return course()


def without_context_path(task):
    return client().get(f"/emner/{task.emne_id}")


def posted(task):
    return client().post(f"{LIST}/{task.emne_id}").json()


def whole_response(task):
    return client().get(f"{LIST}/{task.emne_id}")


def body_as_text(task):
    return client().get(f"{LIST}/{task.emne_id}").text


def body_as_bytes(task):
    return client().get(f"{LIST}/{task.emne_id}").content


def without_key(task):
    return httpx.get(os.environ["INTARK_GATEWAY_URL"] + f"{LIST}/{task.emne_id}").json()


def trailing_slash(task):
    return client().get(f"{LIST}/{task.emne_id}/").json()


def id_of_another_lab(task):
    return client().get(f"{LIST}/NONE1000-1").json()


def search_and_first(task):
    kode = task.emne_id.rpartition("-")[0]
    return client().get(LIST, params={"kode": kode}).json()["items"][0]


def first_of_list(task):
    return client().get(LIST).json()["items"][0]


def search_page(task):
    kode = task.emne_id.rpartition("-")[0]
    return client().get(LIST, params={"kode": kode}).json()


def search_items(task):
    kode = task.emne_id.rpartition("-")[0]
    return client().get(LIST, params={"kode": kode}).json()["items"]


def read_whole_list(task):
    gateway, offset = client(), 0
    while True:
        page = gateway.get(LIST, params={"offset": offset}).json()
        for course in page["items"]:
            if course["id"] == task.emne_id:
                return course
        offset += page["limit"]


def with_the_client_of_the_lesson(task):
    """Its base address goes on after the gateway's, so the path is there twice."""
    emner = client()
    emner.base_url = os.environ["INTARK_GATEWAY_URL"] + "/fs/emner/v1"
    return emner.get(f"{LIST}/{task.emne_id}").json()


def forgets_the_f(task):
    return client().get(LIST + "/{task.emne_id}").json()


def of_another_api(task):
    return client().get(f"/tp/timeplan/v1/aktiviteter/{task.emne_id}").json()


def of_the_portal(task):
    return httpx.get(os.environ["INTARK_PORTAL_URL"] + f"{LIST}/{task.emne_id}").json()


def fetched_before(task):
    course = by_id(task)
    current().task("2.1")
    return course


def by_urllib(task):
    url = os.environ["INTARK_GATEWAY_URL"] + f"{LIST}/{task.emne_id}"
    headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
    with urlopen(Request(url, headers=headers)) as answer:
        return json.load(answer)


def asynchronously(task):
    async def course():
        headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
        async with httpx.AsyncClient(headers=headers) as gateway:
            url = os.environ["INTARK_GATEWAY_URL"] + f"{LIST}/{task.emne_id}"
            return (await gateway.get(url)).json()

    return asyncio.run(course())


def as_series(task):
    return pd.Series(by_id(task))


def as_table(task):
    return pd.json_normalize(by_id(task))


def as_text_of_a_dict(task):
    return str(by_id(task))


def hard_coded(task):
    return {"id": "INF1100-1", "kode": "INF1100", "studiepoeng": 10}


def made_up(task):
    return {"kode": "INF1100"}


def id_alone(task):
    return by_id(task)["id"]


def changed(task):
    return by_id(task) | {"studiepoeng": 1}


def many_calls(task):
    gateway = client()
    for _ in range(200):
        course = gateway.get(f"{LIST}/{task.emne_id}").json()
    return course


def function(task):
    return by_id


ATTEMPTS = [
    Attempt("2.1", by_id, 2, "right", "right one-call"),
    Attempt("2.1", whole_address, 2, "right", "right one-call"),
    Attempt("2.1", after_some_tries, 2, "right", "right one-call"),
    Attempt("2.1", copy_of_dict, 2, "right", "right one-call"),
    Attempt("2.1", by_urllib, 2, "right", "right one-call"),
    Attempt("2.1", asynchronously, 2, "right", "right one-call"),
    Attempt("2.1", as_series, 2, "right", "right one-call"),
    Attempt("2.1", ellipsis, 0, "untried", "tasks.untried.value"),
    Attempt("2.1", nothing, 0, "wrong", "nothing no-call"),
    Attempt("2.1", not_awaited, 0, "wrong", "tasks.coroutine"),
    Attempt("2.1", without_context_path, 0, "wrong", "response no-api"),
    Attempt("2.1", posted, 0, "wrong", "refusal refused"),
    Attempt("2.1", function, 0, "wrong", "tasks.not-data"),
    Attempt("2.1", made_up, 0, "wrong", "no-id no-call"),
    Attempt("2.1", hard_coded, 0, "wrong", "another no-call"),
    Attempt("2.1", of_the_portal, 0, "wrong", "no-id no-call"),
    Attempt("2.1", with_the_client_of_the_lesson, 0, "wrong", "refusal other-path"),
    Attempt("2.1", forgets_the_f, 0, "wrong", "refusal other-path"),
    Attempt("2.1", of_another_api, 0, "wrong", "refusal other-path"),
    Attempt("2.1", id_of_another_lab, 0, "wrong", "refusal other-path"),
    Attempt("2.1", first_of_list, 0, "wrong", "another searched"),
    Attempt("2.1", search_page, 0, "wrong", "page searched"),
    Attempt("2.1", search_items, 0, "wrong", "list searched"),
    Attempt("2.1", without_key, 0, "wrong", "refusal no-key"),
    Attempt("2.1", trailing_slash, 0, "wrong", "refusal slash"),
    Attempt("2.1", whole_response, 1, "wrong", "response one-call"),
    Attempt("2.1", body_as_text, 1, "wrong", "text one-call"),
    Attempt("2.1", body_as_bytes, 1, "wrong", "text one-call"),
    Attempt("2.1", as_text_of_a_dict, 1, "wrong", "text one-call"),
    Attempt("2.1", as_table, 1, "wrong", "list one-call"),
    Attempt("2.1", fetched_before, 1, "wrong", "right copied"),
    Attempt("2.1", id_alone, 1, "wrong", "other-type one-call"),
    Attempt("2.1", changed, 1, "wrong", "changed one-call"),
    Attempt("2.1", search_and_first, 1, "wrong", "right searched"),
    Attempt("2.1", read_whole_list, 1, "wrong", "right searched"),
    Attempt("2.1", many_calls, 1, "wrong", "right needless"),
]
