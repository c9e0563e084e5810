"""Tables of the exam blueprint and the question bank."""

from questions.models.blueprint import Domain, DomainWeight, ExamBlueprint
from questions.models.changes import BankChange
from questions.models.correspondence import KeyCorrection, QuestionReport
from questions.models.question import Option, Question, QuestionTopic, QuestionVersion, Reference, VersionIsPublished
from questions.models.subject import Lab, Misconception, Topic

__all__ = [
    "BankChange",
    "Domain",
    "DomainWeight",
    "ExamBlueprint",
    "KeyCorrection",
    "Lab",
    "Misconception",
    "Option",
    "Question",
    "QuestionReport",
    "QuestionTopic",
    "QuestionVersion",
    "Reference",
    "Topic",
    "VersionIsPublished",
]
