"""The lab's control side: time, faults, journal, state, and the judging of tasks.

JSON over HTTP under a lab's `/control`, for callers who know the lab's token. Learners reach it
through `lab` and `check`, never by an address of their own.
"""

from intark_lab.control.app import app

__all__ = ["app"]
