"""The life of an API key: made, renewed with two hours of overlap, revoked, shared."""

import httpx
import pytest
from portal_steps import (
    AUTO,
    COURSE,
    HOUR,
    KEY_FIELDS,
    MANUAL,
    OTHER_AUTO,
    PORTAL,
    change,
    error,
    make,
    subscribe,
)


def keys_of(portal, subscription: str) -> list[dict]:
    return portal.get(f"/subscriptions/{subscription}?include=keys").json()["keys"]


def stored(institution, key: dict) -> dict:
    return dict(institution.store.one("SELECT * FROM api_key WHERE id = ?", key["id"]))


@pytest.mark.parametrize("body", [[], {}, None])
def test_renewing_gives_the_older_key_two_hours(portal, institution, body):
    made = subscribe(portal, make(portal), AUTO)
    institution.clock.advance(60)
    answer = portal.post(f"/subscriptions/{made['id']}/keys/_renew", json=body)
    assert answer.status_code == 201
    newest, older = keys_of(portal, made["id"])
    assert newest == answer.json()
    assert newest["key"] != older["key"] == made["keys"][0]["key"]
    created = stored(institution, newest)["created_at"]
    assert stored(institution, older)["expire_at"] == created + 2 * HOUR
    assert "expire_at" not in newest


def test_an_older_key_expires_two_hours_after_the_renewal(portal, institution):
    made = subscribe(portal, make(portal), AUTO)
    portal.post(f"/subscriptions/{made['id']}/keys/_renew")
    expired = []
    for seconds in (2 * 60 * 60 - 60, 120):
        institution.clock.advance(seconds)
        expired.append([key["expired"] for key in keys_of(portal, made["id"])])
    assert expired == [[False, False], [False, True]]


def test_every_other_live_key_gets_the_newest_end_an_ended_one_stays(portal, institution):
    made = subscribe(portal, make(portal), AUTO)
    path = f"/subscriptions/{made['id']}/keys/_renew"
    portal.post(path)
    institution.clock.advance(3 * 60 * 60)
    ended = stored(institution, made["keys"][0])
    portal.post(path)
    institution.clock.advance(60)
    created = stored(institution, portal.post(path).json())["created_at"]
    ends = [stored(institution, key)["expire_at"] for key in keys_of(portal, made["id"])]
    assert ends == [None, created + 2 * HOUR, created + 2 * HOUR, ended["expire_at"]]


def test_no_key_outlives_its_subscription(portal, institution):
    made = subscribe(portal, make(portal), AUTO)
    end = institution.clock.ms() + HOUR
    change(institution, "UPDATE subscription SET end_at = ? WHERE id = ?", end, made["id"])
    portal.post(f"/subscriptions/{made['id']}/keys/_renew")
    ends = [stored(institution, key)["expire_at"] for key in keys_of(portal, made["id"])]
    assert ends == [end, end]


RENEWALS = {
    "pending": ("status = 'PENDING'", (400, "subscription.closed")),
    "rejected": ("status = 'REJECTED'", (400, "subscription.closed")),
    "closed": ("status = 'CLOSED'", (400, "subscription.closed")),
    "over": ("end_at = 1", (400, "subscription.closed")),
    "paused": ("status = 'PAUSED'", None),
}


@pytest.mark.parametrize("case", RENEWALS)
def test_renewals_by_state_of_the_subscription(portal, institution, case):
    columns, refusal = RENEWALS[case]
    made = subscribe(portal, make(portal), AUTO)
    change(institution, f"UPDATE subscription SET {columns} WHERE id = ?", made["id"])
    answer = portal.post(f"/subscriptions/{made['id']}/keys/_renew", json=[])
    assert (error(answer) if refusal else answer.status_code) == (refusal or 201)


def test_revoking_is_immediate_and_once(portal):
    made = subscribe(portal, make(portal), AUTO)
    path = f"/subscriptions/{made['id']}/keys/{made['keys'][0]['key']}/_revoke"
    assert portal.post(path).status_code == 204
    (key,) = keys_of(portal, made["id"])
    assert key["revoked"] is True
    assert set(key) == {*KEY_FIELDS, "revoked_at"}
    assert error(portal.post(path)) == (400, "apiKey.expired")


def test_revoking_the_key_of_another_subscription(portal, institution):
    made = subscribe(portal, make(portal), OTHER_AUTO)
    path = f"/subscriptions/{made['id']}/keys/{institution.course_key()}/_revoke"
    assert error(portal.post(path)) == (404, "apiKey.notFound")


def test_closing_ends_the_key_and_may_be_repeated(portal):
    made = subscribe(portal, make(portal), AUTO)
    for _ in range(2):
        assert portal.post(f"/subscriptions/{made['id']}/_close").status_code == 204
    closed = portal.get(f"/subscriptions/{made['id']}?include=keys").json()
    assert (closed["status"], closed["keys"][0]["revoked"]) == ("CLOSED", True)
    assert {"closed_at", "updated_at"} <= set(closed)


def test_closing_a_pending_request_refuses_it(portal):
    made = subscribe(portal, make(portal), MANUAL)
    portal.post(f"/subscriptions/{made['id']}/_close")
    closed = portal.get(f"/subscriptions/{made['id']}").json()
    assert (closed["status"], closed["reason"]) == ("REJECTED", "Subscription has been closed.")


@pytest.fixture
def sharing(portal):
    """An application in SHARED mode with two subscriptions: (id, first, second)."""
    application = make(portal, api_key_mode="SHARED")
    first = subscribe(portal, application, AUTO)
    return application, first, subscribe(portal, application, OTHER_AUTO)


def test_a_shared_key_opens_all_subscriptions(portal, sharing):
    _, first, second = sharing
    assert first["keys"][0]["key"] == second["keys"][0]["key"]
    opened = {row["api"] for row in second["keys"][0]["subscriptions"]}
    assert opened == {first["api"], second["api"]}


def test_a_shared_key_is_renewed_for_all(portal, institution, sharing):
    application, first, second = sharing
    answer = portal.post(f"/applications/{application}/keys/_renew", json=[])
    assert answer.status_code == 201
    for subscription in (first, second):
        newest, older = keys_of(portal, subscription["id"])
        assert newest == answer.json()
        end = stored(institution, newest)["created_at"] + 2 * HOUR
        assert stored(institution, older)["expire_at"] == end


@pytest.mark.parametrize("named_by", ["id", "key"])
def test_a_shared_key_is_revoked_for_all(portal, sharing, named_by):
    application, first, second = sharing
    path = f"/applications/{application}/keys/{first['keys'][0][named_by]}/_revoke"
    assert portal.post(path).status_code == 204
    assert all(keys_of(portal, made["id"])[0]["revoked"] for made in (first, second))
    assert error(portal.post(path)) == (400, "apiKey.expired")


def test_a_shared_key_stays_when_one_subscription_is_closed(portal, sharing):
    _, first, second = sharing
    portal.post(f"/subscriptions/{first['id']}/_close")
    assert keys_of(portal, second["id"])[0]["revoked"] is False


def test_keys_are_renewed_and_revoked_where_they_belong(portal, institution, sharing):
    application, first, _ = sharing
    invalid = (400, "application.apiKeyMode.invalid")
    key = first["keys"][0]["key"]
    assert error(portal.post(f"/subscriptions/{first['id']}/keys/_renew")) == invalid
    assert error(portal.post(f"/subscriptions/{first['id']}/keys/{key}/_revoke")) == invalid
    assert error(portal.post(f"/applications/{COURSE}/keys/_renew")) == invalid
    own = institution.course_key()
    assert error(portal.post(f"/applications/{COURSE}/keys/{own}/_revoke")) == invalid
    unknown = portal.post(f"/applications/{application}/keys/x/_revoke")
    assert error(unknown) == (404, "apiKey.notFound")


def test_one_key_plan_of_an_api_is_enough_for_a_shared_key(portal, sharing):
    body = {"application": sharing[0], "plan": MANUAL}
    answer = portal.post("/subscriptions", json=body)
    assert error(answer) == (400, "plan.notSubscribableWithSharedApiKey")


MODES = {
    "first subscription settles nothing": ([None], "UNSPECIFIED"),
    "sharing is not chosen with the first": (["SHARED"], "UNSPECIFIED"),
    "exclusive may be chosen at once": (["EXCLUSIVE"], "EXCLUSIVE"),
    "the second without a choice": ([None, None], "EXCLUSIVE"),
    "the second with a choice": ([None, "SHARED"], "SHARED"),
}


@pytest.mark.parametrize("case", MODES)
def test_how_the_key_mode_is_settled(portal, case):
    choices, mode = MODES[case]
    application = make(portal)
    for plan, choice in zip((AUTO, OTHER_AUTO), choices, strict=False):
        subscribe(portal, application, plan, api_key_mode=choice)
    assert portal.get(f"/applications/{application}").json()["api_key_mode"] == mode


def test_the_gateway_follows(client, listening):
    """Over sockets: what the portal decides holds at the gateway with the next call."""
    institution, base = listening
    auth = institution.credentials("developer")

    def status(key: dict) -> int:
        headers = {"X-Gravitee-Api-Key": key["key"]}
        return client.get("/gateway/fs/emner/v1/emner?limit=1", headers=headers).status_code

    with httpx.Client(base_url=base + PORTAL, auth=auth, trust_env=False) as portal:
        made = subscribe(portal, make(portal), AUTO)
        old, path = made["keys"][0], f"/subscriptions/{made['id']}"
        assert status(old) == 200
        new = portal.post(f"{path}/keys/_renew").json()
        assert (status(old), status(new)) == (200, 200)
        institution.clock.advance(2 * 60 * 60 + 1)
        assert (status(old), status(new)) == (401, 200)
        portal.post(f"{path}/keys/{new['key']}/_revoke")
        assert status(new) == 401
