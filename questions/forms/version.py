"""A version with its options and references. Drafts may be unfinished; review and publishing hold to the rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import F

from questions.bankfiles import BankOption, BankQuestion, BankReference, Problem
from questions.models import Misconception, Option, Question, QuestionVersion, Reference
from questions.rules import question_problems

STRICT_BUTTONS = ("_submit", "_publish")
AUTHOR_LEVELS = [
    (1, "1 · recall of a basic fact"),
    (2, "2 · one step"),
    (3, "3 · a choice with one constraint"),
    (4, "4 · several constraints"),
    (5, "5 · a hard trade-off"),
]
PLACEHOLDER_DAY = date.min


def is_strict(data: Mapping[str, Any] | None) -> bool:
    """Whether the author asked for review or publishing, which only a whole question gets."""
    return any(button in (data or {}) for button in STRICT_BUTTONS)


class VersionForm(forms.ModelForm):
    author_level = forms.TypedChoiceField(coerce=int, choices=AUTHOR_LEVELS, initial=3)

    class Meta:
        model = QuestionVersion
        fields = ["scenario", "stem", "select_count", "author_level", "verified_on"]
        widgets = {
            "scenario": forms.Textarea(attrs={"rows": 7}),
            "stem": forms.Textarea(attrs={"rows": 2}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if is_strict(self.data):
            written = _written(
                scenario=cleaned.get("scenario", ""),
                stem=cleaned.get("stem", ""),
                select=cleaned.get("select_count") or 1,
                verified_on=cleaned.get("verified_on"),
            )
            for problem in question_problems(written):
                if problem.field in ("scenario", "stem", "verified_on") and problem.field not in self.errors:
                    self.add_error(problem.field, _sentence(problem))
        return cleaned


class OptionForm(forms.ModelForm):
    place = forms.IntegerField(
        required=False, min_value=1, max_value=20, help_text="1 comes first. Renumbered when saved."
    )

    class Meta:
        model = Option
        fields = ["text", "is_key", "rationale", "misconception"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2}), "rationale": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = self.instance.order + 1


class ReferenceForm(forms.ModelForm):
    url = forms.URLField(max_length=400, assume_scheme="https", label="Address")

    class Meta:
        model = Reference
        fields = ["title", "url", "verified_on", "page_updated"]


class _StrictFormSet(forms.BaseInlineFormSet):
    """Shares the whole-question rules between the two formsets; each shows the problems of its own fields."""

    prefix_of_problems = ""

    def live_forms(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if form.has_changed() or form.instance.pk
            if not (self.can_delete and form in self.deleted_forms)
        ]

    def clean(self) -> None:
        super().clean()
        if not is_strict(self.data) or any(self.errors):
            return
        live = self.sorted_forms()
        for problem in question_problems(self.written(live)):
            head, _, rest = problem.field.partition("[")
            if head == self.prefix_of_problems and rest:
                number, _, field = rest.partition("].")
                live[int(number) - 1].add_error(field, _sentence(problem))
            elif head == self.prefix_of_problems or (head == "select" and head in self.also):
                raise forms.ValidationError(f"{problem.field.capitalize()} {problem.text}.")

    also: tuple[str, ...] = ()

    def sorted_forms(self) -> list[Any]:
        return self.live_forms()

    def written(self, live: list[Any]) -> BankQuestion:
        raise NotImplementedError


class OptionFormSet(_StrictFormSet):
    prefix_of_problems = "options"
    also = ("select",)

    def sorted_forms(self) -> list[Any]:
        """As the author numbered them; what has no number comes last."""
        live = self.live_forms()
        places = [(form.cleaned_data or {}).get("place") or 99 for form in live]
        return [live[index] for index in sorted(range(len(live)), key=lambda index: (places[index], index))]

    def written(self, live: list[Any]) -> BankQuestion:
        return _written(
            stem=self.instance.stem, select=self.instance.select_count, options=tuple(_option(form) for form in live)
        )

    def save(self, commit: bool = True) -> list[Any]:
        """Saves every option in its place. Moved out of the way first, for a place belongs to one option only."""
        super().save(commit=False)
        for option in self.deleted_objects:
            option.delete()
        self.instance.options.update(order=F("order") + 100)
        live = self.sorted_forms()
        for order, form in enumerate(live):
            form.instance.version, form.instance.order = self.instance, order
            form.instance.save()
        return [form.instance for form in live]


class ReferenceFormSet(_StrictFormSet):
    prefix_of_problems = "references"

    def written(self, live: list[Any]) -> BankQuestion:
        return _written(references=tuple(_reference(form) for form in live))

    def save(self, commit: bool = True) -> list[Any]:
        super().save(commit=False)
        for reference in self.deleted_objects:
            reference.delete()
        live = self.sorted_forms()
        for order, form in enumerate(live):
            form.instance.version, form.instance.order = self.instance, order
            form.instance.save()
        return [form.instance for form in live]


def draft_from_post(data: Mapping[str, Any], question: Question | None) -> BankQuestion:
    """What stands in the author's form right now, finished or not, for preview and hints. Never raises."""
    codes = {str(pk): code for pk, code in Misconception.objects.values_list("pk", "code")}
    rows = [_row(data, f"options-{number}-") for number in range(_count(data, "options"))]
    options = sorted(
        (row for row in rows if not row("DELETE") and (row("text") or row("rationale"))),
        key=lambda row: _whole(row("place"), 99),
    )
    pages = [_row(data, f"references-{number}-") for number in range(_count(data, "references"))]
    return _written(
        slug=question.slug if question else "",
        topics=tuple(link.topic.code for link in question.topic_links.all()) if question else ("",),
        pilot=question.is_pilot if question else False,
        scenario=str(data.get("scenario", "")).strip(),
        stem=str(data.get("stem", "")).strip(),
        select=_whole(data.get("select_count"), 1),
        level=_whole(data.get("author_level"), 3),
        verified_on=_day(data.get("verified_on")),
        options=tuple(
            BankOption(
                text=row("text"),
                rationale=row("rationale"),
                key=bool(row("is_key")),
                misconception=codes.get(row("misconception"), ""),
            )
            for row in options
        ),
        references=tuple(
            BankReference(
                page("url"), page("title"), _day(page("verified_on")) or PLACEHOLDER_DAY, page("page_updated")
            )
            for page in pages
            if page("url") and not page("DELETE")
        ),
    )


def _written(**values: Any) -> BankQuestion:
    """A question with harmless values where none are given, so that only the given ones can be found fault with."""
    defaults: dict[str, Any] = {
        "slug": "",
        "topics": ("any",),
        "level": 3,
        "stem": "",
        "select": 1,
        "options": (),
        "references": (),
        "verified_on": None,
    }
    return BankQuestion(**(defaults | values))


def _option(form: Any) -> BankOption:
    values = form.cleaned_data
    pair = values.get("misconception")
    return BankOption(
        text=values.get("text", ""),
        rationale=values.get("rationale", ""),
        key=bool(values.get("is_key")),
        misconception=pair.code if pair else "",
    )


def _reference(form: Any) -> BankReference:
    values = form.cleaned_data
    return BankReference(values.get("url", ""), values.get("title", ""), values.get("verified_on") or PLACEHOLDER_DAY)


def _row(data: Mapping[str, Any], prefix: str) -> Any:
    return lambda name: str(data.get(prefix + name, "")).strip()


def _count(data: Mapping[str, Any], prefix: str) -> int:
    return min(_whole(data.get(f"{prefix}-TOTAL_FORMS"), 0), 50)


def _whole(value: Any, default: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def _day(value: Any) -> date | None:
    """As the form's own date fields read it."""
    try:
        return forms.DateField(required=False).clean(value)
    except forms.ValidationError:
        return None


def _sentence(problem: Problem) -> str:
    return f"{problem.text[0].upper()}{problem.text[1:]}."
