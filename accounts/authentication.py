"""How the API learns who is asking: a personal token, or the browser's own sign-in."""

import hashlib

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User


def token_digest(token: str) -> str:
    """SHA-256 of a token, hexadecimal; tokens carry 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class ExpiringTokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`"""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _, token = request.headers.get("Authorization", "").partition(" ")
        if keyword != self.keyword:
            return None
        found = (
            ApiToken.objects.select_related("user")
            .filter(digest=token_digest(token), expires_at__gt=timezone.now(), user__is_active=True)
            .first()
        )
        if found is None:
            raise AuthenticationFailed("This token is unknown or has expired.", code="token_invalid")
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class BrowserSessionAuthentication(SessionAuthentication):
    """The browser's sign-in, CSRF checked. Says 401 instead of 403 when there is none, so that a page can ask again."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"
