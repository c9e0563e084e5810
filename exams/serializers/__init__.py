"""What the exam API reads and writes. Views put these together; none of them holds a rule of the exam."""

from exams.serializers.inputs import ANSWER_INPUT, AnswerInput, HeartbeatInput, StartInput, SubmitInput
from exams.serializers.outputs import (
    AnswerSerializer,
    AttemptDetailSerializer,
    AttemptResultSerializer,
    AttemptSerializer,
    CheckedAnswerSerializer,
    ClockSerializer,
    DomainScoreSerializer,
    HeartbeatSerializer,
    MisconceptionSerializer,
    PaperOptionSerializer,
    PaperQuestionSerializer,
    ReceiptSerializer,
    ReferenceSerializer,
    ResultOptionSerializer,
    ResultQuestionSerializer,
    StateSerializer,
    shown,
)
from exams.serializers.plain import plain_answer
from exams.serializers.problems import AttemptProblem, ClosedProblem, InvalidProblem, OpenMockProblem

__all__ = [
    "ANSWER_INPUT",
    "AnswerInput",
    "AnswerSerializer",
    "AttemptDetailSerializer",
    "AttemptProblem",
    "AttemptResultSerializer",
    "AttemptSerializer",
    "CheckedAnswerSerializer",
    "ClockSerializer",
    "ClosedProblem",
    "DomainScoreSerializer",
    "HeartbeatInput",
    "HeartbeatSerializer",
    "InvalidProblem",
    "MisconceptionSerializer",
    "OpenMockProblem",
    "PaperOptionSerializer",
    "PaperQuestionSerializer",
    "ReceiptSerializer",
    "ReferenceSerializer",
    "ResultOptionSerializer",
    "ResultQuestionSerializer",
    "StartInput",
    "StateSerializer",
    "SubmitInput",
    "plain_answer",
    "shown",
]
