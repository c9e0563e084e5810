"""Tables about people: who they are, who may see whom, and what they are granted."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Creates users by email address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One person. Whoever owns a cohort is a mentor there; staff author questions; everyone may sit exams."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("email address", max_length=254, unique=True)
    display_name = models.CharField("name shown to others", max_length=80, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA name, such as Europe/Berlin.")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may enter the admin", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="email_belongs_to_one_user")]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def short_name(self) -> str:
        """First name for greetings; the part before the @ where no name was given."""
        return (self.display_name or self.email.partition("@")[0]).split()[0]

    @property
    def initials(self) -> str:
        words = (self.display_name or self.email).replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class Accommodation(models.Model):
    """Extra time that a person is granted in every timed sitting from now on."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="accommodation")
    time_factor = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(3)],
        help_text="1.25, 1.5 or 2 times the minutes of the exam.",
    )
    reason = models.CharField(max_length=200)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(time_factor__gte=1, time_factor__lte=3),
                name="time_factor_is_between_1_and_3",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: × {self.time_factor}"


class Cohort(models.Model):
    """A mentor's group of candidates, joined by an invitation link."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    mentor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cohorts")
    invitation_token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "created_at"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A candidate's consent to be seen by a cohort's mentor, from `consented_at` until `left_at`."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="memberships")
    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    consented_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    shares_mocks = models.BooleanField("mock results", default=True)
    shares_plan = models.BooleanField("study plan", default=True)
    shares_outcome = models.BooleanField("outcome of the real exam", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "candidate"],
                condition=models.Q(left_at__isnull=True),
                name="candidate_is_in_a_cohort_once",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("consented_at")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} in {self.cohort}"


class ReportView(models.Model):
    """A mentor looked at a candidate's report: the candidate can see when."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="views")
    viewed_at = models.DateTimeField()

    class Meta:
        ordering = ["-viewed_at"]

    def __str__(self) -> str:
        return f"{self.membership} seen {self.viewed_at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A personal API token; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"token of {self.user} until {self.expires_at:%Y-%m-%d}"


class Session(AbstractBaseSession):
    """A browser's sign-in. `user` is who is signed in; the session's text says it too, and both must agree."""

    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from accounts.sessions import SessionStore

        return SessionStore
