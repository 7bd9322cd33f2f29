"""Unit 04, Consume a notification: five tasks of two points."""

from intark_lab.tasks.task import Task
from intark_lab.tasks.unit04 import acknowledging, handling, keeping, reading, receiving

COURSES = ("fs-emner", "open-study-data")
EMPLOYEES = ("dfo-ansatte", "directory")

TASKS = [
    Task("4.1", "unit04.reading", 2, 10, judge=reading.judge, orders=reading.orders),
    Task("4.2", "unit04.handling", 2, 10, handling.judge, orders=handling.orders, plan=COURSES),
    Task("4.3", "unit04.acknowledging", 2, 10, acknowledging.judge, orders=acknowledging.orders),
    Task("4.4", "unit04.receiving", 2, 8, receiving.judge, orders=receiving.orders),
    Task("4.5", "unit04.keeping", 2, 15, keeping.judge, orders=keeping.orders, plan=EMPLOYEES),
]
