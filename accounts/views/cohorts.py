"""A mentor's pages about cohorts, and the page on which a candidate consents."""

import uuid

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import CohortForm, ConsentForm
from accounts.models import Cohort, User
from accounts.views.own import signed_in


def _own_cohort(request: HttpRequest, cohort_id: uuid.UUID) -> Cohort:
    cohort = selectors.cohort_of(signed_in(request), cohort_id)
    if cohort is None:
        raise Http404
    return cohort


@login_required
@require_http_methods(["GET", "POST"])
def cohort_list(request: HttpRequest) -> HttpResponse:
    """The cohorts I mentor; a POST makes a new one."""
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohort = services.create_cohort(mentor=signed_in(request), name=form.cleaned_data["name"])
        return redirect("accounts:cohort_manage", cohort.pk)
    context = {"form": form, "cohorts": selectors.cohorts_of(signed_in(request))}
    return render(request, "accounts/cohort_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def cohort_manage(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    cohort = _own_cohort(request, cohort_id)
    form = CohortForm(request.POST or None, instance=Cohort.objects.get(pk=cohort.pk))
    if request.method == "POST" and form.is_valid():
        services.rename_cohort(cohort=cohort, name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("accounts:cohort_manage", cohort.pk)
    link = request.build_absolute_uri(reverse("accounts:invitation_show", args=[cohort.invitation_token]))
    drawing = segno.make(link).svg_inline(border=2, svgclass="qr", lineclass="qr-line", omitsize=True)
    context = {
        "cohort": cohort,
        "form": form,
        "link": link,
        "qr": mark_safe(drawing),  # noqa: S308 - drawn by segno from our own link
        "members": selectors.members_of(cohort),
    }
    return render(request, "accounts/cohort_manage.html", context)


@login_required
@require_POST
def invitation_renew(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    services.renew_invitation(cohort=_own_cohort(request, cohort_id))
    messages.success(request, "There is a new link. The old one no longer works.")
    return redirect("accounts:cohort_manage", cohort_id)


@login_required
@require_POST
def member_remove(request: HttpRequest, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> HttpResponse:
    cohort = _own_cohort(request, cohort_id)
    candidate = User.objects.filter(pk=candidate_id).first()
    if candidate is None or not services.remove_member(cohort=cohort, candidate=candidate, now=timezone.now()):
        raise Http404
    messages.success(request, f"{candidate} is no longer in this cohort.")
    return redirect("accounts:cohort_manage", cohort_id)


@login_required
@require_POST
def cohort_close(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    cohort = _own_cohort(request, cohort_id)
    services.close_cohort(cohort=cohort, now=timezone.now())
    messages.success(request, f"{cohort} is closed. Its members were taken out.")
    return redirect("accounts:cohort_list")


@login_required
@require_GET
def invitation_show(request: HttpRequest, token: str) -> HttpResponse:
    """What the mentor would see, and the consent form."""
    cohort = selectors.invited_cohort(token)
    if cohort is None:
        raise Http404
    membership = selectors.memberships_of(signed_in(request)).filter(cohort=cohort).first()
    form = ConsentForm(initial=vars(membership) if membership else None)
    context = {"cohort": cohort, "form": form, "membership": membership, "token": token}
    return render(request, "accounts/invitation_show.html", context)


@login_required
@require_POST
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    form = ConsentForm(request.POST)
    form.is_valid()
    try:
        membership = services.accept_invitation(
            candidate=signed_in(request), token=token, now=timezone.now(), **form.cleaned_data
        )
    except services.InvitationNotValid as missing:
        raise Http404 from missing
    except services.OwnCohort:
        messages.error(request, "This is your own cohort: you see it as its mentor.")
        return redirect("accounts:cohort_list")
    messages.success(request, f"{membership.cohort.mentor} can now see your domain report.")
    return redirect("accounts:sharing_show")
