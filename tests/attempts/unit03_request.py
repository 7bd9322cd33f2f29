"""Task 3.2, ask, be refused, mend, be granted."""

from attempts import Attempt
from attempts.unit03_plans import plans, portal
from intark_lab.lab import current

BASIS = "Legal basis: GDPR article 6 (1) e with the Act relating to universities."
MENDED = (
    "The lending desk reminds students of books that are due, by letter. "
    f"{BASIS} Contact: lending@intark.example"
)
NORWEGIAN = (
    "Formål: utlånet skal sende brev til studenter som ikke har levert bøker i tide. "
    "Behandlingsgrunnlag: personvernforordningen artikkel 6 nr. 1 bokstav e, jf. "
    "universitets- og høyskoleloven. Kontakt: utlaan@intark.example"
)
NUMBERS = (
    "The lending desk reports students to the State's register. We need the national identity "
    "number because the register knows nothing else. "
    f"{BASIS} Case 2026/123. Contact: lending@intark.example"
)


def register(task, **changes) -> str:
    body = {"name": task.service, "description": task.does, "settings": {"app": {}}} | changes
    return portal().post("/applications", json=body).json()["id"]


def send(application: str, plan: str, request: str | None) -> str:
    body = {"application": application, "plan": plan, "request": request}
    return portal().post("/subscriptions", json=body).json()["id"]


def answered(application: str, plan: str, request: str | None) -> dict:
    asked = send(application, plan, request)
    current().advance(minutes=1)
    return portal().get(f"/subscriptions/{asked}", params={"include": "keys"}).json()


def drafted(task, **changes) -> str:
    """The application, after the draft was refused."""
    application = register(task, **changes)
    answered(application, task.full, task.draft)
    return application


def mended(task):
    return answered(drafted(task), task.basic, MENDED)


def in_norwegian(task):
    return answered(drafted(task), task.basic, NORWEGIAN)


def id_alone(task):
    return mended(task)["id"]


def after_more_refusals(task):
    application = drafted(task)
    answered(application, task.basic, task.draft)
    answered(application, task.basic, "For testing.")
    return answered(application, task.basic, MENDED)


def registered_anew(task):
    drafted(task)
    return answered(register(task), task.basic, MENDED)


def ellipsis(task):
    return ...


def nothing_done(task):
    return None


def other_name(task):
    application = register(task, name="Library")
    answered(application, task.full, task.draft)
    return answered(application, task.basic, MENDED)


def registered_alone(task):
    register(task)
    return {}


def without_description(task):
    return answered(drafted(task, description=""), task.basic, MENDED)


def description_of_a_word(task):
    return answered(drafted(task, description="Lending"), task.basic, MENDED)


def not_waiting(task):
    return send(drafted(task), task.basic, MENDED)


def draft_alone(task):
    return answered(register(task), task.full, task.draft)


def narrower_and_no_more(task):
    return answered(drafted(task), task.basic, task.draft)


def empty_request(task):
    return answered(drafted(task), task.basic, "")


def right_at_once(task):
    return answered(register(task), task.basic, MENDED)


def closed_before_the_answer(task):
    application = register(task)
    portal().post(f"/subscriptions/{send(application, task.full, task.draft)}/_close")
    return answered(application, task.basic, MENDED)


def without_settings(task):
    body = {"name": task.service, "description": task.does}
    return portal().post("/applications", json=body).json()


def both_at_once(task):
    """Nobody has read the refusal when the second request is sent."""
    application = register(task)
    send(application, task.full, task.draft)
    return answered(application, task.basic, MENDED)


def whole_response(task):
    return portal().get(f"/subscriptions/{mended(task)['id']}")


def draft_after_the_grant(task):
    application = register(task)
    granted = answered(application, task.basic, MENDED)
    answered(application, task.full, task.draft)
    return granted


def talked_into_the_wider(task):
    return answered(drafted(task), task.full, NUMBERS)


def both_plans(task):
    application = drafted(task)
    answered(application, task.full, NUMBERS)
    return answered(application, task.basic, MENDED)


def courses_in_place_of_students(task):
    return answered(drafted(task), plans()["Open study data"]["id"], MENDED)


def given_back(task):
    granted = mended(task)
    portal().post(f"/subscriptions/{granted['id']}/_close")
    return granted


def the_refused_one(task):
    application = register(task)
    refused = answered(application, task.full, task.draft)
    answered(application, task.basic, MENDED)
    return refused


def sent_twice(task):
    application = drafted(task)
    answered(application, task.basic, MENDED)
    body = {"application": application, "plan": task.basic, "request": MENDED}
    return portal().post("/subscriptions", json=body).json()


def the_key(task):
    return mended(task)["keys"][0]["key"]


def the_status(task):
    return mended(task)["status"]


def of_an_earlier_time(task):
    mended(task)
    current().task("3.2")
    return mended


ATTEMPTS = [
    Attempt("3.2", mended, 2, "right", "granted mended"),
    Attempt("3.2", in_norwegian, 2, "right", "granted mended"),
    Attempt("3.2", whole_response, 2, "right", "granted mended"),
    Attempt("3.2", id_alone, 2, "right", "granted mended"),
    Attempt("3.2", after_more_refusals, 2, "right", "granted mended"),
    Attempt("3.2", registered_anew, 2, "right", "granted mended"),
    Attempt("3.2", ellipsis, 0, "untried", "tasks.untried.value"),
    Attempt("3.2", nothing_done, 0, "wrong", "no-application"),
    Attempt("3.2", without_settings, 0, "wrong", "no-application"),
    Attempt("3.2", other_name, 0, "wrong", "no-application"),
    Attempt("3.2", registered_alone, 0, "wrong", "not-asked draft-not-sent"),
    Attempt("3.2", draft_alone, 0, "wrong", "refused not-mended"),
    Attempt("3.2", narrower_and_no_more, 0, "wrong", "refused not-mended"),
    Attempt("3.2", empty_request, 0, "wrong", "refused not-mended"),
    Attempt("3.2", not_waiting, 0, "wrong", "pending not-mended"),
    Attempt("3.2", without_description, 1, "wrong", "no-description mended"),
    Attempt("3.2", description_of_a_word, 1, "wrong", "no-description mended"),
    Attempt("3.2", right_at_once, 1, "wrong", "granted never-refused"),
    Attempt("3.2", closed_before_the_answer, 1, "wrong", "granted withdrawn"),
    Attempt("3.2", draft_after_the_grant, 1, "wrong", "granted too-soon"),
    Attempt("3.2", both_at_once, 1, "wrong", "granted too-soon"),
    Attempt("3.2", talked_into_the_wider, 1, "wrong", "too-wide mended"),
    Attempt("3.2", both_plans, 1, "wrong", "too-wide-too mended"),
    Attempt("3.2", courses_in_place_of_students, 1, "wrong", "other-api mended"),
    Attempt("3.2", given_back, 1, "wrong", "over mended"),
    Attempt("3.2", the_refused_one, 1, "wrong", "earlier mended"),
    Attempt("3.2", sent_twice, 1, "wrong", "error mended"),
    Attempt("3.2", the_key, 1, "wrong", "another mended"),
    Attempt("3.2", the_status, 1, "wrong", "another mended"),
]
