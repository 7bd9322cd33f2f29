"""The made-up data owner: what a request must say, and when it is answered."""

import httpx
import pytest
from management_steps import COURSE, make_api, make_plan, request_access
from portal_steps import MANUAL

from intark_lab import owner
from intark_lab.birth import identity
from intark_lab.catalogue import load_catalogue
from intark_lab.comments import FACTS, TOPICS, read
from intark_lab.lab import LabError
from intark_lab.texts import text

RULES = {
    (api.slug, plan.slug): plan.rules
    for api in load_catalogue()
    for plan in api.plans
    if plan.rules
}
INTERNAL = ("fs-emner", "internal-study-data")
BASIC, FULL = ("fs-studenter", "basic"), ("fs-studenter", "full")
DIRECTORY = ("dfo-ansatte", "directory")

PLANNING = (
    "The room planner uses the number of students in each course to find a room that is big enough."
)
BASIS = "Legal basis: GDPR article 6 (1) e with the Act relating to universities."
CONTACT = "Contact: room-planner@nordvik.example."
PRINTING = "The card office prints a student card with name and photo for every person enrolled."
REGISTER = (
    "We need the national identity number because the loan register knows people by nothing else, "
    "and personlopenummer is not enough."
)
CASE = "Case number 2026/1234."

GRANTED = {
    "figures": (INTERNAL, f"{PLANNING} {CONTACT}"),
    "figures in Norwegian": (
        INTERNAL,
        "Formål: appen skal finne rom etter antall påmeldte. Kontakt: rom@nordvik.example",
    ),
    "figures, said plainly": (
        INTERNAL,
        "We want to plan exam rooms from enrolment figures. exams@nordvik.example",
    ),
    "not single students": (
        INTERNAL,
        f"{PLANNING} We do not look at single students. {CONTACT}",
    ),
    "students": (BASIC, f"{PRINTING} {BASIS} {CONTACT}"),
    "students in Norwegian": (
        BASIC,
        "Formål: studentkort skal trykkes med navn for hver student. Behandlingsgrunnlag: "
        "personvernforordningen artikkel 6 (1) e, jf. universitets- og høyskoleloven. "
        "Kontakt: kort@nordvik.example",
    ),
    "students in New Norwegian": (
        BASIC,
        "Utlånet minner studentar på bøker som forfell. Heimel: universitets- og høgskulelova. "
        "Kontakt: utlaan@nordvik.example",
    ),
    "borrowers": (
        BASIC,
        "The lending desk reminds borrowers of books that are due. Legal basis: the University "
        "Act. This is not for testing. lending@nordvik.example",
    ),
    "låntakere": (
        BASIC,
        "Biblioteket purrer låntakere som ikke har levert. Hjemmel: UH-loven § 4-15. "
        "Kontakt: bib@nordvik.example",
    ),
    "figures of participants": (
        INTERNAL,
        "The planner picks rooms with a seat for all participants. rooms@nordvik.example",
    ),
    "figures, in the passive": (
        INTERNAL,
        "Exam papers are ordered by number of enrolled students. exams@nordvik.example",
    ),
    "an article with stops": (
        BASIC,
        "The desk reminds students when books are due. GDPR 6.1.e. lending@nordvik.example",
    ),
    "an act by its whole name": (
        BASIC,
        "The library writes to students whose books are due. Legal basis: the Universities and "
        "University Colleges Act. lending@nordvik.example",
    ),
    "an act, shortened": (
        BASIC,
        "Biblioteket minner studenter om bøker. Hjemmel: uhl. kapittel 4. bib@nordvik.example",
    ),
    "an agreement": (
        BASIC,
        f"{PRINTING} There is a data processing agreement with the printer. {CONTACT}",
    ),
    "no legal basis but this one": (
        BASIC,
        f"{PRINTING} We have no basis other than consent. {CONTACT}",
    ),
    "not this legal basis but that one": (
        BASIC,
        f"{PRINTING} Not by consent: it is a task in the public interest. {CONTACT}",
    ),
    "national id": (FULL, f"{PRINTING} {REGISTER} {BASIS} {CASE} {CONTACT}"),
    "national id in Norwegian": (
        FULL,
        "Formål: lånekassen skal få melding om hvem som er student. Fødselsnummer må brukes fordi "
        "folkeregisteret ikke kjenner personlopenummer. Behandlingsgrunnlag: artikkel 6 nr. 1 c. "
        "ROS-vurdering 17. Kontakt: lan@nordvik.example",
    ),
    "employees": (
        DIRECTORY,
        f"The telephone list shows where an employee sits. {BASIS} {CONTACT}",
    ),
}


@pytest.mark.parametrize(("plan", "comment"), GRANTED.values(), ids=GRANTED)
def test_a_request_that_is_granted(plan, comment):
    assert owner.judge(comment, RULES[plan]) == (True, text("owner.accepted"))


REFUSED = {
    "nothing": (INTERNAL, "  ", ["empty"]),
    "a wish": (
        INTERNAL,
        "Please give us access to the enrolment figures.",
        ["missing.purpose", "missing.contact"],
    ),
    "no contact": (INTERNAL, PLANNING, ["missing.contact"]),
    "no purpose": (INTERNAL, f"Enrolment figures, please. {CONTACT}", ["missing.purpose"]),
    "courses alone": (
        INTERNAL,
        f"The web pages show the names and credits of our courses. {CONTACT}",
        ["narrower:Open study data"],
    ),
    "single students": (
        INTERNAL,
        f"We want to remind each student of the courses they are enrolled in. {CONTACT}",
        ["elsewhere:FS Studenter"],
    ),
    "a test": (
        INTERNAL,
        f"To test our integration with enrolment figures. {CONTACT}",
        ["testing"],
    ),
    "a test, in Norwegian": (
        INTERNAL,
        f"Appen skal finne rom for påmeldte. Dette er bare en test. {CONTACT}",
        ["testing"],
    ),
    "no legal basis": (BASIC, f"{PRINTING} {CONTACT}", ["missing.legal-basis"]),
    "a legal basis that is not there": (
        BASIC,
        f"{PRINTING} We have no consent, and no such legal obligation. {CONTACT}",
        ["missing.legal-basis"],
    ),
    "a legal basis without a name": (
        BASIC,
        f"{PRINTING} We have a legal basis. {CONTACT}",
        ["missing.legal-basis"],
    ),
    "no people": (
        BASIC,
        f"The web pages show which courses are taught in spring. {BASIS} {CONTACT}",
        ["narrower:FS Emner"],
    ),
    "all without the number": (
        FULL,
        f"{PRINTING} {BASIS} {CASE} {CONTACT}",
        ["narrower:Basic"],
    ),
    "the number is said not to matter": (
        FULL,
        f"{PRINTING} We do not need national identity numbers. {BASIS} {CASE} {CONTACT}",
        ["narrower:Basic"],
    ),
    "the number without a why": (
        FULL,
        f"{PRINTING} With the national identity number. {BASIS} {CASE} {CONTACT}",
        ["missing.national-id"],
    ),
    "no case": (FULL, f"{PRINTING} {REGISTER} {BASIS} {CONTACT}", ["missing.case"]),
    "no purpose beside the number": (
        FULL,
        f"{REGISTER} {BASIS} {CASE} {CONTACT}",
        ["missing.purpose"],
    ),
}


def reason(name: str) -> str:
    kind, _, words = name.partition(":")
    return text(f"owner.{kind}", narrower=words, instead=words)


@pytest.mark.parametrize(("plan", "comment", "why"), REFUSED.values(), ids=REFUSED)
def test_a_request_that_is_refused(plan, comment, why):
    said = text("owner.rejected", reasons=" ".join(reason(name) for name in why))
    assert owner.judge(comment, RULES[plan]) == (False, said)


def test_rules_ask_for_what_can_be_read():
    for rules in RULES.values():
        assert set(rules["asks"]) <= set(FACTS)
        assert {rules.get("needs"), rules.get("never")} <= {*TOPICS, None}
        assert ("needs" in rules) == ("narrower" in rules)
        assert ("never" in rules) == ("instead" in rules)


def test_every_manual_plan_of_the_catalogue_has_rules():
    manual = {
        (api.slug, plan.slug)
        for api in load_catalogue()
        for plan in api.plans
        if plan.validation == "MANUAL"
    }
    assert set(RULES) == manual


LONG = ["a." * 100_000, "6" + " " * 100_000 + "x", "6 1" + "\n" * 100_000 + "x"]


@pytest.mark.parametrize("comment", LONG, ids=["no address", "spaces", "lines"])
def test_a_long_comment_is_read_to_its_end(comment):
    assert read(comment) == (frozenset(), frozenset(), False)


def test_an_address_is_no_topic():
    assert read("students@nordvik.example").about == frozenset()


@pytest.fixture
def ask(portal):
    """Subscribe to the manual plan, and look at what became of it."""

    def asked(comment: str | None) -> str:
        body = {"application": COURSE, "plan": MANUAL} | ({"request": comment} if comment else {})
        return portal.post("/subscriptions", json=body).json()["id"]

    return asked


def look(portal, subscription: str) -> dict:
    return portal.get(f"/subscriptions/{subscription}", params={"include": "keys"}).json()


def test_a_request_waits_for_a_minute_of_lab_time(portal, institution, ask):
    subscription = ask(f"{PLANNING} {CONTACT}")
    institution.advance(58)
    assert look(portal, subscription)["status"] == "PENDING"
    institution.advance(2)
    answered = look(portal, subscription)
    assert (answered["status"], answered["reason"]) == ("ACCEPTED", text("owner.accepted"))
    assert len(answered["keys"]) == 1


def test_an_answer_is_dated_when_it_was_due(portal, institution, ask):
    subscription = ask(f"{PLANNING} {CONTACT}")
    asked_at = institution.store.one("SELECT created_at FROM subscription ORDER BY rowid DESC")[0]
    institution.advance(3600)
    look(portal, subscription)
    row = institution.store.one("SELECT * FROM subscription WHERE id = ?", subscription)
    assert row["processed_at"] == row["start_at"] == asked_at + owner.DELAY
    assert row["processed_by"] == identity(1, "user", "admin")


def test_a_refused_request_may_be_sent_again(portal, institution, ask):
    first = ask(PLANNING)
    institution.advance(60)
    assert look(portal, first)["status"] == "REJECTED"
    assert "e-mail address" in look(portal, first)["reason"]
    second = ask(f"{PLANNING} {CONTACT}")
    institution.advance(60)
    assert look(portal, second)["status"] == "ACCEPTED"


def test_whoever_looks_finds_the_answer(institution, management_as, ask):
    subscription = ask(None)
    institution.advance(60)
    api = f"/apis/{identity(1, 'api', 'fs-emner')}/subscriptions/{subscription}"
    seen = management_as("admin").get(api).json()
    assert (seen["status"], seen["reason"]) == (
        "REJECTED",
        text("owner.rejected", reasons=text("owner.empty")),
    )


def test_a_person_may_play_the_owner(portal, institution, management_as, ask):
    owner.let_answer(institution.store, "person")
    subscription = ask(f"{PLANNING} {CONTACT}")
    institution.advance(3600)
    assert look(portal, subscription)["status"] == "PENDING"
    api = f"/apis/{identity(1, 'api', 'fs-emner')}/subscriptions/{subscription}"
    management_as("admin").post(f"{api}/_process", json={"accepted": False, "reason": "No."})
    owner.let_answer(institution.store, "made-up")
    assert look(portal, subscription)["reason"] == "No."
    with pytest.raises(ValueError, match="made-up"):
        owner.let_answer(institution.store, "nobody")


def test_after_a_reset_the_made_up_owner_answers_again(portal, institution, ask):
    owner.let_answer(institution.store, "person")
    institution.reset()
    subscription = ask(f"{PLANNING} {CONTACT}")
    institution.advance(60)
    assert look(portal, subscription)["status"] == "ACCEPTED"


def test_plans_made_in_the_lab_are_answered_by_their_makers(management, portal, institution):
    plan = make_plan(management, make_api(management))
    made = request_access(portal, plan, request=f"{PLANNING} {CONTACT}")
    institution.advance(3600)
    assert look(portal, made["id"])["status"] == "PENDING"


def test_an_answer_is_the_same_whenever_it_is_read():
    for comment in (PLANNING, f"{PLANNING} {CONTACT}"):
        assert len({owner.judge(comment, RULES[INTERNAL]) for _ in range(3)}) == 1


def test_the_control_side_says_who_plays(lab, listening):
    lab.control("POST", "/owner", {"player": "person"})
    assert owner.player(listening[0].store) == "person"
    with pytest.raises(LabError, match="made-up, person"):
        lab.control("POST", "/owner", {"player": "nobody"})


def test_a_minute_of_lab_time_brings_the_answer(lab):
    auth = (lab.username, lab.password)
    with httpx.Client(base_url=lab.portal_url, auth=auth, trust_env=False) as client:
        body = {"application": COURSE, "plan": MANUAL, "request": f"{PLANNING} {CONTACT}"}
        subscription = client.post("/subscriptions", json=body).json()["id"]
        assert look(client, subscription)["status"] == "PENDING"
        lab.advance(minutes=1)
        assert look(client, subscription)["status"] == "ACCEPTED"
