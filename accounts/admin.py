"""Staff screens about people. Passwords and second factors are the person's own affair."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.models import Accommodation, Cohort, User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "display_name", "is_staff", "is_active", "created_at"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "display_name"]
    ordering = ["email"]
    fields = ["email", "display_name", "time_zone", "is_active", "is_staff", "is_superuser", "groups"]
    filter_horizontal = ["groups"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["email"] if request.user.is_superuser else ["email", "is_staff", "is_superuser", "groups"]


@admin.register(Accommodation)
class AccommodationAdmin(admin.ModelAdmin):
    list_display = ["user", "time_factor", "reason", "granted_by", "granted_at"]
    autocomplete_fields = ["user"]
    fields = ["user", "time_factor", "reason"]
    list_select_related = ["user", "granted_by"]
    search_fields = ["user__email", "user__display_name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Accommodation | None = None) -> list[str]:
        """Whose it is does not change: it would become somebody else's, and the first would keep theirs."""
        return ["user"] if obj else []

    def log_addition(self, request: HttpRequest, obj: Accommodation, message: Any) -> Any:
        return super().log_addition(request, obj, _granted(obj))

    def log_change(self, request: HttpRequest, obj: Accommodation, message: Any) -> Any:
        """The log names what was granted and why: the row itself holds only the last."""
        return super().log_change(request, obj, _granted(obj))

    def save_model(self, request: HttpRequest, obj: Accommodation, form: Any, change: bool) -> None:
        granted = services.grant_accommodation(
            user=obj.user,
            time_factor=obj.time_factor,
            reason=obj.reason,
            granted_by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
        )
        # Without it the log would know of no row.
        obj.pk = granted.pk


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    list_display = ["name", "mentor", "created_at", "closed_at"]
    search_fields = ["name", "mentor__email"]
    readonly_fields = ["name", "mentor", "created_at", "closed_at"]
    fields = ["name", "mentor", "created_at", "closed_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def _granted(accommodation: Accommodation) -> str:
    return f"Time × {accommodation.time_factor.normalize()}: {accommodation.reason}"
