"""Unit 05, Plot the use of an API: five tasks of two points."""

from intark_lab.tasks.task import Task
from intark_lab.tasks.unit05 import counts, diagnosis, figure, letter, ranking

TASKS = [
    Task("5.1", "unit05.counts", 2, 8, judge=counts.judge, inputs=counts.inputs),
    Task("5.2", "unit05.ranking", 2, 7, judge=ranking.judge, inputs=ranking.inputs),
    Task("5.3", "unit05.diagnosis", 2, 10, judge=diagnosis.judge, inputs=diagnosis.inputs),
    Task("5.4", "unit05.figure", 2, 10, judge=figure.judge, inputs=figure.inputs),
    Task("5.5", "unit05.letter", 2, 8, judge=letter.judge, inputs=letter.inputs),
]
