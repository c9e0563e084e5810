"""What staff see of sittings and what they may do about them, each with a reason that is logged."""

from exams.admin.attempts import AttemptAdmin
from exams.admin.grants import MinutesGrantAdmin

__all__ = ["AttemptAdmin", "MinutesGrantAdmin"]
