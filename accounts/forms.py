"""Forms about people: each names the field that is wrong."""

import zoneinfo
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.models import Cohort, User
from accounts.services.people import change_profile


def time_zones() -> list[tuple[str, str]]:
    """IANA zones with a place in their name, and UTC."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in ["UTC", *names]]


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        choices=time_zones, help_text="Your days begin and end in this zone; times on every page are in it."
    )

    class Meta:
        model = User
        fields = ["display_name", "time_zone"]
        labels = {"display_name": "Your name"}
        help_texts = {"display_name": "How we greet you, and what a mentor sees. May be empty."}
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "name"})}


class SignupExtras(forms.Form):
    """What signing up asks besides address and password. The zone is filled in by the browser."""

    display_name = forms.CharField(
        max_length=80,
        required=False,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-own-zone": ""}))
    field_order = ["display_name", "email", "password1"]

    def clean_time_zone(self) -> str:
        """A zone that we do not know is no reason to turn somebody away."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in zoneinfo.available_timezones() else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:
        change_profile(user=user, **{name: self.cleaned_data[name] for name in ("display_name", "time_zone")})


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = ["name"]
        labels = {"name": "Name of the cohort"}
        help_texts = {"name": "Candidates see it in the invitation."}


class ConsentForm(forms.Form):
    """What a mentor may see besides the domain report, which consent always covers."""

    shares_mocks = forms.BooleanField(
        required=False, initial=True, label="Results of my mock exams, and the chance of passing that rests on them"
    )
    shares_plan = forms.BooleanField(required=False, initial=True, label="My study plan and what I did of it")
    shares_outcome = forms.BooleanField(
        required=False, initial=False, label="How my real exam went, once I have said so"
    )


class DeletionForm(forms.Form):
    email = forms.EmailField(label="Type your email address to confirm")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() != self.user.email:
            raise forms.ValidationError("This is not the address of your account.")
        return email
