"""Unit 01, What is IntArk: four tasks of two points."""

from intark_lab.tasks.task import Task
from intark_lab.tasks.unit01 import choice, day, jobs, steps

TASKS = [
    Task("1.1", "unit01.jobs", 2, 5, judge=jobs.judge, inputs=jobs.inputs),
    Task("1.2", "unit01.steps", 2, 5, judge=steps.judge, inputs=steps.inputs),
    Task("1.3", "unit01.day", 2, 12, judge=day.judge, inputs=day.inputs),
    Task("1.4", "unit01.choice", 2, 8, judge=choice.judge, inputs=choice.inputs),
]
