"""Unit 02, Call an API: four tasks of two points."""

from intark_lab.tasks.task import Task
from intark_lab.tasks.unit02 import client, course, pages, statuses

ACCESS = ("fs-emner", "open-study-data")

TASKS = [
    Task("2.1", "unit02.course", 2, 5, judge=course.judge, inputs=course.inputs),
    Task("2.2", "unit02.client", 2, 8, judge=client.judge, orders=client.orders, plan=ACCESS),
    Task(
        "2.3", "unit02.statuses", 2, 10, judge=statuses.judge, orders=statuses.orders, plan=ACCESS
    ),
    Task("2.4", "unit02.pages", 2, 15, judge=pages.judge, orders=pages.orders, plan=ACCESS),
]
