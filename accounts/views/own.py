"""A person's own pages: settings, who sees my results, my data."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import ConsentForm, DeletionForm, ProfileForm
from accounts.models import Membership, User


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that asks for sign-in."""
    return cast(User, request.user)


def _own_membership(user: User, membership_id: int) -> Membership:
    membership = selectors.memberships_of(user).filter(pk=membership_id).first()
    if membership is None:
        raise Http404
    return membership


@login_required
@require_http_methods(["GET", "POST"])
def settings_change(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.change_profile(user=user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("accounts:settings_change")
    return render(request, "accounts/settings_change.html", {"form": form})


@login_required
@require_GET
def sharing_show(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    memberships = [
        (membership, ConsentForm(initial=vars(membership), prefix=str(membership.pk)))
        for membership in selectors.memberships_of(user)
    ]
    context = {"memberships": memberships, "views": selectors.report_views_of(user)[:50]}
    return render(request, "accounts/sharing_show.html", context)


@login_required
@require_POST
def sharing_change(request: HttpRequest, membership_id: int) -> HttpResponse:
    membership = _own_membership(signed_in(request), membership_id)
    form = ConsentForm(request.POST, prefix=str(membership.pk))
    if form.is_valid():
        services.share_with_cohort(membership=membership, **form.cleaned_data)
        messages.success(request, f"Saved what {membership.cohort.mentor} sees.")
    return redirect("accounts:sharing_show")


@login_required
@require_POST
def cohort_leave(request: HttpRequest, membership_id: int) -> HttpResponse:
    membership = _own_membership(signed_in(request), membership_id)
    services.leave_cohort(membership=membership, now=timezone.now())
    messages.success(
        request, f"You left {membership.cohort}. {membership.cohort.mentor} sees nothing of yours any more."
    )
    return redirect("accounts:sharing_show")


@login_required
@require_GET
def own_data_show(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    context = {
        "tokens": user.api_tokens.filter(expires_at__gt=timezone.now()),
        "new_token": request.session.pop("new_api_token", None),
        "deletion": DeletionForm(user=user),
    }
    return render(request, "accounts/own_data_show.html", context)


@login_required
@require_POST
def token_create(request: HttpRequest) -> HttpResponse:
    text, _ = services.issue_api_token(user=signed_in(request), now=timezone.now())
    request.session["new_api_token"] = text
    return redirect("accounts:own_data_show")


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    if not services.revoke_api_token(user=signed_in(request), token_id=token_id):
        raise Http404
    messages.success(request, "The token stopped working.")
    return redirect("accounts:own_data_show")


@login_required
@require_POST
def account_delete(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = DeletionForm(request.POST, user=user)
    if not form.is_valid():
        context = {"tokens": user.api_tokens.filter(expires_at__gt=timezone.now()), "deletion": form}
        return render(request, "accounts/own_data_show.html", context, status=400)
    services.delete_account(user=user, now=timezone.now())
    logout(request)
    messages.success(request, "Your account is deleted.")
    return redirect("home_show")
