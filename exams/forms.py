"""What people send from the exam pages."""

from django import forms

from questions.services.reports import LONGEST_REPORT


class StartForm(forms.Form):
    """The start of a mock; a study block may have asked for it."""

    block = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ReportForm(forms.Form):
    """What somebody says is wrong with a question."""

    text = forms.CharField(
        label="What is the problem?",
        max_length=LONGEST_REPORT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Please say in a few words what the problem is."},
    )
