"""Unit 03, Request access: four tasks of two points."""

from intark_lab.tasks.task import Task
from intark_lab.tasks.unit03 import causes, plans, request, roll

TASKS = [
    Task("3.1", "unit03.plans", 2, 8, judge=plans.judge, inputs=plans.inputs),
    Task("3.2", "unit03.request", 2, 10, judge=request.judge, inputs=request.inputs),
    Task("3.3", "unit03.roll", 2, 12, judge=roll.judge, orders=roll.orders),
    Task("3.4", "unit03.causes", 2, 12, judge=causes.judge, orders=causes.orders),
]
