"""JupyterLab for this course: its settings, the learner's own copies, and the start of both.

course.py on a laptop and binder/start on Binder use the same code.
"""


class CannotStart(Exception):
    """The message says why, and the mend."""
