"""Personal API tokens."""

import secrets
from datetime import datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from django.db import transaction

from accounts.models import ApiToken, User
from accounts.selectors import token_digest

LIFETIME = timedelta(days=90)


class SignInRefused(Exception):
    """Wrong email or password, an inactive account, or one whose second factor a token would bypass."""


@transaction.atomic
def issue_api_token(*, user: User, now: datetime) -> tuple[str, ApiToken]:
    """A new token. The text is returned once and not kept."""
    text = secrets.token_urlsafe(32)
    row = ApiToken.objects.create(user=user, digest=token_digest(text), created_at=now, expires_at=now + LIFETIME)
    return text, row


def trade_password(*, email: str, password: str, now: datetime) -> tuple[str, ApiToken]:
    """A token for an email and password. Raises SignInRefused, without saying which part was wrong.

    People with a second factor make their tokens on the “My data” page, where they are signed in with it.
    """
    user = authenticate(username=email, password=password)
    if not isinstance(user, User) or is_mfa_enabled(user):
        raise SignInRefused
    return issue_api_token(user=user, now=now)


@transaction.atomic
def revoke_api_token(*, user: User, token_id: str) -> bool:
    """False where the person has no such token."""
    deleted, _ = ApiToken.objects.filter(user=user, pk=token_id).delete()
    return bool(deleted)
