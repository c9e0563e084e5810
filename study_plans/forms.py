"""Forms about a plan: each names the field that is wrong."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.forms import time_zones
from study_plans import words
from study_plans.models import Block, StudyPlan

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_DAY = 720
BLOCK_CHOICES = [(15, "15 min"), (20, "20 min"), (30, "30 min"), (45, "45 min"), (60, "60 min")]
MOST_DAYS_OFF = 120


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class SetupForm(forms.Form):
    """When the exam is, and when there is time."""

    is_booked = forms.TypedChoiceField(
        label="Is your exam booked?",
        choices=[("yes", "Yes, on a day"), ("no", "Not booked yet")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        required=True,
        error_messages={"required": "Say whether your exam is booked."},
    )
    exam_on = forms.DateField(
        label="Exam day",
        widget=DateInput(),
        error_messages={"required": "Which day is it? Or choose “Not booked yet”."},
    )
    exam_time = forms.TimeField(
        label="Exam time",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Your own clock. The rehearsal is planned for this hour.",
    )
    off_from = forms.DateField(
        label="First day off", required=False, widget=DateInput(), error_messages={"invalid": "This is no day."}
    )
    off_to = forms.DateField(
        label="Last day off", required=False, widget=DateInput(), error_messages={"invalid": "This is no day."}
    )
    days_off = forms.CharField(
        label="All days off, as a list",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2026-12-24 to 2026-12-26"}),
        help_text="One day or span on a line, as 2026-12-24 or 2026-12-24 to 2026-12-26. May be empty.",
    )
    block_minutes = forms.TypedChoiceField(
        label="Length of a block",
        coerce=int,
        choices=BLOCK_CHOICES,
        help_text="How long you like to stay with one topic.",
    )

    time_zone = forms.ChoiceField(
        label="Your time zone", required=False, help_text="Your days begin and end in it, on every page."
    )

    def __init__(
        self, *args: Any, today: date, time_zone: str = "UTC", plan: StudyPlan | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _initial(plan) | {"time_zone": time_zone}
        self.today = today
        zones = dict(time_zones())
        zones.setdefault(time_zone, time_zone)
        self.fields["time_zone"].choices = list(zones.items())  # type: ignore[attr-defined]
        self.fields["exam_on"].required = self.data.get("is_booked") != "no"
        minutes = plan.minutes_per_weekday if plan else StudyPlan().minutes_per_weekday
        for at, name in enumerate(DAY_NAMES):
            self.fields[f"minutes_{at}"] = forms.IntegerField(
                label=name,
                initial=minutes[at],
                min_value=0,
                max_value=LONGEST_DAY,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 5}),
                error_messages={
                    "max_value": f"At most {LONGEST_DAY} minutes a day.",
                    "min_value": "No fewer than 0 minutes.",
                    "required": "A number of minutes, 0 for none.",
                    "invalid": "A whole number of minutes, 0 for none.",
                },
            )
        length = plan.block_minutes if plan else 30
        if length not in dict(BLOCK_CHOICES):
            choices = sorted([*BLOCK_CHOICES, (length, f"{length} min")])
            self.fields["block_minutes"].choices = choices  # type: ignore[attr-defined]

    @property
    def weekday_fields(self) -> list[forms.BoundField]:
        return [self[f"minutes_{at}"] for at in range(7)]

    def clean_days_off(self) -> list[date]:
        days: set[date] = set()
        for line in self.cleaned_data["days_off"].splitlines():
            if line.strip():
                days |= set(_span(line))
        if len(days) > MOST_DAYS_OFF:
            raise forms.ValidationError(f"At most {MOST_DAYS_OFF} days off.")
        return sorted(day for day in days if day >= self.today)

    def _clean_span(self, cleaned: dict[str, Any]) -> None:
        """Days off chosen as a first and a last one join the list."""
        first = cleaned.get("off_from")
        last = cleaned.get("off_to") or first
        if first is None or last is None:
            if last is not None and "off_from" not in self.errors:
                self.add_error("off_from", "Choose the first day off too.")
            return
        if last < first or (last - first).days >= MOST_DAYS_OFF:
            self.add_error("off_to", f"Choose a day from the first one on, within {MOST_DAYS_OFF} days.")
        elif last < self.today:
            self.add_error("off_to", "These days are over. Choose days that are still to come.")
        elif "days_off" in cleaned:
            span = {date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)}
            days = {*cleaned["days_off"], *(day for day in span if day >= self.today)}
            if len(days) > MOST_DAYS_OFF:
                self.add_error("off_to", f"At most {MOST_DAYS_OFF} days off.")
            cleaned["days_off"] = sorted(days)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self._clean_span(cleaned)
        if cleaned.get("is_booked") is False:
            cleaned["exam_on"] = cleaned["exam_time"] = None
        elif cleaned.get("exam_on") and cleaned["exam_on"] < self.today:
            self.add_error("exam_on", "This day is over. Choose a day that is still to come.")
        return cleaned

    def wishes(self) -> dict[str, Any]:
        """What `change_availability` takes. Only after `is_valid`."""
        cleaned = self.cleaned_data
        names = ("exam_on", "exam_time", "days_off", "block_minutes")
        return {name: cleaned[name] for name in names} | {
            "time_zone": cleaned["time_zone"] or None,
            "minutes_per_weekday": [cleaned[f"minutes_{at}"] for at in range(7)],
        }


def _initial(plan: StudyPlan | None) -> dict[str, Any]:
    if plan is None:
        return {"block_minutes": 30}
    return {
        "is_booked": "yes" if plan.exam_on else "no",
        "exam_on": plan.exam_on,
        "exam_time": plan.exam_time,
        "days_off": "\n".join(_spans(plan.days_off)),
        "block_minutes": plan.block_minutes,
    }


def _spans(days: Iterable[str]) -> list[str]:
    """'2026-12-24 to 2026-12-26': days in a row as one line."""
    runs: list[list[date]] = []
    for day in sorted(date.fromisoformat(iso) for iso in days):
        if runs and day == runs[-1][-1] + timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]


def _span(line: str) -> list[date]:
    """The days of one line. Names the line that cannot be read."""
    try:
        ends = [date.fromisoformat(part.strip()) for part in line.replace("–", " to ").split(" to ")]
        first, last = (ends[0], ends[0]) if len(ends) == 1 else ends
    except ValueError:
        raise forms.ValidationError(
            f"“{line.strip()}” is no day. Write 2026-12-24, or 2026-12-24 to 2026-12-26."
        ) from None
    if last < first or (last - first).days >= MOST_DAYS_OFF:
        raise forms.ValidationError(f"“{line.strip()}” must end after it begins, within {MOST_DAYS_OFF} days.")
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]


class MessagesForm(forms.Form):
    """What the plan may send. All off until asked for."""

    sends_reminders = forms.BooleanField(required=False, label="Email me on study days, with what is planned")
    sends_summary = forms.BooleanField(required=False, label="Email me a summary every Monday")
    reminder_hour = forms.TypedChoiceField(
        coerce=int, label="Emails not before", choices=[(hour, f"{hour:02d}:00") for hour in range(24)]
    )
    shows_streak = forms.BooleanField(
        required=False, label="Count my study days in a row; free days do not break the count"
    )


class PostponeForm(forms.Form):
    """The next study day at one press, or a later day by name; each wrong day is told why."""

    to_next = forms.BooleanField(required=False)
    to_day = forms.DateField(
        required=False, label="Another day", widget=DateInput(), error_messages={"invalid": "This is no day."}
    )

    def __init__(self, *args: Any, today: date | None = None, exam_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.exam_on = today, exam_on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("to_next"):
            cleaned["to_day"] = None
        elif "to_day" in cleaned:
            self._check(cleaned["to_day"])
        return cleaned

    def _check(self, day: date | None) -> None:
        if day is None:
            self.add_error("to_day", "Choose a day to move it to.")
        elif self.today is not None and day <= self.today:
            self.add_error("to_day", "Choose a day after today.")
        elif self.exam_on is not None and day >= self.exam_on:
            self.add_error("to_day", f"Your exam is on {words.day_words(self.exam_on)}. Choose a day before it.")


class SwapForm(forms.Form):
    """The block of another day to trade places with, by day."""

    with_block = forms.TypedChoiceField(
        label="Swap with",
        coerce=uuid.UUID,
        empty_value=None,
        error_messages={"required": "Choose a block to swap with.", "invalid_choice": "This block cannot be chosen."},
    )

    def __init__(self, *args: Any, blocks: Iterable[Block], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: dict[date, list[tuple[str, str]]] = {}
        for block in blocks:
            named = (
                f"{block.title}, {words.KIND_WORDS[Block.Kind(block.kind)][0]}, {words.minutes_words(block.minutes)}"
            )
            days.setdefault(block.day, []).append((str(block.pk), named))
        grouped = [(words.day_words(day), choices) for day, choices in days.items()]
        self.fields["with_block"].choices = [("", "Choose a block"), *grouped]  # type: ignore[attr-defined]
