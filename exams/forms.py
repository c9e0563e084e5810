"""What people send from the exam pages."""

import uuid
from typing import Any

from django import forms

from exams.serializers.copies import LARGEST_COPY, CopyUnreadable, read_copy
from exams.services.staff_changes import LONGEST_GRANT
from questions.services.reports import LONGEST_REPORT


class StartForm(forms.Form):
    """The start of a mock; a study block may have asked for it."""

    block = forms.UUIDField(required=False, widget=forms.HiddenInput)


class SteerForm(forms.Form):
    """What staff say when they change the course of an attempt."""

    minutes = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_GRANT,
        error_messages=dict.fromkeys(
            ("required", "min_value", "max_value", "invalid"), f"Give 1 to {LONGEST_GRANT} minutes."
        ),
    )
    reason = forms.CharField(
        max_length=300,
        strip=True,
        help_text="It is logged with your name.",
        error_messages={"required": "Say why: it is logged."},
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, needs_minutes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_minutes:
            del self.fields["minutes"]


class CopyForm(forms.Form):
    """A copy of answers that staff take in for a candidate."""

    file = forms.FileField(label="File", help_text="answers-not-handed-in.json")
    takes_unsealed = forms.BooleanField(
        required=False, label="Also if its seal is missing or broken", help_text="Somebody may have changed the file."
    )
    reason = forms.CharField(
        max_length=250,
        strip=True,
        help_text="It is logged.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, attempt_id: uuid.UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attempt_id = attempt_id

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file is None:
            return given
        if file.size > LARGEST_COPY:
            raise forms.ValidationError({"file": "This file is larger than any copy can be."})
        try:
            copy = read_copy(file.read(), self.attempt_id)
        except CopyUnreadable as unreadable:
            raise forms.ValidationError({"file": str(unreadable)}) from None
        if not copy.is_sealed and not given.get("takes_unsealed"):
            raise forms.ValidationError({"file": "Its seal is missing or broken: this is not as the room wrote it."})
        return {**given, "answers": copy.answers}


class ReportForm(forms.Form):
    """What somebody says is wrong with a question."""

    text = forms.CharField(
        label="What is the problem?",
        max_length=LONGEST_REPORT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Please say in a few words what the problem is."},
    )
