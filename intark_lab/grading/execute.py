"""nbgrader's execution step, with a seed for the lab of each submission."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from nbgrader.preprocessors import Execute

from intark_lab import settings
from intark_lab.grading.seed import course_secret, grading_seed

# The language of the feedback is the instructor's to choose; all else is of somebody's own lab.
KEPT = ("INTARK_LAB_TEXTS",)


class SeededExecute(Execute):
    """Stock Execute, whose kernel gets the seed, but not the secret nor the grader's own lab."""

    @contextmanager
    def setup_kernel(self, **kwargs) -> Iterator[None]:
        graded = self.resources["nbgrader"]
        secret = course_secret(settings.read().folder)
        seed = grading_seed(secret, graded["student"], graded["assignment"])
        with super().setup_kernel(env=kernel_environment(os.environ, seed), **kwargs):
            yield


def kernel_environment(environ: Mapping[str, str], seed: int) -> dict[str, str]:
    """`environ` without a lab's addresses and keys, and with the seed."""
    passed = {k: v for k, v in environ.items() if k in KEPT or not k.startswith("INTARK_")}
    return {**passed, "INTARK_GRADING_SEED": str(seed)}
