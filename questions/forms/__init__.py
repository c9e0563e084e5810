"""What authors fill in."""

from questions.forms.others import KeyCorrectionForm, MisconceptionForm, ReportAnswerForm
from questions.forms.question import QuestionForm
from questions.forms.version import (
    OptionForm,
    OptionFormSet,
    ReferenceForm,
    ReferenceFormSet,
    VersionForm,
    draft_from_post,
)

__all__ = [
    "KeyCorrectionForm",
    "MisconceptionForm",
    "OptionForm",
    "OptionFormSet",
    "QuestionForm",
    "ReferenceForm",
    "ReferenceFormSet",
    "ReportAnswerForm",
    "VersionForm",
    "draft_from_post",
]
