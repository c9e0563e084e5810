"""How the API learns who is asking: a personal token, or the browser's own sign-in."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.selectors import live_token


class ExpiringTokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`"""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _, text = request.headers.get("Authorization", "").partition(" ")
        if keyword != self.keyword:
            return None
        token = live_token(text, now=timezone.now())
        if token is None:
            raise AuthenticationFailed("This token is unknown or has expired.", code="token_invalid")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class BrowserSessionAuthentication(SessionAuthentication):
    """The browser's sign-in, CSRF checked. Says 401 instead of 403 when there is none, so that a page can ask again."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def _no_view(request: HttpRequest) -> HttpResponse:
    """Only asked whether it is exempt from CSRF; it is not."""
    return HttpResponse()


_csrf = CSRFCheck(_no_view)


def browser_user(request: HttpRequest) -> User | None:
    """Who is signed in, if the browser's CSRF token is right: what `BrowserSessionAuthentication` accepts."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return None
    refusal = _csrf.process_view(request, _no_view, (), {})
    return user if refusal is None else None
