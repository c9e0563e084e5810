"""Corrected keys, contrast pairs, answers to reports."""

from typing import Any

from django import forms

from questions.models import Misconception, QuestionReport, QuestionVersion


class KeyCorrectionForm(forms.Form):
    """Which options are right after all, and why."""

    keys = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple, label="Right options")
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the correction. Attempts that showed this version are graded again.",
    )

    def __init__(self, data: Any = None, *, version: QuestionVersion) -> None:
        super().__init__(data, initial={"keys": version.key_ids})
        letters = "ABCDEFGH"
        self.fields["keys"].choices = [  # type: ignore[attr-defined]
            (option.pk, f"{letters[place]}. {option.text}")
            for place, option in enumerate(version.options.order_by("order"))
        ]


class MisconceptionForm(forms.ModelForm):
    """A contrast pair with a field for each part of both sides."""

    left_name = forms.CharField(max_length=60)
    left_choose_when = forms.CharField(max_length=300, label="Choose left when")
    left_points = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), help_text="One point a line.")
    right_name = forms.CharField(max_length=60)
    right_choose_when = forms.CharField(max_length=300, label="Choose right when")
    right_points = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), help_text="One point a line.")

    class Meta:
        model = Misconception
        fields = ["exam_code", "code", "name", "domain"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in ("left", "right"):
            values = getattr(self.instance, side) or {}
            self.initial[f"{side}_name"] = values.get("name", "")
            self.initial[f"{side}_choose_when"] = values.get("choose_when", "")
            self.initial[f"{side}_points"] = "\n".join(values.get("points", []))

    def _post_clean(self) -> None:
        for side in ("left", "right"):
            lines = self.cleaned_data.get(f"{side}_points", "").splitlines()
            half = {
                "name": self.cleaned_data.get(f"{side}_name", ""),
                "choose_when": self.cleaned_data.get(f"{side}_choose_when", ""),
                "points": [line.strip() for line in lines if line.strip()],
            }
            setattr(self.instance, side, half)
        super()._post_clean()  # type: ignore[misc]


class ReportAnswerForm(forms.ModelForm):
    """Closing a report needs words only if nothing was mended."""

    class Meta:
        model = QuestionReport
        fields = ["status", "reply"]
        widgets = {"reply": forms.Textarea(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("status") == QuestionReport.Status.DECLINED and not cleaned.get("reply", "").strip():
            self.add_error("reply", "Say in a sentence why the question stays as it is.")
        if cleaned.get("status") == QuestionReport.Status.OPEN:
            self.add_error("status", "An answer closes the report: mended or declined.")
        return cleaned
