"""A person's own row: profile, granted time, deletion; and the rows that expire."""

from datetime import datetime, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.models import Accommodation, ApiToken, Cohort, Membership, Session, User


@transaction.atomic
def register_person(
    *, email: str, password: str, display_name: str, time_zone: str = "UTC", is_staff: bool = False
) -> User:
    """A person whose address counts as verified, made by a command instead of the sign-up page.

    Called again with the same address it sets name, zone and password anew.
    """
    user = User.objects.filter(email=email.lower()).first() or User(email=email.lower())
    user.display_name, user.time_zone = display_name, time_zone
    user.is_staff = user.is_superuser = is_staff
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@transaction.atomic
def change_profile(*, user: User, display_name: str, time_zone: str) -> User:
    user.display_name, user.time_zone = display_name, time_zone
    user.save(update_fields=["display_name", "time_zone"])
    return user


@transaction.atomic
def grant_accommodation(
    *, user: User, time_factor: Decimal, reason: str, granted_by: User, now: datetime
) -> Accommodation:
    """Extra time in every timed sitting that starts from now on; running ones keep their deadline."""
    accommodation, _ = Accommodation.objects.update_or_create(
        user=user,
        defaults={"time_factor": time_factor, "reason": reason, "granted_by": granted_by, "granted_at": now},
    )
    return accommodation


@transaction.atomic
def delete_account(*, user: User, now: datetime) -> None:
    """Removes everything personal and signs the person out for good.

    The answers stay, tied to a nameless row, because question statistics rest on them.
    """
    Membership.objects.filter(candidate=user, left_at=None).update(left_at=now)
    Membership.objects.filter(cohort__mentor=user, left_at=None).update(left_at=now)
    Cohort.objects.filter(mentor=user, closed_at=None).update(closed_at=now)
    for rows in (
        ApiToken.objects.filter(user=user),
        EmailAddress.objects.filter(user=user),
        SocialAccount.objects.filter(user=user),
        Authenticator.objects.filter(user=user),
        Accommodation.objects.filter(user=user),
    ):
        rows.delete()
    user.email = f"deleted-{user.pk}@example.invalid"
    user.display_name = ""
    user.time_zone = "UTC"
    user.is_active = user.is_staff = user.is_superuser = False
    user.deleted_at = now
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()


@transaction.atomic
def forget_expired_rows(*, now: datetime) -> dict[str, int]:
    """Deletes sign-ins and tokens that no longer work; how many of each."""
    tokens, _ = ApiToken.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return {"tokens": tokens, "sessions": sessions}
