"""What a learner gets back, and what an instructor sees of a class."""
