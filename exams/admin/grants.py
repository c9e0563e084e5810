"""Minutes that staff promise before a mock."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from exams import services
from exams.clock import exam_now
from exams.models import MinutesGrant
from exams.services.staff_changes import LONGEST_GRANT


class MinutesGrantForm(forms.ModelForm):
    """Refuses what the service would refuse, beside the field."""

    minutes = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_GRANT,
        help_text="On top of the candidate's own minutes, in their next mock alone. A second grant before it adds up.",
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), f"Give 1 to {LONGEST_GRANT} minutes."),
    )
    reason = forms.CharField(max_length=300, strip=True, help_text="It is logged.")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        candidate, minutes = given.get("candidate"), given.get("minutes")
        if candidate and minutes:
            waiting = MinutesGrant.objects.filter(candidate=candidate, used_in=None).first()
            if waiting and waiting.minutes + minutes > LONGEST_GRANT:
                self.add_error(
                    "minutes", f"{waiting.minutes} minutes wait already; together at most {LONGEST_GRANT} can be given."
                )
        return given


@admin.register(MinutesGrant)
class MinutesGrantAdmin(admin.ModelAdmin):
    """Minutes for a candidate's next mock. Once taken up they are history."""

    form = MinutesGrantForm
    list_display = ["candidate", "minutes", "reason", "granted_by", "granted_at", "used_in"]
    list_select_related = ["candidate", "granted_by", "used_in__candidate"]
    search_fields = ["candidate__email"]
    autocomplete_fields = ["candidate"]
    fields = ["candidate", "minutes", "reason"]

    def has_change_permission(self, request: HttpRequest, obj: MinutesGrant | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MinutesGrant | None = None) -> bool:
        return (obj is None or obj.used_in_id is None) and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: MinutesGrant, form: "forms.ModelForm[MinutesGrant]", change: bool
    ) -> None:
        assert isinstance(request.user, User), "the admin lets nobody else in"
        grant = services.grant_minutes_ahead(
            candidate=obj.candidate, minutes=obj.minutes, reason=obj.reason, by=request.user, now=exam_now()
        )
        obj.pk = grant.pk
