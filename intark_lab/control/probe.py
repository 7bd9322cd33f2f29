"""An application of the check's own, with a key that lives as long as one check of a function."""

from typing import NamedTuple

from intark_lab.birth import ADMIN
from intark_lab.institution import Institution
from intark_lab.manager import applications, keys, people, plans, processing, subscriptions
from intark_lab.manager.errors import ManagerError
from intark_lab.tasks.task import Task
from intark_lab.texts import text


class NoAccess(Exception):
    """The lab's plans are no longer what the task needs; the message says the mend."""


class Probe(NamedTuple):
    application: str
    subscription: str
    key: str


def begin(institution: Institution, task: Task) -> Probe:
    """Access to the task's plan by the way every application gets it; learners do not see it.

    Raises NoAccess.
    """
    store, clock = institution.store, institution.clock
    owner = people.by_password(store, *institution.credentials(ADMIN))
    named = {"name": text("tasks.probe", task=task.id), "settings": {"app": {}}}
    identity = applications.create(store, clock, owner, named)
    application = applications.get(store, identity)
    plan = plans.id_of(store, *task.plan)
    wanted = {"plan": plan, "application": identity, "request": named["name"]}
    try:
        subscription = subscriptions.subscribe(store, clock, owner, application, wanted)
    except ManagerError as error:
        applications.archive(store, clock, application)
        api, name = task.plan
        message = text("control.no-access", api=api, plan=name, error=error)
        raise NoAccess(message) from error
    if subscription["status"] == "PENDING":
        processing.process(store, clock, subscription, True, owner.id)
    key = keys.of_subscription(store, subscription["id"])[0]["key"]
    return Probe(identity, subscription["id"], key)


def end(institution: Institution, probe: Probe) -> None:
    store, clock = institution.store, institution.clock
    applications.archive(store, clock, applications.get(store, probe.application))
