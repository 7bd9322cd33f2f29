"""What nbgrader's stock commands need to grade a submission against a lab of its own."""
