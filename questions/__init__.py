"""The exam blueprint and the question bank."""
