"""Where authors work."""

from questions.admin import others, questions, versions

__all__ = ["others", "questions", "versions"]
