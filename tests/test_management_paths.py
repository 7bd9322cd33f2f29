"""Context paths: how they are kept, and that none lies within another."""

import pytest
from management_steps import NEW, error, make_api, put

KEPT = {
    "as it is": ("/rooms/v1", "/rooms/v1"),
    "without a slash in front": ("rooms/v1", "/rooms/v1"),
    "with one at the end": ("/rooms/v1/", "/rooms/v1"),
    "with doubled ones": ("//rooms///v1", "/rooms/v1"),
}


@pytest.mark.parametrize(("asked", "kept"), KEPT.values(), ids=KEPT)
def test_how_a_path_is_kept(management, asked, kept):
    assert (
        management.post("/apis", json=NEW | {"contextPath": asked}).json()["context_path"] == kept
    )


TAKEN = {
    "the same": "/personer",
    "the same with a slash": "/personer/",
    "below": "/personer/test",
    "far below": "/personer/test/v1/x",
    "an API of the catalogue": "/orgreg/v3",
    "above one of the catalogue": "/orgreg",
    "above two of them": "/fs",
    "everything": "/",
}


@pytest.mark.parametrize("path", TAKEN.values(), ids=TAKEN)
def test_a_path_that_is_taken(management, path):
    make_api(management, contextPath="/personer")
    refused = management.post("/apis", json=NEW | {"contextPath": path})
    assert error(refused) == (400, "api.contextPath.exists")
    ended = path.rstrip("/") + "/"
    assert refused.json()["message"] == f"The path [{ended}] is already covered by an other API."
    assert error(management.post("/apis/verify", json={"context_path": path})) == (
        400,
        "api.contextPath.exists",
    )


FREE = {"a neighbour": "/personer2", "half a word": "/person", "another": "/orgreg/v4"}


@pytest.mark.parametrize("path", FREE.values(), ids=FREE)
def test_a_path_that_is_free(management, path):
    make_api(management, contextPath="/personer")
    answer = management.post("/apis/verify", json={"context_path": path})
    assert (answer.status_code, answer.text) == (200, f"API context [{path}] is available")
    assert answer.headers["content-type"].startswith("text/plain")
    make_api(management, contextPath=path)


@pytest.mark.parametrize("path", ["/a b", "/a?b", "/a#b", "/æ", "/a\nb", "/a\\b"])
def test_a_path_that_is_none(management, path):
    refused = management.post("/apis", json=NEW | {"contextPath": path})
    assert error(refused) == (400, "api.contextPath.invalid")


def test_an_api_may_keep_its_own_path_and_take_no_other(management):
    api = make_api(management)
    entity = management.get(api).json()
    assert put(management, api).status_code == 200
    mine = {"context_path": "/rooms/v1", "apiId": entity["id"]}
    assert management.post("/apis/verify", json=mine).status_code == 200
    moved = entity["proxy"] | {"virtual_hosts": [{"path": "/orgreg/v3/x"}]}
    assert error(put(management, api, proxy=moved)) == (400, "api.contextPath.exists")
    moved = entity["proxy"] | {"virtual_hosts": [{"path": "/halls"}]}
    assert put(management, api, proxy=moved).json()["context_path"] == "/halls"
