"""How nbgrader works on this course; read by its commands, by Validate and by formgrader."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader gives it to this file

# Where things are. submitted/, autograded/, feedback/ and gradebook.db keep nbgrader's own names.
c.CourseDirectory.course_id = "intark"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# exercises/ is committed, so it is always there before the gradebook knows it.
c.GenerateAssignment.force = True

# `...` runs, so that an untouched exercise can be read to its end.
c.ClearSolutions.code_stub = {"python": "...  # your code here"}

# A submission is repaired, then runs in a lab of its own seed; see intark_lab/grading.
c.Autograde.exporter_class = "intark_lab.grading.stock.RepairingExporter"
c.Autograde.autograde_preprocessors = [
    "intark_lab.grading.execute.SeededExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "intark_lab.grading.stock.Settle",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Execute.timeout = 60
c.Execute.shutdown_kernel = "immediate"  # a third of the time of a run

# Feedback is a page of the course's own; see intark_lab/grading/feedback.
c.GenerateFeedback.exporter_class = "intark_lab.grading.feedback.export.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
