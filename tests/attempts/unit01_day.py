"""Task 1.3, a day by three patterns. The queue is left out: what counts is which calls are made."""

import os

import httpx

from attempts import Attempt
from intark_lab.lab import current

EVENTS, STORE, FULL = PATTERNS = ("event-driven", "data store", "full synchronisation")


class Day:
    """A day as the exercise lives it. Other days are made by what a subclass does otherwise."""

    def __init__(self, task):
        headers = {"X-Gravitee-Api-Key": os.environ["INTARK_API_KEY"]}
        base = os.environ["INTARK_GATEWAY_URL"] + "/fs/emner/v1"
        self.task, self.clients = task, {}
        for pattern in PATTERNS:
            own = headers | {"User-Agent": pattern}
            self.clients[pattern] = httpx.Client(base_url=base, headers=own)

    def on_look(self, emne_id):
        self.clients[STORE].get(f"/emner/{emne_id}")

    def on_message(self, sub):
        if sub.partition("/")[2] in self.task.ours:
            self.clients[EVENTS].get("/" + sub)

    def at_night(self):
        for offset in range(0, 400, 100):
            self.clients[FULL].get("/emner", params={"limit": 100, "offset": offset})

    def live(self):
        lab, changed = current(), []
        begin = len(lab.journal)
        for emne_id in self.task.changes:
            change = lab.happens("a course changes credits", about=emne_id)
            if emne_id in self.task.ours:
                changed.append(change["at"])
            for sub in ("personer/123456", f"emner/{emne_id}"):
                self.on_message(sub)
            for looked_at in self.task.ours:
                self.on_look(looked_at)
            lab.advance(hours=4)
        self.at_night()
        return {one: cost(lab.journal[begin:], one, changed) for one in PATTERNS}


def cost(calls: list[dict], pattern: str, changed: list[int]) -> dict:
    own = [call for call in calls if call["user_agent"] == pattern]
    waits = [min((c["at"] - at for c in own if c["at"] >= at), default=None) for at in changed]
    hours = None if None in waits else max(waits) / 3_600_000
    length = sum(call["response_length"] for call in own)
    return {"calls": len(own), "bytes": length, "hours": hours}


def lived(task):
    return Day(task).live()


def with_a_change_by_itself(task):
    costs, other = Day(task).live(), Day(task)
    other.on_message(f"emner/{task.ours[0]}")
    more = current().journal[-1]["response_length"]
    return costs | {EVENTS: costs[EVENTS] | {"calls": 5, "bytes": costs[EVENTS]["bytes"] + more}}


def lived_twice(task):
    Day(task).live()
    return Day(task).live()


def nothing_written(task):
    nothing = {"on_look": idle, "on_message": idle, "at_night": lambda self: None}
    return type("Idle", (Day,), nothing)(task).live()


def idle(self, what):
    pass


def other(**methods):
    """A day some of whose steps are done in another way."""

    def attempt(task):
        return type("OtherDay", (Day,), methods)(task).live()

    attempt.__name__ = "_".join(one.__name__ for one in methods.values())
    return attempt


def looks_at_list(self, emne_id):
    self.clients[STORE].get("/emner", params={"limit": 100})


def looks_at_nothing_there(self, emne_id):
    self.clients[STORE].get(f"/emne/{emne_id}")


def keeps_answers(self, emne_id):
    self.kept = getattr(self, "kept", set())
    if emne_id not in self.kept:
        self.clients[STORE].get(f"/emner/{emne_id}")
    self.kept.add(emne_id)


def looks_twice(self, emne_id):
    for _ in range(2):
        self.clients[STORE].get(f"/emner/{emne_id}")


def in_the_morning(self, emne_id):
    if not hasattr(self, "is_day"):
        Day.at_night(self)
    self.is_day = True
    Day.on_look(self, emne_id)


def first_page(self):
    self.clients[FULL].get("/emner", params={"limit": 100})


def too_large_page(self):
    self.clients[FULL].get("/emner", params={"limit": 1000})


def small_pages(self):
    for offset in range(0, 400, 25):
        self.clients[FULL].get("/emner", params={"offset": offset})


def each_course(self):
    for emne_id in self.task.ours:
        self.clients[FULL].get(f"/emner/{emne_id}")


def no_night(self):
    pass


def fetches_all_at_each(self, sub):
    self.clients[EVENTS].get("/emner", params={"limit": 100})


def does_not_judge(self, sub):
    self.clients[EVENTS].get("/" + sub)


def first_course_alone(self, sub):
    if sub == f"emner/{self.task.ours[0]}":
        self.clients[EVENTS].get("/" + sub)


def fetches_twice(self, sub):
    for _ in range(2):
        Day.on_message(self, sub)


def in_the_evening(self, sub):
    self.subs = [*getattr(self, "subs", []), sub]
    if len(self.subs) == 2 * len(self.task.changes):
        current().advance(hours=2)
        for one in self.subs:
            Day.on_message(self, one)


def cost_as_list(task):
    return list(lived(task).values())


def without_events(task):
    costs = lived(task)
    del costs[EVENTS]
    return costs


def estimated(task):
    lived(task)
    made_up = {"calls": 10, "bytes": 3000, "hours": 0}
    return dict.fromkeys(PATTERNS, made_up)


EARLY = other(on_look=in_the_morning, at_night=no_night)
ATTEMPTS = [
    Attempt("1.3", lived, 2, "right", "asking telling"),
    Attempt("1.3", with_a_change_by_itself, 2, "right", "asking telling"),
    Attempt("1.3", lived_twice, 2, "right", "asking telling"),
    Attempt("1.3", nothing_written, 0, "untried", "nothing"),
    Attempt("1.3", other(on_look=idle), 1, "wrong", "store-silent telling"),
    Attempt("1.3", other(on_look=looks_at_list), 1, "wrong", "store-list telling"),
    Attempt("1.3", other(on_look=looks_at_nothing_there), 1, "wrong", "refused telling"),
    Attempt("1.3", other(on_look=keeps_answers), 1, "wrong", "store-copy telling"),
    Attempt("1.3", other(on_look=looks_twice), 1, "wrong", "store-often telling"),
    Attempt("1.3", other(at_night=first_page), 1, "wrong", "full-part telling"),
    Attempt("1.3", other(at_night=too_large_page), 1, "wrong", "full-part telling"),
    Attempt("1.3", other(at_night=small_pages), 1, "wrong", "full-often telling"),
    Attempt("1.3", other(at_night=each_course), 1, "wrong", "full-by-id telling"),
    Attempt("1.3", other(at_night=no_night), 1, "wrong", "full-silent telling"),
    Attempt(
        "1.3", other(on_look=in_the_morning, at_night=no_night), 1, "wrong", "too-early telling"
    ),
    Attempt("1.3", other(on_message=idle), 1, "wrong", "asking events-silent"),
    Attempt("1.3", other(on_message=fetches_all_at_each), 1, "wrong", "asking events-list"),
    Attempt("1.3", other(on_message=does_not_judge), 1, "wrong", "asking events-others"),
    Attempt("1.3", other(on_message=first_course_alone), 1, "wrong", "asking events-missed"),
    Attempt("1.3", other(on_message=fetches_twice), 1, "wrong", "asking events-often"),
    Attempt("1.3", other(on_message=in_the_evening), 1, "wrong", "asking events-late"),
    Attempt("1.3", cost_as_list, 0, "wrong", "other-type"),
    Attempt("1.3", without_events, 1, "wrong", "asking not-measured"),
    Attempt("1.3", estimated, 0, "wrong", "differs"),
]
