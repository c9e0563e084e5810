"""The exam room over HTTP. Every reply carries the server's clock; nothing here touches Redis or a rate limit."""

from exams.api.answers import AnswerCheck, AnswerSave
from exams.api.attempts import (
    AttemptDetail,
    AttemptHeartbeat,
    AttemptList,
    AttemptResultShow,
    AttemptState,
    AttemptSubmit,
)

__all__ = [
    "AnswerCheck",
    "AnswerSave",
    "AttemptDetail",
    "AttemptHeartbeat",
    "AttemptList",
    "AttemptResultShow",
    "AttemptState",
    "AttemptSubmit",
]
