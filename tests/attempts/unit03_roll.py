"""Task 3.3, roll a key over."""

import os
from threading import Thread

from attempts import Attempt
from attempts.unit02_client import itself
from attempts.unit03_plans import plans, portal
from intark_lab.lab import current


def renew(subscription: str) -> dict:
    return portal().post(f"/subscriptions/{subscription}/keys/_renew", json=[]).json()


def keys(subscription: str) -> list[dict]:
    path = f"/subscriptions/{subscription}"
    return portal().get(path, params={"include": "keys"}).json()["keys"]


def revoke(subscription: str, key: str) -> None:
    portal().post(f"/subscriptions/{subscription}/keys/{key}/_revoke")


def in_order(subscription, hand_over):
    new = renew(subscription)
    hand_over(new["key"])
    for key in keys(subscription):
        if key["id"] != new["id"]:
            revoke(subscription, key["key"])


def old_key_kept_at_hand(subscription, hand_over):
    (old,) = keys(subscription)
    renew(subscription)
    hand_over(keys(subscription)[0]["key"])
    revoke(subscription, old["key"])
    return "done"


def renewed_twice(subscription, hand_over):
    renew(subscription)
    in_order(subscription, hand_over)


def handed_over_twice(subscription, hand_over):
    new = renew(subscription)
    hand_over(new["key"])
    hand_over(new["key"])


def waited_for_its_end(subscription, hand_over):
    hand_over(renew(subscription)["key"])
    current().advance(hours=2)


def stub(subscription, hand_over): ...


def without_hand_over(subscription):
    renew(subscription)


def left_alone(subscription, hand_over):
    hand_over(renew(subscription)["key"])


def renewed_alone(subscription, hand_over):
    renew(subscription)


def revoked_alone(subscription, hand_over):
    revoke(subscription, keys(subscription)[0]["key"])


def nothing_renewed(subscription, hand_over):
    hand_over(keys(subscription)[0]["key"])


def oldest_of_the_list(subscription, hand_over):
    renew(subscription)
    hand_over(keys(subscription)[-1]["key"])


def id_of_the_key(subscription, hand_over):
    hand_over(renew(subscription)["id"])


def id_of_the_subscription(subscription, hand_over):
    hand_over(subscription)


def whole_key(subscription, hand_over):
    hand_over(renew(subscription))


def with_a_line_end(subscription, hand_over):
    hand_over(renew(subscription)["key"] + "\n")


def revoked_before(subscription, hand_over):
    (old,) = keys(subscription)
    new = renew(subscription)
    revoke(subscription, old["key"])
    hand_over(new["key"])


def everything_revoked(subscription, hand_over):
    hand_over(renew(subscription)["key"])
    for key in keys(subscription):
        revoke(subscription, key["key"])


def revoked_by_its_id(subscription, hand_over):
    (old,) = keys(subscription)
    hand_over(renew(subscription)["key"])
    revoke(subscription, old["id"])


def in_a_thread(subscription, hand_over):
    (old,) = keys(subscription)
    worker = Thread(target=hand_over, args=[renew(subscription)["key"]])
    worker.start()
    worker.join()
    revoke(subscription, old["key"])


def the_key_of_the_environment(subscription, hand_over):
    renew(subscription)
    hand_over(os.environ["INTARK_API_KEY"])


def renewed_once_more(subscription, hand_over):
    in_order(subscription, hand_over)
    renew(subscription)


def handed_over_late(subscription, hand_over):
    new = renew(subscription)
    current().advance(hours=2)
    hand_over(new["key"])


def closed(subscription, hand_over):
    portal().post(f"/subscriptions/{subscription}/_close")


def asked_anew(subscription, hand_over):
    wanted = {"name": "Lecture reminders 2", "settings": {"app": {}}}
    application = portal().post("/applications", json=wanted).json()
    wanted = {"application": application["id"], "plan": plans()["Timetable"]["id"]}
    hand_over(portal().post("/subscriptions", json=wanted).json()["keys"][0]["key"])


def wrong_address(subscription, hand_over):
    answer = portal().post(f"/subscriptions/{subscription}/_renew", json=[])
    hand_over(answer.raise_for_status().json()["key"])


ATTEMPTS = [
    Attempt("3.3", itself(in_order), 2, "right", "rolled retired"),
    Attempt("3.3", itself(old_key_kept_at_hand), 2, "right", "rolled retired"),
    Attempt("3.3", itself(renewed_twice), 2, "right", "rolled retired"),
    Attempt("3.3", itself(handed_over_twice), 2, "right", "rolled retired"),
    Attempt("3.3", itself(waited_for_its_end), 2, "right", "rolled retired"),
    Attempt("3.3", itself(in_a_thread), 2, "right", "rolled retired"),
    Attempt("3.3", itself(stub), 0, "untried", "tasks.untried.function"),
    Attempt("3.3", itself(without_hand_over), 0, "wrong", "tasks.misfit.signature"),
    Attempt("3.3", itself(left_alone), 1, "wrong", "rolled left"),
    Attempt("3.3", itself(renewed_alone), 0, "wrong", "not-handed unfinished"),
    Attempt("3.3", itself(revoked_alone), 0, "wrong", "not-renewed unfinished"),
    Attempt("3.3", itself(nothing_renewed), 0, "wrong", "not-renewed unfinished"),
    Attempt("3.3", itself(oldest_of_the_list), 0, "wrong", "handed-old unfinished"),
    Attempt("3.3", itself(revoked_by_its_id), 1, "wrong", "rolled left"),
    Attempt("3.3", itself(the_key_of_the_environment), 0, "wrong", "handed-other unfinished"),
    Attempt("3.3", itself(id_of_the_key), 0, "wrong", "handed-other unfinished"),
    Attempt("3.3", itself(id_of_the_subscription), 0, "wrong", "not-renewed unfinished"),
    Attempt("3.3", itself(whole_key), 0, "wrong", "handed-no-text unfinished"),
    Attempt("3.3", itself(with_a_line_end), 0, "wrong", "handed-other unfinished"),
    Attempt("3.3", itself(revoked_before), 0, "wrong", "revoked-early unfinished"),
    Attempt("3.3", itself(everything_revoked), 0, "wrong", "revoked-new unfinished"),
    Attempt("3.3", itself(renewed_once_more), 0, "wrong", "renewed-after unfinished"),
    Attempt("3.3", itself(handed_over_late), 0, "wrong", "too-late unfinished"),
    Attempt("3.3", itself(closed), 0, "wrong", "closed unfinished"),
    Attempt("3.3", itself(asked_anew), 0, "wrong", "other-subscription unfinished"),
    Attempt("3.3", itself(wrong_address), 0, "raised", "tasks.raised.at-line"),
]
