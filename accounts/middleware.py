"""Per-request facts about the person: who it is, their time zone, and the second factor that staff need."""

import zoneinfo
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.sessions import owner_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class SessionUserMiddleware(AuthenticationMiddleware):
    """`request.user` as Django finds it, without a query of its own where the session was read with its user."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    return owner_of(request.session) or get_user(request)


class OwnTimeZoneMiddleware:
    """Shows times in the signed-in person's zone; UTC for everybody else. API bodies stay in UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/api/", "/healthz", "/readyz")) or not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)):
            return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to set one up before any admin page opens (production)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.prefix = f"/{settings.ADMIN_PATH}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_NEED_SECOND_FACTOR
            and request.path.startswith(self.prefix)
            and request.user.is_authenticated
            and request.user.is_staff
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)
