"""Task 5.5, write to the owner."""

from attempts import Attempt
from attempts.unit05_counts import asked

ASK = "Could you keep what you fetched, and ask for changes alone?"


def facts(task, name):
    """Calls and mean response time of one of the two applications, by name."""
    for each in task.applications:
        task.api, query = each["api"], f"application:{each['application']}"
        groups = asked(task, type="group_by", field="application", query=query)["metadata"]
        if groups[each["application"]]["name"] == name:
            return asked(task, type="stats", field="response-time", query=query)
    return None


def letter(words):
    """A letter about Grade report, with its numbers filled in."""

    def attempt(task):
        found = facts(task, "Grade report")
        calls, mean = found["count"], found["avg"]
        about = {"thousands": calls / 1000, "day": calls / 7, "more": calls * 1.3}
        return words.format(calls=calls, mean=mean, **about)

    return attempt


def about_the_other(task):
    calls = facts(task, "Access cards")["count"]
    return f"Access cards made {calls:.0f} calls, of which many found nothing. {ASK}"


SEEN = "Grade report made {calls:.0f} calls last week. "
ATTEMPTS = [
    Attempt("5.5", letter(SEEN + ASK), 2, "right", "seen asked"),
    Attempt(
        "5.5",
        letter("Hi! The grade-report took {mean:,.1f} ms a call. Please keep what it fetched."),
        2,
        "right",
        "seen asked",
    ),
    Attempt(
        "5.5",
        letter("Grade report gjorde {thousands:.1f}k kall i uka. Vi foreslår å hente sjeldnere."),
        2,
        "right",
        "seen asked",
    ),
    Attempt(
        "5.5",
        letter("Grade report: {day:.0f} kall om dagen. Kan dere hente sjeldnere?"),
        2,
        "right",
        "seen asked",
    ),
    Attempt("5.5", lambda task: [letter(SEEN)(task), ASK], 2, "right", "seen asked"),
    Attempt("5.5", lambda task: ..., 0, "untried", "tasks.untried.value"),
    Attempt("5.5", lambda task: "", 0, "wrong", "no-text"),
    Attempt("5.5", lambda task: 42, 0, "wrong", "no-text"),
    Attempt("5.5", about_the_other, 1, "wrong", "usual asked"),
    Attempt("5.5", lambda task: f"Your program calls a lot. {ASK}", 1, "wrong", "no-name asked"),
    Attempt("5.5", lambda task: f"Grade report is busy. {ASK}", 1, "wrong", "no-number asked"),
    Attempt(
        "5.5",
        lambda task: f"Grade report made 123,456,789 calls. {ASK}",
        1,
        "wrong",
        "other-number asked",
    ),
    Attempt(
        "5.5",
        letter("Grade report made {more:.0f} calls. " + ASK),
        1,
        "wrong",
        "other-number asked",
    ),
    Attempt("5.5", letter(SEEN + "That is a lot."), 1, "wrong", "seen no-request"),
    Attempt("5.5", letter(SEEN.strip(". ") + ", please stop"), 1, "wrong", "seen sentences"),
    Attempt("5.5", letter(SEEN + "Why? " * 9), 1, "wrong", "seen sentences"),
]
