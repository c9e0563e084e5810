"""Forms about people: each names the field that is wrong."""

import zoneinfo
from typing import Any

from django import forms

from accounts.models import Cohort, User


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


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = ["name"]
        labels = {"name": "Name of the cohort"}
        help_texts = {"name": "Candidates see it in the invitation."}


class ConsentForm(forms.Form):
    """What a mentor may see besides the domain report, which consent always covers."""

    shares_mocks = forms.BooleanField(required=False, initial=True, label="Results of my mock exams")
    shares_plan = forms.BooleanField(required=False, initial=True, label="My study plan and what I did of it")


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
