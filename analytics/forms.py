"""Forms of practice, notes and suggestions: each names the field that is wrong."""

from datetime import date
from typing import Any

from django import forms

from analytics.models import MentorNote, MistakeNote
from analytics.selectors.practice import ONLY, PracticeWish
from analytics.services.sittings import DIAGNOSTIC_COUNT, LONGEST_DRILL
from exams.models import Attempt
from exams.selectors.rehearsals import ITEMS
from questions.models import ExamBlueprint, Misconception, Topic
from questions.selectors import domain_weights, topics_of
from study_plans.forms import DateInput
from study_plans.models import ExamReport

COUNTS = (5, 10, 15, 20, 30)
MODES = (
    ("tutored", "Answer and reasons at once"),
    ("plain", "Reasons at the end"),
    ("timed", "Timed, at the pace of the exam"),
)
Kind = Attempt.Kind


def _unknown(what: str) -> dict[str, str]:
    return {"invalid_choice": f"There is no {what} “%(value)s”."}


class PracticeForm(forms.Form):
    """What to practise. `topic` and `domain` may be given several times; blocks of the plan send the same fields."""

    kind = forms.ChoiceField(
        choices=[(Kind.DRILL, "Drill"), (Kind.REVIEW, "Recall"), (Kind.DIAGNOSTIC, "First map")],
        required=False,
        initial=Kind.DRILL,
        label="Kind",
        error_messages=_unknown("kind of practice"),
    )
    domain = forms.MultipleChoiceField(required=False, label="Domains", error_messages=_unknown("domain"))
    topic = forms.MultipleChoiceField(required=False, label="Topics", error_messages=_unknown("topic"))
    misconception = forms.SlugField(required=False, label="Pair")
    only = forms.ChoiceField(
        choices=[("", "All questions"), *ONLY.items()],
        required=False,
        label="Which questions",
        initial="",
        error_messages=_unknown("choice of questions"),
    )
    count = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DRILL,
        required=False,
        label="How many",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"A drill has 1 to {LONGEST_DRILL} questions."
        ),
    )
    tutored = forms.BooleanField(required=False)
    mode = forms.ChoiceField(choices=MODES, required=False, label="How", error_messages=_unknown("way to practise"))
    block = forms.UUIDField(required=False, label="Block", error_messages={"invalid": "This is no block of a plan."})

    def __init__(self, *args: Any, blueprint: ExamBlueprint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blueprint = blueprint
        domain, topic = self.fields["domain"], self.fields["topic"]
        assert isinstance(domain, forms.MultipleChoiceField)
        assert isinstance(topic, forms.MultipleChoiceField)
        domain.choices = [(weight.domain.code, weight.domain.name) for weight in domain_weights(blueprint)]
        topic.choices = [(one.code, one.name) for one in topics_of(blueprint)]

    def wish(self) -> PracticeWish:
        """Valid fields as a wish. `mode` decides where it is given; a bare `tutored` is what plan blocks send."""
        given = self.cleaned_data
        kind = given["kind"] or Kind.DRILL
        mode = given["mode"] or ("tutored" if given["tutored"] or "tutored" not in self.data else "plain")
        return PracticeWish(
            kind=kind,
            topics=tuple(given["topic"]),
            domains=tuple(given["domain"]),
            misconception=given["misconception"],
            only=given["only"],
            count=given["count"] or (DIAGNOSTIC_COUNT if kind == Kind.DIAGNOSTIC else 10),
            is_tutored=mode == "tutored",
            is_timed=mode == "timed",
            block_id=given["block"],
        )


class MistakeForm(forms.Form):
    reason = forms.ChoiceField(
        choices=[("", ""), *MistakeNote.Reason.choices], required=False, error_messages=_unknown("reason")
    )
    rule = forms.CharField(
        max_length=300,
        required=False,
        error_messages={"max_length": "Your rule may have %(limit_value)d characters; this one has %(show_value)d."},
    )


class RehearsalForm(forms.Form):
    """The hour of the real exam, and what is ticked off the checklist."""

    exam_time = forms.TimeField(
        required=False,
        label="When does your exam begin?",
        error_messages={"invalid": "Give the hour as 09:00."},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ticked = forms.MultipleChoiceField(required=False, choices=[(code, item.words) for code, item in ITEMS.items()])
    block = forms.UUIDField(required=False)


class MentorNoteForm(forms.Form):
    """A note to a candidate, with at most one suggestion: `drill:<topic>`, `contrast_drill:<pair>` or `mock`."""

    text = forms.CharField(
        max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}), label="They read it on Today"
    )
    suggestion = forms.ChoiceField(required=False, label="Suggest something")

    def __init__(self, *args: Any, topics: list[Topic], pairs: list[Misconception], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topics = {topic.code: topic for topic in topics}
        self._pairs = {pair.code: pair for pair in pairs}
        field = self.fields["suggestion"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "Nothing"),
            *((f"drill:{topic.code}", f"Drill: {topic.name}") for topic in topics),
            *((f"contrast_drill:{pair.code}", f"Contrast drill: {pair.name}") for pair in pairs),
            ("mock", "A mock exam"),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("text", "").strip() and not given.get("suggestion"):
            raise forms.ValidationError("Write something, or suggest something.")
        return given

    def note(self) -> dict[str, Any]:
        """Arguments for `services.write_mentor_note`."""
        kind, _, code = self.cleaned_data["suggestion"].partition(":")
        return {
            "text": self.cleaned_data["text"],
            "suggestion": MentorNote.Suggestion(kind),
            "topic": self._topics.get(code) if kind == MentorNote.Suggestion.DRILL else None,
            "misconception": self._pairs.get(code) if kind == MentorNote.Suggestion.CONTRAST_DRILL else None,
        }


class OutcomeForm(forms.Form):
    """How the real exam went: passed, not passed with what its report says per domain, or not sat at all."""

    PASSED, FAILED, MOVED = "passed", "failed", "moved"
    outcome = forms.ChoiceField(
        label="How did it go?",
        choices=[(PASSED, "I passed"), (FAILED, "Not this time"), (MOVED, "I have not sat it, or it was moved")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it went."},
    )
    sat_on = forms.DateField(label="Day of the exam", required=False, widget=DateInput())
    next_exam_on = forms.DateField(
        label="Next exam day", required=False, widget=DateInput(), help_text="Empty if none is booked yet."
    )

    def __init__(self, *args: Any, blueprint: ExamBlueprint, can_move: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domains = [weight.domain for weight in domain_weights(blueprint)]
        for domain in self.domains:
            wrong = "A whole percentage from 0 to 100."
            self.fields[f"percent_{domain.code}"] = forms.IntegerField(
                label=domain.name,
                required=False,
                min_value=0,
                max_value=100,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), wrong),
            )
        if not can_move:
            field = self.fields["outcome"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(self.PASSED, "I passed"), (self.FAILED, "I did not pass")]

    @property
    def percent_fields(self) -> list[forms.BoundField]:
        return [self[f"percent_{domain.code}"] for domain in self.domains]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if (
            given.get("outcome") in (self.PASSED, self.FAILED)
            and not given.get("sat_on")
            and "sat_on" not in self.errors
        ):
            self.add_error("sat_on", "Which day was it?")
        return given

    @property
    def is_moved(self) -> bool:
        return bool(self.cleaned_data["outcome"] == self.MOVED)

    def report(self) -> dict[str, Any]:
        """What `services.report_exam` takes. Only after `is_valid`, and where the exam was sat."""
        given = self.cleaned_data
        told = {domain.code: given[f"percent_{domain.code}"] for domain in self.domains}
        return {
            "sat_on": given["sat_on"],
            "passed": given["outcome"] == self.PASSED,
            "percents": {code: percent for code, percent in told.items() if percent is not None},
            "next_exam_on": given["next_exam_on"] if given["outcome"] == self.FAILED else None,
        }

    @classmethod
    def values_of(cls, report: ExamReport, next_exam_on: date | None) -> dict[str, Any]:
        """An earlier report as initial values."""
        return {
            "outcome": cls.PASSED if report.passed else cls.FAILED,
            "sat_on": report.sat_on,
            "next_exam_on": next_exam_on,
            **{f"percent_{code}": percent for code, percent in report.percents.items()},
        }
